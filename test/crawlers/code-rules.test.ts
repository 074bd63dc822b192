import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Discovery } from '../../src/core/inventory.ts';
import { detectCode } from '../../src/crawlers/code/detect.ts';
import { interestIn } from '../../src/crawlers/code/interest.ts';
import type { Project } from '../../src/crawlers/crawler.ts';
import { compileDetect, isRuleFile, readEntries } from '../../src/knowledge/detect/compile.ts';
import { detectSection } from '../../src/knowledge/detect.ts';
import { indexDetect } from '../../src/knowledge/detect/index.ts';
import type { ExampleOf, RuleEntry } from '../../src/knowledge/detect/shapes.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { extractFacts } from '../../src/lang/extract.ts';
import type { LanguageId, SourceFacts } from '../../src/lang/facts.ts';
import { frontendOf } from '../../src/lang/index.ts';

const EXTENSION: Readonly<Record<LanguageId, string>> = {
  python: 'py',
  javascript: 'js',
  typescript: 'ts',
  java: 'java',
  kotlin: 'kt',
  scala: 'scala',
  swift: 'swift',
  dart: 'dart',
  go: 'go',
  csharp: 'cs',
  rust: 'rs',
  ruby: 'rb',
  php: 'php',
  shell: 'sh',
};

const knowledge = loadKnowledge();
const full = knowledge.get(detectSection);
const rulesDir = new URL('../../rules/', import.meta.url);

function entriesOf(path: string): readonly RuleEntry[] {
  return readEntries({ path, text: readFileSync(new URL(path, rulesDir), 'utf8') });
}

async function factsOf(example: ExampleOf, rule: RuleEntry): Promise<{ path: string; facts: SourceFacts }> {
  const language = example.language ?? rule.languages[0] ?? 'python';
  const path = `app.${EXTENSION[language]}`;
  const frontend = frontendOf(path);
  if (!frontend) throw new Error(`${rule.id}: no front-end for ${language}`);
  return { path, facts: await extractFacts(example.code, frontend, interestIn(knowledge, language)) };
}

function projectWith(files: readonly string[]): Project {
  const entries = ['app.py', ...files].map((path) => ({ path, size: 1 }));
  const paths = new Set(files);
  return { entries, has: (path) => paths.has(path), settings: [], factsOf: () => [], found: [], knowledge };
}

const findingsOf = (discovery: Discovery): string[] => [
  ...(discovery.components ?? []).map((component) => `${component.kind} ${component.name}`),
  ...(discovery.observations ?? []).map((observation) => `observation ${observation.type}`),
];

const files = readdirSync(new URL('detect/', rulesDir))
  .map((name) => `detect/${name}`)
  .filter(isRuleFile);

describe.each(files)('%s', (file) => {
  test.each(entriesOf(file).map((rule) => [rule.id, rule] as const))('%s', async (_, rule) => {
    expect(rule.good.length, 'good examples').toBeGreaterThan(0);
    expect(rule.bad.length, 'bad examples').toBeGreaterThan(0);
    for (const example of rule.good) {
      const source = await factsOf(example, rule);
      const found = findingsOf(detectCode([source], projectWith(example.files ?? []), full));
      for (const wanted of example.finds ?? []) expect(found, example.code).toContain(wanted);
    }
    // Alone, the rule finds nothing in what only looks like it; strings are left to the recogniser's own tests.
    const alone = indexDetect({ ...full.asset, rules: full.asset.rules.filter((item) => item.id === rule.id) });
    for (const example of rule.bad) {
      const source = await factsOf(example, rule).catch(() => undefined);
      if (!source) continue;
      const facts = { ...source.facts, literals: [] };
      const { components, observations } = detectCode([{ path: source.path, facts }], projectWith(example.files ?? []), alone);
      expect(findingsOf({ components: components ?? [] }), example.code).toEqual([]);
      if (!rule.model && !rule.dataset) expect(observations, example.code).toEqual([]);
    }
  });
});

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
addFormats.default(ajv);

test.each([...files.map((file) => [file, 'detect'] as const), ['detect/vocabulary.yaml', 'detect-vocabulary'] as const])(
  '%s follows its schema',
  (file, schema) => {
    const path = new URL(`schema/${schema}.schema.json`, rulesDir);
    const id = `${schema}.schema.json`;
    const validate = ajv.getSchema(id) ?? ajv.compile({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), $id: id });
    validate(parse(readFileSync(new URL(file, rulesDir), 'utf8')));
    expect(validate.errors ?? []).toEqual([]);
  },
);

test('the schema refuses what it does not know', () => {
  const validate = ajv.getSchema('detect.schema.json');
  const [rule] = parse(readFileSync(new URL('detect/mcp.yaml', rulesDir), 'utf8')) as [object];
  expect(validate?.([rule])).toBe(true);
  expect(validate?.([{ ...rule, colour: 'red' }])).toBe(false);
  expect(validate?.([{ ...rule, languages: ['cobol'] }])).toBe(false);
  expect(validate?.([{ ...rule, bad: [] }])).toBe(false);
});

test('refuses a rule without calls and an unknown language', () => {
  const read = (text: string) => readEntries({ path: 'detect/x.yaml', text });
  expect(() => read('- {id: a, languages: [python], calls: []}')).toThrow(/rules\/detect\/x\.yaml: a: no calls/);
  expect(() => read('- {id: a, languages: [cobol], calls: [x]}')).toThrow(/unknown language cobol/);
  expect(() => read('a: 1')).toThrow(/must be a list/);
  expect(() => compileDetect([])).toThrow(/missing/);
});
