import type { FindingText } from '../../knowledge/findings.ts';

/** What reporters need of `rules/findings/<id>.yaml`. */
export type RuleText = Pick<
  FindingText,
  'title' | 'message' | 'severity' | 'confidence' | 'why' | 'remediation' | 'references' | 'cwe' | 'mappings' | 'examples'
>;

/** Texts by rule id. A rule of another version, or of a report that is converted, may have none. */
export type RuleTexts = (ruleId: string) => RuleText | undefined;

export const noTexts: RuleTexts = () => undefined;

/** `trust-remote-code` → `Trust remote code`: the title of a rule that has no text. */
export function titleOf(ruleId: string, texts: RuleTexts): string {
  const words = ruleId.replaceAll('-', ' ');
  return texts(ruleId)?.title ?? words.charAt(0).toUpperCase() + words.slice(1);
}
