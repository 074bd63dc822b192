import type { Finding } from '../../core/finding.ts';
import type { Severity } from '../../core/severity.ts';
import type { ExampleTree } from '../../knowledge/findings.ts';
import { firstSentence, type RuleGroup } from '../summary.ts';
import { titleOf, type RuleText, type RuleTexts } from '../text/rule-text.ts';

/** GitHub shows ten tags of a rule and refuses more than twenty. */
const MAX_TAGS = 10;

/** GitHub's bands: critical > 9.0, high 7.0–8.9, medium 4.0–6.9, low 0.1–3.9. A number, written as text. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.5', info: '0.1' };

export const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

const PRECISION: Readonly<Record<Finding['confidence'], string>> = { high: 'high', medium: 'medium', low: 'low' };

function example(title: string, trees: readonly ExampleTree[]): string[] {
  const [first] = trees.flatMap((tree) => Object.entries(tree).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  return first === undefined ? [] : [`**${title}** (\`${first[0]}\`)`, '', '```', first[1].trimEnd(), '```', ''];
}

function helpMarkdown(text: RuleText): string {
  const mappings = Object.values(text.mappings).flat();
  return [
    text.why.trim(),
    '',
    '### What to do',
    '',
    text.remediation.trim(),
    '',
    ...example('Bad', text.examples.bad),
    ...example('Good', text.examples.good),
    ...(text.references.length > 0 ? ['### References', '', ...text.references.map((url) => `- <${url}>`), ''] : []),
    ...(mappings.length > 0 ? ['### See also', '', ...mappings.map(({ id, title, url }) => `- [${id} ${title}](${url})`)] : []),
  ]
    .join('\n')
    .trim();
}

const tagsOf = (text: RuleText | undefined): string[] =>
  [
    'security',
    'supply-chain',
    ...(text?.cwe ?? []).map((cwe) => `external/cwe/cwe-${String(cwe).padStart(3, '0')}`),
    ...Object.entries(text?.mappings ?? {}).flatMap(([framework, items]) => items.map(({ id }) => `${framework}/${id}`)),
  ].slice(0, MAX_TAGS);

/** GitHub takes the severity from the rule, not from the result: the worst that was found, so that nothing is told smaller than it is. */
export function ruleDescriptor({ ruleId, severity, findings }: RuleGroup, texts: RuleTexts): object {
  const text = texts(ruleId);
  const title = titleOf(ruleId, texts);
  const [reference] = text?.references ?? [];
  const remediation = text?.remediation.trim() ?? title;
  return {
    id: ruleId,
    name: ruleId.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: text?.why ? firstSentence(text.why) : title },
    ...(reference === undefined ? {} : { helpUri: reference }),
    help: { text: remediation, ...(text === undefined ? {} : { markdown: helpMarkdown(text) }) },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: tagsOf(text),
      precision: PRECISION[findings[0]?.confidence ?? 'medium'],
      'problem.severity': LEVELS[severity] === 'note' ? 'recommendation' : LEVELS[severity],
      'security-severity': SECURITY_SEVERITY[severity],
    },
  };
}
