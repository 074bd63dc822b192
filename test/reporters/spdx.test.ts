import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import type { Report } from '../../src/core/report.ts';
import { render } from '../../src/reporters/spdx/index.ts';
import { expectTame } from './tame.ts';

interface Property {
  readonly many?: boolean;
  readonly required?: boolean;
  readonly enum?: readonly string[];
  readonly type?: string;
}

type Node = { readonly type: string; readonly spdxId?: string } & Readonly<Record<string, unknown>>;

const CLASSES = JSON.parse(readFileSync(new URL('../../fixtures/reports/spdx-3.0.1.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, Readonly<Record<string, Property>>>
>;
const INDIVIDUALS = new Set(['expandedlicensing_NoAssertionLicense']);

/** What the model (classes, cardinalities, vocabularies) and its JSON form (lists where several may stand) say against a document. */
function problems(json: string): string[] {
  const document = JSON.parse(json) as { readonly '@context': string; readonly '@graph': readonly Node[] };
  const found: string[] = [];
  const ids = new Set(document['@graph'].map((node) => node.spdxId));
  const checkValue = (at: string, property: Property, value: unknown): void => {
    if (property.enum) {
      if (!property.enum.includes(value as string)) found.push(`${at}: ${String(value)} is not in the vocabulary`);
    } else if (property.type === 'object') checkNode(at, value as Node);
    else if (property.type === 'integer') {
      if (!Number.isSafeInteger(value)) found.push(`${at}: no integer`);
    } else if (typeof value !== 'string' || value === '') found.push(`${at}: no text`);
    else if (property.type === 'time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) found.push(`${at}: no time`);
    else if (property.type === 'uri' && !URL.canParse(value)) found.push(`${at}: no URI: ${value}`);
    else if (property.type === 'reference' && !ids.has(value) && !INDIVIDUALS.has(value) && value !== '_:creationinfo')
      found.push(`${at}: nothing is named ${value}`);
  };
  const checkNode = (at: string, node: Node): void => {
    const known = CLASSES[node.type];
    if (known === undefined) {
      found.push(`${at}: no class ${node.type}`);
      return;
    }
    for (const [name, property] of Object.entries(known))
      if (property.required && !Object.hasOwn(node, name)) found.push(`${at}: ${name} is missing`);
    for (const [name, value] of Object.entries(node)) {
      if (['type', 'spdxId', '@id'].includes(name)) continue;
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      if (property === undefined) found.push(`${at}: ${node.type} has no ${name}`);
      else if (property.many !== Array.isArray(value) && (property.many === true || Array.isArray(value)))
        found.push(`${at}: ${name} list or not`);
      else for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) checkValue(`${at}.${name}`, property, each);
    }
  };
  for (const node of document['@graph']) checkNode(node.spdxId ?? node.type, node);
  if (ids.size !== document['@graph'].length) found.push('two elements of one name');
  return found;
}

const graphOf = (report: Report): readonly Node[] =>
  (JSON.parse(render(report, { texts: fixtureTexts })) as { readonly '@graph': readonly Node[] })['@graph'];
const named = (graph: readonly Node[], name: string): Node => {
  const node = graph.find((each) => each['name'] === name);
  if (node === undefined) throw new Error(name);
  return node;
};

describe('SPDX 3.0.1', () => {
  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('a %s report follows the model', (_, report) => {
    expect(problems(render(report, { texts: fixtureTexts }))).toEqual([]);
  });

  test.each([
    ['"noAssertion"', '"bogus"', 'is not in the vocabulary'],
    ['"annotationType"', '"annotationKind"', 'has no annotationKind'],
    ['"relationshipType": "trainedOn"', '"relationshipType": "trained"', 'is not in the vocabulary'],
    ['"createdBy"', '"madeBy"', 'createdBy is missing'],
  ])('the check is at work: %s as %s', (right, wrong, problem) => {
    expect(problems(render(richReport, {}).replace(right, wrong)).join('\n')).toContain(problem);
  });

  test('a model is an AI package with its facts and its two licence relationships', () => {
    const graph = graphOf(richReport);
    const model = named(graph, 'acme/lora-support');
    expect(model).toMatchObject({
      type: 'ai_AIPackage',
      software_primaryPurpose: 'model',
      software_packageUrl: 'pkg:huggingface/acme/lora-support',
      software_downloadLocation: 'https://huggingface.co/acme/lora-support',
      ai_domain: ['text-generation'],
      ai_informationAboutTraining: 'Base model: meta-llama/Llama-3.1-8B. Dataset: squad. Dataset: acme/tickets.',
      ai_metric: [{ type: 'DictionaryEntry', key: 'accuracy (squad)', value: '0.91' }],
    });
    expect(model['suppliedBy']).toBe(named(graph, 'acme').spdxId);
    const relations = graph.filter((each) => each['from'] === model.spdxId).map((each) => each['relationshipType']);
    expect(relations.filter((each) => each === 'hasDeclaredLicense')).toHaveLength(1);
    expect(relations.filter((each) => each === 'hasConcludedLicense')).toHaveLength(1);
    expect(relations).toEqual(expect.arrayContaining(['trainedOn', 'descendantOf', 'hasDistributionArtifact']));
  });

  test('the document says which profiles it follows and what it leaves out', () => {
    const document = graphOf(richReport).find((each) => each.type === 'SpdxDocument');
    expect(document?.['profileConformance']).toEqual(['core', 'software', 'simpleLicensing', 'ai', 'dataset', 'security']);
    expect(graphOf(emptyReport).find((each) => each.type === 'SpdxDocument')?.['profileConformance']).toEqual(['core', 'software']);
  });

  test('a licence without SPDX id gets a reference of its own', () => {
    const graph = graphOf(richReport);
    const expressions = graph.flatMap((each) => each['simplelicensing_licenseExpression'] ?? []);
    expect(expressions).toEqual(expect.arrayContaining(['LicenseRef-llama3.1', 'MIT OR Apache-2.0', 'BSD-3-Clause']));
  });

  test('advisories are vulnerabilities of their package, findings are reviews', () => {
    const graph = graphOf(richReport);
    const cve = named(graph, 'CVE-2025-32434');
    expect(graph).toContainEqual(
      expect.objectContaining({ relationshipType: 'hasAssociatedVulnerability', from: named(graph, 'torch').spdxId, to: [cve.spdxId] }),
    );
    expect(graph.filter((each) => each['annotationType'] === 'review')).toHaveLength(richReport.findings.length);
  });

  test('the same report gives the same bytes, hostile names act on nothing', () => {
    expect(render(richReport, {})).toBe(render(richReport, {}));
    expectTame(render(hostileReport, {}));
  });
});
