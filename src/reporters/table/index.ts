import picocolors from 'picocolors';
import type { Component } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { Severity } from '../../core/severity.ts';
import type { RenderOptions } from '../reporter.ts';
import { gapsIn, scoreLines } from '../text/completeness.ts';
import { aboveFloors } from '../select.ts';
import { byKind, byRule, countBySeverity, firstSentence, gapsOf, splitFindings, type KindGroup, type RuleGroup } from '../summary.ts';
import { plainMessage } from '../text/message.ts';
import { noTexts, titleOf, type RuleTexts } from '../text/rule-text.ts';
import { clip, visible } from '../text/visible.ts';
import { displayWidth, fit, fitEnd, padEnd, wrap } from '../text/width.ts';
import { bytes, count, KIND_WORDS, place } from '../text/words.ts';

/** One screen: what does not fit is counted, and stands in the other formats. */
const MAX_NAME = 60;
const MAX_NAME_LINES = 2;
const MAX_RULES = 8;
/** What is worse gets more of the screen. */
const ROOM: Readonly<Record<Severity, { readonly places: number; readonly messageLines: number }>> = {
  critical: { places: 3, messageLines: 2 },
  high: { places: 2, messageLines: 2 },
  medium: { places: 2, messageLines: 1 },
  low: { places: 1, messageLines: 1 },
  info: { places: 1, messageLines: 1 },
};
const MAX_STEPS = 5;
const MIN_WIDTH = 60;
const MAX_WIDTH = 120;

type Style = (text: string) => string;

interface Screen {
  readonly width: number;
  readonly bold: Style;
  readonly dim: Style;
  readonly severity: Readonly<Record<Severity, Style>>;
  readonly texts: RuleTexts;
}

function screenOf({ color = false, width = 80, texts = noTexts }: RenderOptions): Screen {
  const colors = picocolors.createColors(color);
  return {
    width: Math.min(Math.max(width, MIN_WIDTH), MAX_WIDTH),
    bold: colors.bold,
    dim: colors.dim,
    // Severity is always a word; colour only helps those who see it.
    severity: {
      critical: (text) => colors.bold(colors.red(text)),
      high: colors.red,
      medium: colors.yellow,
      low: colors.blue,
      info: colors.dim,
    },
    texts,
  };
}

function header({ tool, target }: Report, { width, bold, dim }: Screen): string {
  const at = [target.commit?.slice(0, 12), target.branch === undefined ? undefined : `(${target.branch})`].filter(
    (text) => text !== undefined,
  );
  const name = fit(clip(target.name, MAX_NAME), width - 14);
  return `${bold(`${tool.name} ${tool.version}`)}  ${name}${at.length > 0 ? dim(fit(` @ ${visible(at.join(' '))}`, Math.max(0, width - 14 - displayWidth(name)))) : ''}`;
}

/** A heading with a note at the right edge, below it where there is no room. `styled` is the note as printed, `note` what it measures. */
function title(text: string, { width, bold }: Screen, note = '', styled = note): string {
  if (note === '') return bold(text);
  const gap = width - text.length - note.length;
  return gap < 2 ? `${bold(text)}\n  ${styled}` : `${bold(text)}${' '.repeat(gap)}${styled}`;
}

function label(component: Component): string {
  const name = clip(component.name, MAX_NAME);
  if (component.kind === 'artifact' && component.verdict !== undefined && component.verdict !== 'clean')
    return `${name} [${component.verdict.toUpperCase()}]`;
  if (component.kind === 'model' && component.revision !== undefined) return `${name}@${clip(component.revision, 12)}`;
  return component.kind === 'library' && component.version !== undefined ? `${name} ${clip(component.version, 20)}` : name;
}

