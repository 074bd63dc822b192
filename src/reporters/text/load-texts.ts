import { findingsSection } from '../../knowledge/findings.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import type { RuleTexts } from './rule-text.ts';

/** The prose of `rules/findings` for reporters. */
export function loadTexts(knowledge: Knowledge): RuleTexts {
  const findings = knowledge.get(findingsSection);
  return (ruleId) => (findings.has(ruleId) ? findings.get(ruleId) : undefined);
}
