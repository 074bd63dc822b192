import picocolors from 'picocolors';
import type { Verdict } from '../../core/component.ts';
import type { Surveyed } from '../../crawlers/artifacts/survey.ts';
import { severityRank } from '../../core/severity.ts';
import type { RuleTexts } from '../text/rule-text.ts';
import { visible } from '../text/visible.ts';
import { artifactMessage } from './message.ts';
import { wrap } from '../text/width.ts';

/** Lines of a pickle's trace that a person reads on a terminal; the JSON has all. */
const MAX_TRACE = 40;
/** Facts that fit beside a file; the JSON has all. */
const MAX_FACTS = 12;

type Style = (text: string) => string;

interface Paint {
  readonly bold: Style;
  readonly dim: Style;
  readonly verdict: Readonly<Record<Verdict, Style>>;
}

/** Items of a list beside a file. */
const MAX_LIST = 8;
/** A sentence may take this many lines; what is longer is in the JSON. */
const MAX_LINES = 4;

/** Indented, the continuation lines further in. */
const indented = (text: string, width: number): string[] =>
  wrap(text, Math.max(width, 40) - 4, MAX_LINES).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`);

/** One block per file: what it is, what was found, what it holds; a closing line with the counts. */
export function renderInspectionTable(
  surveyed: readonly Surveyed[],
  texts: RuleTexts,
  options: { readonly color: boolean; readonly width: number },
): string {
  const colors = picocolors.createColors(options.color);
  const paint: Paint = {
    bold: colors.bold,
    dim: colors.dim,
    verdict: {
      malicious: (text) => colors.bold(colors.red(text)),
      suspicious: colors.yellow,
      incomplete: colors.yellow,
      clean: colors.green,
    },
  };
  const blocks = surveyed.map((item) => block(item, texts, options.width, paint));
  const counts = (['malicious', 'suspicious', 'incomplete', 'clean'] as const).map(
    (verdict) => `${surveyed.filter((item) => item.report.verdict === verdict).length} ${verdict}`,
  );
  return `${blocks.join('\n')}\n${surveyed.length} ${surveyed.length === 1 ? 'file' : 'files'}: ${counts.join(', ')}\n`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

/** A fact as a person reads it: lists by their first items, members of archives by their names, records by their pairs. */
function factText(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_LIST).map((item: unknown) => factText(item));
    return items.length === 0 ? '' : items.join(', ') + (value.length > MAX_LIST ? ', …' : '');
  }
  if (!isRecord(value)) return value === undefined || value === null ? '' : String(value);
  const { name } = value;
  if (typeof name === 'string') return name;
  const pairs = Object.entries(value)
    .slice(0, MAX_LIST)
    .map(([key, item]) => `${key} ${factText(item)}`);
  return pairs.join(', ');
}

function block({ report, findings, inspection }: Surveyed, texts: RuleTexts, width: number, paint: Paint): string {
  const lines = [
    `${paint.verdict[report.verdict](report.verdict.toUpperCase())}  ${paint.bold(visible(report.path))}`,
    `  ${report.format}, ${report.size} bytes${report.sha256 ? `, sha256 ${report.sha256}` : ''}`,
  ];
  for (const finding of findings.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity))) {
    const place = finding.offset === undefined ? '' : ` (byte ${finding.offset})`;
    lines.push(...indented(`${finding.severity}: ${artifactMessage(finding, texts, report.path)}${place}`, width));
  }
  const facts = Object.entries(report.facts)
    .map(([key, value]) => [key, factText(value)] as const)
    .filter(([, text]) => text !== '');
  for (const [key, text] of facts.slice(0, MAX_FACTS)) lines.push(...indented(`${key}: ${visible(text)}`, width));
  const trace = inspection.listing ?? [];
  if (trace.length > 0 && report.verdict !== 'clean') {
    lines.push(paint.dim('  what loading it would do:'));
    for (const line of trace.slice(0, MAX_TRACE)) lines.push(`    ${visible(line)}`);
    if (trace.length > MAX_TRACE) lines.push(paint.dim(`    … ${trace.length - MAX_TRACE} more lines in --format json`));
  }
  return `${lines.join('\n')}\n`;
}
