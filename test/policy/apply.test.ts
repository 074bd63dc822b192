import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/finding.ts';
import {
  applyPolicy,
  emptyPolicy,
  inlineIgnores,
  parseBaseline,
  parseVex,
  type Policy,
  type PolicyInput,
  type Waiver,
} from '../../src/policy/index.ts';
import { finding, TODAY, torch, vulnerable } from './fixtures.ts';

const apply = (findings: readonly Finding[], input: Partial<PolicyInput> = {}, sha256?: string) =>
  applyPolicy(
    { findings, components: [torch], artifacts: sha256 === undefined ? [] : [{ path: 'model.pt', sha256 }] },
    { policy: emptyPolicy, today: TODAY, ...input },
  );
const withWaiver = (waiver: Partial<Waiver>): Policy => ({
  ...emptyPolicy,
  waivers: [{ rule: 'unpinned-revision', reason: 'reviewed', expires: '2026-12-31', source: 'assay.yaml:3', ...waiver }],
});

describe('waivers', () => {
  it('close what they cover and keep it in the report', () => {
    const { findings, notices } = apply([finding()], { policy: withWaiver({ paths: ['src/**'] }) });
    expect(findings).toEqual([
      {
        ...finding(),
        status: 'waived',
        suppression: { kind: 'waiver', reason: 'reviewed', source: 'assay.yaml:3', expires: '2026-12-31' },
      },
    ]);
    expect(notices).toEqual([]);
  });

  it('hold on their last day and bring the finding back on the next', () => {
    expect(apply([finding()], { policy: withWaiver({ expires: TODAY }) }).findings[0]?.status).toBe('waived');
    const late = apply([finding()], { policy: withWaiver({ expires: '2026-11-24' }) });
    expect(late.findings[0]?.status).toBe('open');
    expect(late.notices).toMatchObject([{ code: 'waiver-expired', source: 'assay.yaml:3' }]);
  });

  it('are reported where they match nothing', () => {
    expect(apply([finding()], { policy: withWaiver({ paths: ['lib/**'] }) }).notices).toMatchObject([{ code: 'waiver-unused' }]);
    expect(apply([finding()], { policy: withWaiver({ rule: 'unsafe-format' }) }).notices).toMatchObject([{ code: 'waiver-unused' }]);
  });

  it('may name a component by name, reference or package URL', () => {
    for (const component of ['torch', 'library:pypi/torch', 'pkg:pypi/torch@2.1.0', 'pkg:pypi/*', 'TORCH']) {
      expect(apply([vulnerable], { policy: withWaiver({ rule: 'vulnerable-library', component }) }).findings[0]?.status, component).toBe(
        'waived',
      );
    }
    expect(
      apply([vulnerable], { policy: withWaiver({ rule: 'vulnerable-library', component: 'pkg:pypi/torchvision' }) }).findings[0]?.status,
    ).toBe('open');
  });

  it('that are bound to a digest die when the file changes, members of an archive included', () => {
    const artifact = finding({ ruleId: 'unsafe-artifact', location: { path: 'model.pt!data.pkl' } });
    const policy = withWaiver({ rule: 'unsafe-artifact', digest: '1'.repeat(64) });
    expect(apply([artifact], { policy }, '1'.repeat(64)).findings[0]?.status).toBe('waived');
    const changed = apply([artifact], { policy }, '2'.repeat(64));
    expect(changed.findings[0]?.status).toBe('open');
    expect(changed.notices[0]?.message).toContain('another digest');
  });
});

describe('settings of rules', () => {
  it('change severity and disable without deleting', () => {
    const policy: Policy = {
      ...emptyPolicy,
      source: 'assay.yaml',
      rules: new Map([
        ['unpinned-revision', { severity: 'critical' as const }],
        ['vulnerable-library', { disable: true }],
      ]),
    };
    const { findings } = apply([finding(), vulnerable], { policy });
    expect(findings.map(({ severity, status }) => [severity, status])).toEqual([
      ['critical', 'open'],
      ['high', 'disabled'],
    ]);
  });
});

