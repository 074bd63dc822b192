import type { Render } from './reporter.ts';

/** Every format, with its reporter. Each is loaded when it is asked for: a table needs no BOM library. */
const reporters = {
  table: () => import('./table/index.ts'),
  json: () => import('./json/index.ts'),
  sarif: () => import('./sarif/index.ts'),
  cyclonedx: () => import('./cyclonedx/index.ts'),
  spdx: () => import('./spdx/index.ts'),
  markdown: () => import('./markdown/index.ts'),
  html: () => import('./html/index.ts'),
  github: () => import('./github/index.ts'),
  junit: () => import('./junit/index.ts'),
  gitlab: () => import('./gitlab/index.ts'),
} satisfies Record<string, () => Promise<{ readonly render: Render }>>;

export type FormatId = keyof typeof reporters;

export const FORMATS = Object.keys(reporters) as readonly FormatId[];

export const isFormat = (id: string): id is FormatId => Object.hasOwn(reporters, id);

export const loadRenderer = async (id: FormatId): Promise<Render> => (await reporters[id]()).render;

/** What a file name promises; the first ending that fits. */
const ENDINGS: readonly (readonly [ending: string, format: FormatId])[] = [
  ['.cdx.json', 'cyclonedx'],
  ['.bom.json', 'cyclonedx'],
  ['bom.json', 'cyclonedx'],
  ['.spdx.json', 'spdx'],
  ['.spdx3.json', 'spdx'],
  ['.sarif', 'sarif'],
  ['.sarif.json', 'sarif'],
  ['gl-code-quality-report.json', 'gitlab'],
  ['.json', 'json'],
  ['.md', 'markdown'],
  ['.markdown', 'markdown'],
  ['.html', 'html'],
  ['.htm', 'html'],
  ['.xml', 'junit'],
  ['.txt', 'table'],
];

/** The format that a file name tells, or `undefined`. */
export function formatOfFile(path: string): FormatId | undefined {
  const name = path.toLowerCase();
  return ENDINGS.find(([ending]) => name.endsWith(ending))?.[1];
}
