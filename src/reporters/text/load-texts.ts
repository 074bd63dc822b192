import { findingsSection } from '../../knowledge/findings.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import type { RuleTexts } from './rule-text.ts';

/** The prose of `rules/findings` for reporters. */
export function loadTexts(knowledge: Knowledge): RuleTexts {
  const findings = knowledge.get(findingsSection);
  return (ruleId) => {
    if (!findings.has(ruleId)) return undefined;
    const { id, title, message, severity, why, remediation, references, cwe, mappings } = findings.get(ruleId);
    return {
      id,
      title,
      message,
      severity,
      why,
      remediation,
      references,
      cwe,
      mappings: Object.fromEntries(Object.entries(mappings).map(([framework, items]) => [framework, items.map((item) => item.id)])),
    };
  };
}
