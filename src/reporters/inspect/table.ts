import picocolors from 'picocolors';
import type { Verdict } from '../../core/component.ts';
import type { Surveyed } from '../../formats/survey.ts';
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

function block({ report, findings, inspection }: Surveyed, texts: RuleTexts, width: number, paint: Paint): string {
  const lines = [
    `${paint.verdict[report.verdict](report.verdict.toUpperCase())}  ${paint.bold(visible(report.path))}`,
    `  ${report.format}, ${report.size} bytes${report.sha256 ? `, sha256 ${report.sha256}` : ''}`,
  ];
  for (const finding of findings.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity))) {
    const place = [finding.path, finding.offset === undefined ? undefined : `byte ${finding.offset}`]
      .filter((part) => part !== undefined)
      .join(', ');
    lines.push(...indented(`${finding.severity}: ${artifactMessage(finding, texts)}${place === '' ? '' : ` (${visible(place)})`}`, width));
  }
  const facts = Object.entries(report.facts).filter(
    ([, value]) => value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value)),
  );
  for (const [key, value] of facts.slice(0, MAX_FACTS))
    lines.push(
      ...indented(
        `${key}: ${visible(Array.isArray(value) ? value.slice(0, 8).map(String).join(', ') + (value.length > 8 ? ', …' : '') : String(value))}`,
        width,
      ),
    );
  const trace = inspection.listing ?? [];
  if (trace.length > 0 && report.verdict !== 'clean') {
    lines.push(paint.dim('  what loading it would do:'));
    for (const line of trace.slice(0, MAX_TRACE)) lines.push(`    ${visible(line)}`);
    if (trace.length > MAX_TRACE) lines.push(paint.dim(`    … ${trace.length - MAX_TRACE} more lines in --format json`));
  }
  return `${lines.join('\n')}\n`;
}
