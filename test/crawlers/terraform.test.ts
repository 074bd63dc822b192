import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildInventory } from '../../src/core/inventory.ts';
import type { Project } from '../../src/crawlers/crawler.ts';
import { parseExpression } from '../../src/crawlers/terraform/expression.ts';
import { terraformCrawler } from '../../src/crawlers/terraform/index.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();

async function models(files: Readonly<Record<string, string>>, wanted = 'model'): Promise<string[]> {
  const facts = [];
  for (const [path, text] of Object.entries(files)) {
    const extraction = await terraformCrawler.extract({ path, text }, knowledge);
    if (extraction.facts) facts.push({ path, facts: structuredClone(extraction.facts) });
  }
  const project: Project = {
    entries: Object.keys(files).map((path) => ({ path, size: 1 })),
    has: (path) => path in files,
    settings: [],
    factsOf: () => [],
    found: [],
    knowledge,
  };
  return buildInventory([terraformCrawler.detect(facts, project)])
    .components.filter(({ kind }) => kind === wanted)
    .map(({ name }) => name)
    .sort();
}

const agent = (value: string): string => `resource "aws_bedrockagent_agent" "a" {\n  foundation_model = ${value}\n}\n`;

describe('expressions', () => {
  it.each([
    ['"anthropic.${local.x}"', 'locals {\n  x = "claude-3-haiku-20240307-v1:0"\n}'],
    ['local.all[var.size]', 'variable "size" { default = "big" }\nlocals {\n  all = { big = "anthropic.claude-3-haiku-20240307-v1:0" }\n}'],
    ['try(var.none, "anthropic.claude-3-haiku-20240307-v1:0")', 'variable "none" { default = null }'],
    ['join(".", ["anthropic", "claude-3-haiku-20240307-v1:0"])', ''],
    ['element(local.list, 0)', 'locals { list = ["anthropic.claude-3-haiku-20240307-v1:0"] }'],
    ['{ for k, v in local.m : k => "${v}:0" }["a"]', 'locals { m = { a = "anthropic.claude-3-haiku-20240307-v1" } }'],
    ['lookup(local.m, "a", "none")', 'locals { m = { a = "anthropic.claude-3-haiku-20240307-v1:0" } }'],
    ['var.x == "a" ? local.m["a"] : local.m["a"]', 'locals { m = { a = "anthropic.claude-3-haiku-20240307-v1:0" } }'],
  ])('%s', async (value, rest) => {
    expect(await models({ 'main.tf': agent(value), 'rest.tf': rest })).toEqual(['anthropic.claude-3-haiku-20240307-v1:0']);
  });

  it.each(['var.absent', 'upper(var.absent)', '"anthropic.${var.absent}"', 'local.m["b"]'])('does not guess %s', async (value) => {
    expect(await models({ 'main.tf': `${agent(value)}locals {\n  m = { a = "anthropic.claude-3-haiku-20240307-v1:0" }\n}\n` })).toEqual([]);
  });

  it('never throws', () => {
    const token = fc.constantFrom(
      '"',
      '${',
      '}',
      '[',
      ']',
      '{',
      '(',
      ')',
      'var.a',
      'for',
      'in',
      ':',
      '=>',
      '?',
      '<<EOT\n',
      'EOT',
      '\n',
      '.',
      '*',
      ',',
      '=',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(token, { maxLength: 200 }).map((list) => list.join(' ')),
        ),
        (text) => void parseExpression(text, 1),
      ),
      {
        numRuns: 500,
      },
    );
  });

  it('bounds nesting', () => {
    expect(() => parseExpression('['.repeat(100_000), 1)).not.toThrow();
    expect(() => parseExpression('"${'.repeat(100_000), 1)).not.toThrow();
  });
});

describe('modules', () => {
  it('ends where modules and variables go round in circles', async () => {
    const circle = (to: string): string =>
      `module "m" {\n  source = "../${to}"\n  x = var.x\n}\nvariable "x" {}\nlocals {\n  a = local.b\n  b = local.a\n}\n`;
    expect(await models({ 'a/main.tf': `${circle('b')}${agent('var.x')}`, 'b/main.tf': circle('a') })).toEqual([]);
  });

  it('bounds what it follows in a tree that multiplies', async () => {
    const levels = Array.from({ length: 30 }, (_, index) => `l${index + 1} = "\${local.l${index}}\${local.l${index}}"`).join('\n');
    const started = performance.now();
    await models({ 'main.tf': `locals {\nl0 = "a"\n${levels}\n}\n${Array.from({ length: 300 }, () => agent('local.l30')).join('')}` });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('does not leave the tree', async () => {
    expect(await models({ 'main.tf': 'module "m" {\n  source = "../../../../etc"\n  x = "gpt-4o"\n}\n' })).toEqual([]);
  });
});

describe('agents that resources are', () => {
  const named = (value: string): string => `resource "aws_bedrockagent_agent" "a" {\n  agent_name = ${value}\n}\n`;
  it('go by their name, wherever it is written', async () => {
    expect(
      await models({ 'main.tf': named('var.agent'), 'vars.tf': 'variable "agent" {\n  default = "ledger-agent"\n}\n' }, 'agent'),
    ).toEqual(['ledger-agent']);
    expect(await models({ 'main.tf': named('"ledger-agent"') }, 'agent')).toEqual(['ledger-agent']);
  });
  it('have no name where a part of it is not known', async () => {
    expect(await models({ 'main.tf': named('"${var.stage}-agent"') }, 'agent')).toEqual([]);
    expect(await models({ 'main.tf': 'resource "aws_lambda_function" "a" {\n  agent_name = "x"\n}\n' }, 'agent')).toEqual([]);
  });
  it('of a long list of deployments every model counts', async () => {
    const entries = Array.from(
      { length: 40 },
      (_, index) => `    { name = "gpt-4.${index}", model = "gpt-4.${index}", version = "2025-04-14" },`,
    ).join('\n');
    const text = `locals {\n  all = [\n${entries}\n  ]\n}\nresource "azurerm_cognitive_deployment" "m" {\n  for_each = { for d in local.all : d.name => d }\n}\n`;
    expect(await models({ 'main.tf': text })).toHaveLength(40);
  });
});
