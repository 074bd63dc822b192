import { FRAMEWORKS, type FindingCategory, type Findings, type FindingText } from '../../src/knowledge/findings.ts';

const CATEGORIES: Readonly<Record<FindingCategory, string>> = {
  loading: 'Loading models and data',
  artifact: 'Inside artifacts',
  integrity: 'Digests and signatures',
  library: 'Libraries',
  service: 'Services',
  agent: 'Agents and MCP',
  infrastructure: 'Infrastructure',
  governance: 'Governance',
  policy: 'Policy',
};

const FRAMEWORK_NAMES = {
  'owasp-llm': 'OWASP LLM 2025',
  'owasp-agentic': 'OWASP Agentic 2026',
  'mitre-atlas': 'MITRE ATLAS',
  'nist-ai-rmf': 'NIST AI RMF',
  'eu-ai-act': 'EU AI Act',
} as const satisfies Record<(typeof FRAMEWORKS)[number], string>;

const paragraph = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').trim();

/** Placeholders for secrets as an ellipsis, characters that nobody sees by their numbers. */
const shown = (text: string): string =>
  text
    .trimEnd()
    .replaceAll(/\{\{alnum:\d+\}\}/g, '…')
    .replaceAll(/[\p{Cf}\p{Co}\p{Cn}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

function example(text: FindingText, kind: 'bad' | 'good'): string[] {
  const tree = text.examples[kind].find((files) => Object.values(files).every((content) => typeof content === 'string'));
  if (!tree) return [];
  return [`${kind === 'bad' ? 'Reported' : 'Not reported'}:`, '', ...Object.entries(tree).flatMap(([path, content]) => [`\`${path}\``, '', '````', shown(String(content)), '````', ''])];
}

function section(text: FindingText): string[] {
  const mappings = FRAMEWORKS.flatMap((framework) => {
    const items = text.mappings[framework];
    return items ? [`${FRAMEWORK_NAMES[framework]}: ${items.map((item) => `[${item.id} ${item.title}](${item.url})`).join(', ')}`] : [];
  });
  const cwe = text.cwe.map((number) => `[CWE-${number}](https://cwe.mitre.org/data/definitions/${number}.html)`).join(', ');
  return [
    `### ${text.id}`,
    '',
    `**${text.title}.** Severity ${text.severity}, confidence ${text.confidence}${text.tests === 'low' ? '; in tests, examples and documentation at most low' : ''}.`,
    '',
    paragraph(text.why),
    '',
    `*What to do.* ${paragraph(text.remediation)}`,
    '',
    ...example(text, 'bad'),
    ...example(text, 'good'),
    ...[...(cwe === '' ? [] : [cwe]), ...mappings, ...text.references.map((url) => `<${url}>`)].map((line) => `- ${line}`),
    '',
  ];
}

/** `docs/rules.md`: every rule with its reasons, remedy and examples, from `rules/findings`. */
export function rulesPage(findings: Findings, order: readonly string[]): string {
  const texts = order.map((id) => findings.get(id));
  const categories = Object.entries(CATEGORIES).map(([category, title]) => ({ title, texts: texts.filter((text) => text.category === category) }));
  return [
    '# Rules',
    '',
    'Made from `rules/findings` by the tests (`npx vitest run test/rules/docs.test.ts -u`); edit there. `assay rules <id>` shows the same in a terminal.',
    '',
    'Ids are stable: waivers, baselines and inline ignores name them. The severity shown is the usual one; a rule may give a single finding another.',
    '',
    '| rule | severity | what it means |',
    '| --- | --- | --- |',
    ...texts.map((text) => `| [${text.id}](#${text.id}) | ${text.severity} | ${text.title} |`),
    '',
    ...categories.flatMap(({ title, texts: own }) => [`## ${title}`, '', ...own.flatMap(section)]),
  ].join('\n');
}
