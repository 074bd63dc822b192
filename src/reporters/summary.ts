import { COMPONENT_KINDS, type Component, type ComponentKind, type ModelComponent } from '../core/component.ts';
import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { SEVERITIES, severityRank, type Severity } from '../core/severity.ts';
import { isOpen, worstFirst } from './select.ts';

/** What a person wants to see of the inventory: AI, and named by the project itself. */
export const isMain = (component: Component): boolean =>
  component.kind !== 'library' || (component.category !== undefined && component.transitive !== true);

export interface KindGroup {
  readonly kind: ComponentKind;
  readonly main: readonly Component[];
  /** Ordinary and transitive libraries, that a summary only counts. */
  readonly others: number;
}

/** Components by kind, in the order of `COMPONENT_KINDS`; kinds without any are left out. */
export function byKind(components: readonly Component[]): KindGroup[] {
  return COMPONENT_KINDS.flatMap((kind) => {
    const all = components.filter((component) => component.kind === kind);
    const main = all.filter(isMain);
    return all.length === 0 ? [] : [{ kind, main, others: all.length - main.length }];
  });
}

export interface RuleGroup {
  readonly ruleId: string;
  /** The worst of the group. */
  readonly severity: Severity;
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/** Findings by rule, the worst rule first. */
export function byRule(findings: readonly Finding[]): RuleGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of worstFirst(findings)) {
    const group = groups.get(finding.ruleId);
    if (group === undefined) groups.set(finding.ruleId, [finding]);
    else group.push(finding);
  }
  const made = [...groups].map(([ruleId, all]) => ({ ruleId, severity: all[0]?.severity ?? 'info', findings: all }));
  return made.sort((a, b) => severityRank(b.severity) - severityRank(a.severity));
}

export const countBySeverity = (findings: readonly Finding[]): (readonly [Severity, number])[] =>
  SEVERITIES.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const).filter(
    ([, n]) => n > 0,
  );

export interface Gaps {
  /** `reason → number of files`, most first. What the user excluded is no gap. */
  readonly skipped: readonly (readonly [reason: string, files: number])[];
  readonly crawlers: readonly { readonly id: string; readonly status: string; readonly reason?: string }[];
}

/** What was not looked at, or not to its end. */
export function gapsOf({ coverage }: Report): Gaps {
  const reasons = new Map<string, number>();
  for (const { reason } of coverage.skipped) if (reason !== 'excluded') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return {
    skipped: [...reasons].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)),
    crawlers: coverage.crawlers.filter(({ status }) => status === 'failed' || status === 'partial'),
  };
}

export interface Split {
  readonly open: readonly Finding[];
  readonly suppressed: readonly Finding[];
}

export const splitFindings = (findings: readonly Finding[]): Split => ({
  open: findings.filter(isOpen),
  suppressed: findings.filter((finding) => !isOpen(finding)),
});

/** First sentence of a text that may have paragraphs. */
export function firstSentence(text: string): string {
  const flat = text.trim().replaceAll(/\s+/g, ' ');
  const end = flat.search(/[.!?](?: |$)/);
  return end < 0 ? flat : flat.slice(0, end + 1);
}

/** Parameters of a model by name: a report that was written and read again has them in another order. */
export const parametersOf = (model: ModelComponent): (readonly [string, string | number | boolean])[] =>
  Object.entries(model.parameters ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