describe('inline ignores', () => {
  const source = [
    'model = load("a")  # assay: ignore[unpinned-revision] pinned by the image',
    '',
    '// assay: ignore[unpinned-revision, trust-remote-code] read on 2026-11-01',
    '',
    'const model = load("b");',
    'const other = load("c"); // assay: ignore[unpinned-revision]',
    'text = "assay: ignore[unpinned-revision] not a comment"',
  ].join('\n');

  it('speak for their line, or for the next one where they stand alone', () => {
    const ignores = inlineIgnores(source, 'app.py');
    expect(ignores.map(({ line, rules, reason }) => ({ line, rules, reason }))).toEqual([
      { line: 1, rules: ['unpinned-revision'], reason: 'pinned by the image' },
      { line: 5, rules: ['unpinned-revision', 'trust-remote-code'], reason: 'read on 2026-11-01' },
      { line: 6, rules: ['unpinned-revision'], reason: '' },
    ]);
  });

  it('close the finding there and no other; without a reason they do nothing', () => {
    const inline = inlineIgnores(source, 'app.py');
    const on = (line: number, ruleId = 'unpinned-revision'): Finding => finding({ ruleId, location: { path: 'app.py', line } });
    const { findings, notices } = apply(
      [on(1), on(5), on(6), on(5, 'unsafe-deserialization'), finding({ location: { path: 'b.py', line: 1 } })],
      { inline },
    );
    expect(findings.map((item) => item.status)).toEqual(['waived', 'waived', 'open', 'open', 'open']);
    expect(findings[1]?.suppression).toEqual({ kind: 'inline', reason: 'read on 2026-11-01', source: 'app.py:3' });
    expect(notices).toMatchObject([{ code: 'ignore-without-reason', source: 'app.py:6' }]);
  });

  it('loses the end of a block comment', () => {
    expect(inlineIgnores('<!-- assay: ignore[hidden-instructions] ours -->', 'a.md')[0]?.reason).toBe('ours');
    expect(inlineIgnores('x(); /* assay: ignore[unsafe-format] ours */', 'a.js')[0]?.reason).toBe('ours');
  });

  it('reads a hostile line in linear time', () => {
    const start = performance.now();
    inlineIgnores(`${'#'.repeat(200_000)} assay: ignore[${'a, '.repeat(100_000)}`, 'x');
    inlineIgnores(`${'assay: '.repeat(50_000)}`, 'x');
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('baseline', () => {
  const report = (status: string): string =>
    JSON.stringify({ timestamp: '2026-11-01T00:00:00.000Z', findings: [{ ...finding(), status }] });

  it('marks what an earlier report held open', () => {
    for (const status of ['open', 'baselined']) {
      const [result] = apply([finding()], { baseline: parseBaseline(report(status), 'old.json') }).findings;
      expect(result).toMatchObject({ status: 'baselined', suppression: { kind: 'baseline', source: 'old.json' } });
    }
  });

  it('does not take over what was waived then: the waiver decides again', () => {
    expect(apply([finding()], { baseline: parseBaseline(report('waived'), 'old.json') }).findings[0]?.status).toBe('open');
  });

  it('leaves new findings open', () => {
    expect(
      apply([finding({ fingerprint: 'c'.repeat(32) })], { baseline: parseBaseline(report('open'), 'old.json') }).findings[0]?.status,
    ).toBe('open');
  });

  it('refuses what is no report', () => {
    expect(() => parseBaseline('{}', 'x.json')).toThrow('x.json is no report');
    expect(() => parseBaseline('nope', 'x.json')).toThrow('x.json is no JSON');
  });
});

describe('VEX', () => {
  const openvex = (status: string, product: object, vulnerability: object = { name: 'CVE-2025-32434' }): string =>
    JSON.stringify({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      statements: [{ vulnerability, products: [product], status, justification: 'vulnerable_code_not_in_execute_path' }],
    });
  const statusWith = (content: string, products: readonly string[] = []): string | undefined =>
    apply([vulnerable], { vex: parseVex(content, 'vex.json'), products }).findings[0]?.status;

  it('reads OpenVEX: product, version, alias', () => {
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:pypi/torch@2.1.0' }))).toBe('not-affected');
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:pypi/torch' }))).toBe('not-affected');
    expect(statusWith(openvex('fixed', { '@id': 'pkg:pypi/torch' }, { name: 'GHSA-53q9-r3pm-6pq6' }))).toBe('fixed');
    expect(statusWith(openvex('under_investigation', { identifiers: { purl: 'pkg:pypi/torch' } }))).toBe('under-investigation');
    expect(statusWith(openvex('affected', { '@id': 'pkg:pypi/torch' }))).toBe('open');
  });

  it('does not take a statement about another version, package, part or product', () => {
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:pypi/torch@2.0.0' }))).toBe('open');
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:pypi/torchvision' }))).toBe('open');
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:github/acme/app' }))).toBe('open');
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:github/acme/app' }), ['pkg:github/acme/app'])).toBe('not-affected');
    expect(
      statusWith(openvex('not_affected', { '@id': 'pkg:github/acme/app', subcomponents: [{ '@id': 'pkg:pypi/numpy' }] }), [
        'pkg:github/acme/app',
      ]),
    ).toBe('open');
    expect(statusWith(openvex('not_affected', { '@id': 'pkg:pypi/torch' }, { name: 'CVE-2020-1' }))).toBe('open');
  });

  it('lets the last statement hold', () => {
    const vex = [
      ...parseVex(openvex('not_affected', { '@id': 'pkg:pypi/torch' }), 'a.json'),
      ...parseVex(openvex('affected', { '@id': 'pkg:pypi/torch' }), 'b.json'),
    ];
    expect(apply([vulnerable], { vex }).findings[0]?.status).toBe('open');
  });

  it('reads analyses of CycloneDX, by reference, package URL and BOM-Link', () => {
    const cyclonedx = (ref: string, state = 'not_affected'): string =>
      JSON.stringify({
        bomFormat: 'CycloneDX',
        components: [{ 'bom-ref': 'c1', purl: 'pkg:pypi/torch@2.1.0' }],
        vulnerabilities: [{ id: 'GHSA-53q9-r3pm-6pq6', analysis: { state, justification: 'code_not_reachable' }, affects: [{ ref }] }],
      });
    expect(statusWith(cyclonedx('c1'))).toBe('not-affected');
    expect(statusWith(cyclonedx('library:pypi/torch'))).toBe('not-affected');
    expect(statusWith(cyclonedx('urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#library:pypi/torch', 'resolved'))).toBe('fixed');
    expect(statusWith(cyclonedx('c2'))).toBe('open');
    expect(statusWith(cyclonedx('c1', 'exploitable'))).toBe('open');
  });

  it('refuses other documents', () => {
    expect(() => parseVex('{}', 'x.json')).toThrow('neither OpenVEX nor CycloneDX');
    expect(() => parseVex('[]', 'x.json')).toThrow('no VEX document');
  });
});
