import type { ComponentKind } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import { visible } from './visible.ts';

export const KIND_WORDS: Readonly<Record<ComponentKind, readonly [one: string, many: string]>> = {
  model: ['model', 'models'],
  artifact: ['artifact', 'artifacts'],
  dataset: ['dataset', 'datasets'],
  library: ['library', 'libraries'],
  service: ['service', 'services'],
  'vector-store': ['vector store', 'vector stores'],
  agent: ['agent', 'agents'],
  'mcp-server': ['MCP server', 'MCP servers'],
  prompt: ['prompt', 'prompts'],
  infra: ['infrastructure', 'infrastructure'],
};

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const place = (location: Location): string => {
  const at = location.line === undefined ? (location.offset === undefined ? '' : `@${location.offset}`) : `:${location.line}`;
  return `${visible(location.path)}${at}`;
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, three significant digits: `1.25 GB`. */
export function bytes(size: number): string {
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${UNITS[unit] ?? 'B'}`;
}
