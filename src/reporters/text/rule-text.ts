import type { Severity } from '../../core/severity.ts';

/** What reporters need of `rules/findings/<id>.yaml`. */
export interface RuleText {
  readonly id: string;
  readonly title: string;
  /** Sentence with `{arg}` placeholders. A placeholder or a literal between backticks is shown as code. */
  readonly message: string;
  readonly severity: Severity;
  readonly why?: string;
  readonly remediation?: string;
  /** URLs. */
  readonly references?: readonly string[];
  /** `502` for CWE-502. */
  readonly cwe?: readonly number[];
  /** By framework: `{ 'owasp-llm': ['LLM03:2025'] }`. */
  readonly mappings?: Readonly<Record<string, readonly string[]>>;
  readonly examples?: { readonly bad?: string; readonly good?: string };
}

/** Texts by rule id. Rules of another version or of a user may have none. */
export type RuleTexts = (ruleId: string) => RuleText | undefined;

export const noTexts: RuleTexts = () => undefined;

/** `trust-remote-code` → `Trust remote code`: the title of a rule that has no text. */
export function titleOf(ruleId: string, texts: RuleTexts): string {
  const words = ruleId.replaceAll('-', ' ');
  return texts(ruleId)?.title ?? words.charAt(0).toUpperCase() + words.slice(1);
}
