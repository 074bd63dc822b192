import picocolors from 'picocolors';
import { code, row } from '../reporters/markdown/escape.ts';
import type { RenderOptions } from '../reporters/reporter.ts';
import { toJson } from '../reporters/text/json.ts';
import { clip, visible } from '../reporters/text/visible.ts';
import { fit } from '../reporters/text/width.ts';
import { count } from '../reporters/text/words.ts';
import type { Change, Diff } from './compare.ts';
import type { FindingItem, Item } from './snapshot.ts';

export const DIFF_FORMATS = ['table', 'json', 'markdown'] as const;
export type DiffFormat = (typeof DIFF_FORMATS)[number];

/** Lines of one section for people; the JSON holds all. */
const MAX_LINES = 200;
const MAX_VALUE = 60;

const versioned = (item: Item): string => (item.version === undefined ? item.name : `${item.name} ${item.version}`);
const changeText = ({ field, old = 'none', new: next = 'none' }: Change): string =>
  `${field}: ${clip(old, MAX_VALUE)} → ${clip(next, MAX_VALUE)}`;

interface Section {
  readonly title: string;
  readonly sign: '+' | '-' | '~';
  /** Kind or severity, then what. */
  readonly rows: readonly (readonly [label: string, text: string, note: string])[];
}

const items = (all: readonly Item[]): Section['rows'] => all.map((item) => [item.kind, versioned(item), '']);
const findings = (all: readonly FindingItem[]): Section['rows'] =>
  all.map((each) => [each.severity, `${each.ruleId}: ${each.message}`, each.place]);

function sectionsOf({ components, findings: found }: Diff): Section[] {
  const sections: Section[] = [
    { title: 'Components that came', sign: '+', rows: items(components.added) },
    { title: 'Components that went', sign: '-', rows: items(components.removed) },
    {
      title: 'Components that changed',
      sign: '~',
      rows: components.changed.map(({ item, changes }) => [item.kind, item.name, changes.map(changeText).join('; ')]),
    },
    { title: 'New findings', sign: '+', rows: findings(found?.new ?? []) },
    { title: 'Findings that are gone', sign: '-', rows: findings(found?.gone ?? []) },
  ];
  return sections.filter((section) => section.rows.length > 0);
}

function summary({ components, findings: found }: Diff): string {
  const { added, removed, changed, unchanged } = components;
  const things = `${added.length} came, ${removed.length} went, ${changed.length} changed, ${count(unchanged, 'component')} as before`;
  return found === undefined
    ? `${things}; findings not compared (a side has none)`
    : `${things}; ${count(found.new.length, 'new finding')}, ${found.gone.length} gone, ${found.unchanged} as before`;
}

function table(diff: Diff, { color = false, width = 80 }: RenderOptions): string {
  const colors = picocolors.createColors(color);
  const paint = { '+': colors.green, '-': colors.red, '~': colors.yellow } as const;
  const lines = [`${colors.bold(clip(diff.old, MAX_VALUE))} → ${colors.bold(clip(diff.new, MAX_VALUE))}`, ''];
  for (const { title, sign, rows } of sectionsOf(diff)) {
    lines.push(colors.bold(`${title} (${rows.length})`));
    for (const [label, text, note] of rows.slice(0, MAX_LINES)) {
      lines.push(`${paint[sign](sign)} ${fit(`${visible(label).padEnd(13)} ${visible(text)}`, Math.max(width, 60) - 2)}`);
      if (note !== '') lines.push(colors.dim(`  ${' '.repeat(14)}${fit(visible(note), Math.max(width, 60) - 16)}`));
    }
    if (rows.length > MAX_LINES) lines.push(`  and ${rows.length - MAX_LINES} more`);
    lines.push('');
  }
  return `${[...lines, summary(diff)].join('\n')}\n`;
}

function markdown(diff: Diff): string {
  const lines = [`# What changed: ${code(clip(diff.old, MAX_VALUE))} to ${code(clip(diff.new, MAX_VALUE))}`, '', `${summary(diff)}.`, ''];
  for (const { title, rows } of sectionsOf(diff)) {
    lines.push(`## ${title} (${rows.length})`, '', row(['', 'What', 'Note']), row(['---', '---', '---']));
    for (const [label, text, note] of rows.slice(0, MAX_LINES))
      lines.push(row([code(label), code(clip(text, 300)), note === '' ? '' : code(clip(note, 300))]));
    if (rows.length > MAX_LINES) lines.push('', `and ${rows.length - MAX_LINES} more`);
    lines.push('');
  }
  return lines.join('\n');
}

/** A comparison for people or programs. */
export function renderDiff(diff: Diff, format: DiffFormat, options: RenderOptions): string {
  if (format === 'json') return `${toJson({ schemaVersion: '1.0.0', ...diff })}\n`;
  return format === 'markdown' ? markdown(diff) : table(diff, options);
}