/** Names that fit into the lines, then how many more there are. */
function names(components: readonly Component[], width: number): string[] {
  const labels = components.map(label);
  const room = (width - 10) * MAX_NAME_LINES;
  let used = 0;
  let shown = 0;
  while (shown < labels.length && used + displayWidth(labels[shown] ?? '') + 2 <= room) {
    used += displayWidth(labels[shown] ?? '') + 2;
    shown += 1;
  }
  shown = Math.max(shown, 1);
  const rest = labels.length - shown;
  // A no-break space keeps each name in one piece while lines are wrapped.
  const text = labels
    .slice(0, shown)
    .map((name) => name.replaceAll(' ', '\u00A0'))
    .join(', ');
  return wrap(rest > 0 ? `${text}, +${rest}\u00A0more` : text, width, MAX_NAME_LINES + 1).map((line) => line.replaceAll('\u00A0', ' '));
}

function kindLines(group: KindGroup, screen: Screen): string[] {
  const [, many] = KIND_WORDS[group.kind];
  const indent = 22;
  const head = `  ${padEnd(many, 15)}${String(group.main.length).padStart(3)}  `;
  const lines = group.main.length === 0 ? [] : names(group.main, screen.width - indent);
  if (group.others > 0) lines.push(screen.dim(`${group.main.length > 0 ? 'and ' : ''}${group.others} not AI or transitive`));
  return lines.map((line, index) => (index === 0 ? head : ' '.repeat(indent)) + line);
}

/** Findings of one component at one line, as the advisories of a pinned library are. Worst first, as they come. */
function bySpot(findings: readonly Finding[]): Finding[][] {
  const spots = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.component, finding.location.path, finding.location.line, finding.status]);
    const spot = spots.get(key);
    if (spot) spot.push(finding);
    else spots.set(key, [finding]);
  }
  return [...spots.values()];
}

function spotLines([finding, ...others]: readonly Finding[], lines: number, screen: Screen): string[] {
  if (finding === undefined) return [];
  const where = fitEnd(place(finding.location), Math.floor(screen.width * 0.6));
  const indent = 12;
  const status = finding.status === 'open' ? '' : `[${finding.status}] `;
  return [
    `${' '.repeat(indent)}${screen.dim(where)}`,
    ...wrap(status + plainMessage(finding, screen.texts), screen.width - indent - 2, lines).map(
      (line) => `${' '.repeat(indent + 2)}${line}`,
    ),
    ...(others.length > 0 ? [screen.dim(`${' '.repeat(indent + 2)}and ${others.length} more here`)] : []),
  ];
}

function ruleLines(group: RuleGroup, screen: Screen): string[] {
  const { findings, ruleId, severity } = group;
  const word = screen.severity[severity](padEnd(severity.toUpperCase(), 8));
  const times = findings.length > 1 ? ` (${findings.length})` : '';
  // Users write the id into waivers: where both do not fit, the title is cut.
  const room = screen.width - 12 - times.length - 2 - ruleId.length;
  const lines = [`  ${word}  ${screen.bold(fit(titleOf(ruleId, screen.texts), room) + times)}  ${screen.dim(ruleId)}`];
  const { places, messageLines } = ROOM[severity];
  const spots = bySpot(findings);
  for (const spot of spots.slice(0, places)) lines.push(...spotLines(spot, messageLines, screen));
  if (spots.length > places) lines.push(screen.dim(`            and ${count(spots.length - places, 'more place')}`));
  return lines;
}

function inHere(report: Report, screen: Screen): string[] {
  if (report.components.length === 0) return [title('WHAT IS IN HERE', screen), '  No AI components found.'];
  const groups = byKind(report.components);
  const main = groups.reduce((sum, group) => sum + group.main.length, 0);
  return [title('WHAT IS IN HERE', screen, count(main, 'component')), ...groups.flatMap((group) => kindLines(group, screen))];
}

function isWrong(report: Report, screen: Screen, showSuppressed: boolean): string[] {
  const { open, suppressed } = splitFindings(report.findings);
  const counts = countBySeverity(open).map(([severity, n]) => [severity, `${n} ${severity}`] as const);
  const note = counts.map(([, text]) => text).join(', ');
  const lines = [title('WHAT IS WRONG', screen, note, counts.map(([severity, text]) => screen.severity[severity](text)).join(', '))];
  const groups = byRule(showSuppressed ? report.findings : open);
  if (groups.length === 0) lines.push('  Nothing found.');
  for (const group of groups.slice(0, MAX_RULES)) lines.push(...ruleLines(group, screen));
  const rest = groups.slice(MAX_RULES);
  if (rest.length > 0) {
    const ids = rest.map((group) => `${group.ruleId} (${group.findings.length})`).join(', ');
    lines.push(...wrap(`and ${count(rest.length, 'more rule')}: ${ids}`, screen.width - 4, 3).map((line) => screen.dim(`  ${line}`)));
  }
  if (suppressed.length > 0 && !showSuppressed) lines.push(screen.dim(`  ${suppressed.length} suppressed (--show-suppressed lists them)`));
  return lines;
}

const placesOf = (findings: readonly Finding[]): string => {
  const spots = bySpot(findings).length;
  return spots > 1 ? ` (${spots} places)` : '';
};

function toDo(report: Report, screen: Screen): string[] {
  const steps = byRule(splitFindings(report.findings).open).flatMap(({ ruleId, findings }) => {
    const advice = screen.texts(ruleId)?.remediation;
    return advice === undefined ? [] : [`${firstSentence(advice)}${placesOf(findings)}`];
  });
  const unique = [...new Set(steps)].slice(0, MAX_STEPS);
  if (unique.length === 0) return [];
  const lines = unique.flatMap((step, index) =>
    wrap(step, screen.width - 6, 2).map((line, part) => (part === 0 ? `  ${index + 1}. ${line}` : `     ${line}`)),
  );
  return ['', title('WHAT TO DO', screen), ...lines, screen.dim('  assay rules <id> explains a rule.')];
}

function gapLines(report: Report, screen: Screen): string[] {
  const { skipped, crawlers } = gapsOf(report);
  const files = skipped.reduce((sum, [, n]) => sum + n, 0);
  const texts = [
    ...(files === 0 ? [] : [`${count(files, 'file')} not read (${skipped.map(([reason, n]) => `${n} ${reason}`).join(', ')})`]),
    ...crawlers.map(({ id, status, reason }) => `${id}: ${status}${reason === undefined ? '' : ` (${clip(reason, MAX_NAME)})`}`),
  ];
  return texts.length === 0
    ? []
    : ['', ...wrap(`INCOMPLETE: ${texts.join('; ')}`, screen.width, 3).map((line) => screen.severity.medium(line))];
}

function completenessLines({ completeness }: RenderOptions, screen: Screen): string[] {
  if (!completeness) return [];
  const gaps = gapsIn(completeness).flatMap(({ title: name, share, todo: fills }) =>
    wrap(`${name}${share === undefined ? '' : ` (${share})`}: ${fills}`, screen.width - 6, 2).map((line, part) =>
      part === 0 ? `  - ${line}` : `    ${line}`,
    ),
  );
  return ['', title('HOW COMPLETE', screen), ...scoreLines(completeness).map((line) => `  ${line}`), ...gaps];
}

/** One screen for people: what is in here, what is wrong, what to do. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const screen = screenOf(options);
  const { filesSeen, bytesSeen } = report.coverage;
  const lines = [
    header(report, screen),
    '',
    ...inHere(report, screen),
    '',
    ...isWrong(report, screen, options.showSuppressed === true),
    ...toDo(report, screen),
    ...completenessLines(options, screen),
    ...gapLines(report, screen),
    '',
    screen.dim(`${count(filesSeen, 'file')}, ${bytes(bytesSeen)} looked at`),
  ];
  return `${lines.join('\n')}\n`;
}
