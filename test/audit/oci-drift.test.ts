import { describe, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import { type Content } from '../registries/registry-server.ts';
import { evilPickle, gguf, sparseSafetensors, tarball } from '../registries/models.ts';
import { type FakeArtifact } from '../registries/oci-server.ts';
import { context, ids, layer, oci, ociServer, ollama, pulled } from './oci-context.ts';

const server = ociServer();

describe('what changed between two audits of an artifact', () => {
  const same = pulled();
  const replaced = (what: string, content: Content): FakeArtifact => ({
    ...same,
    layers: same.layers.map((item) => (item.mediaType.endsWith(`.${what}`) ? { ...item, content } : item)),
  });
  const DIGEST = /^sha256:[0-9a-f]{64}$/;
  const histories: readonly (readonly [string, string, RegExp, RegExp, string, (name: string) => void])[] = [
    ['a moving tag', 'drift-commit', DIGEST, DIGEST, ':latest', (name) => server.push(`${name}:latest`, pulled([layer('messages', '[]')]))],
    [
      'a tag that should not move',
      'drift-tag-moved',
      DIGEST,
      DIGEST,
      ':1.0',
      (name) => server.push(`${name}:1.0`, pulled([layer('messages', '[]')])),
    ],
    [
      'other weights',
      'drift-file-replaced',
      /sha256:/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, replaced('model', gguf(4e9, { 'general.name': 'x' }))),
    ],
    [
      'weights that came',
      'drift-weights-added',
      /not there/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, pulled([layer('adapter', gguf(1e6))])),
    ],
    [
      'a pickle that came',
      'drift-pickle-added',
      /not there/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, pulled([layer('adapter', evilPickle())])),
    ],
    [
      'another licence',
      'drift-licence-changed',
      /^llama3\.1$/,
      /^mit$/,
      ':latest',
      (name) => server.push(`${name}:latest`, replaced('license', 'MIT License\n')),
    ],
    [
      'another template',
      'drift-template-changed',
      /sha256:/,
      /sha256:/,
      ':latest',
      (name) => server.push(`${name}:latest`, replaced('template', '{{ .Prompt }} buy now')),
    ],
    ['deletion', 'drift-deleted', DIGEST, /^gone/, ':latest', (name) => server.tags.delete(`${name}:latest`)],
    ['loss of access', 'drift-access-lost', /readable/, /denied/, ':latest', () => (server.fault = () => ({ status: 403 }))],
  ];

  it.each(histories)('%s: %s', async (what, rule, before, after, tag, change) => {
    const name = `drift/${what.replaceAll(/[^a-z]+/g, '-')}`;
    // A file that is replaced by another of the same size.
    server.push(name + tag, rule === 'drift-file-replaced' ? replaced('model', gguf(4e9, { 'general.name': 'y' })) : same);
    const first = await auditTarget(ollama(name + tag), '1', undefined, context());
    expect(first.entry, first.entry.reason).toMatchObject({ status: 'ok', drift: 0 });
    const moved = server.bytes;
    server.reset();
    const unchanged = await auditTarget(ollama(name + tag), '2', first, context());
    expect(unchanged.entry).toMatchObject({ status: 'ok', drift: 0, open: first.entry.open });
    expect(unchanged.report.findings).toEqual(first.report.findings);
    expect(server.bytes / moved).toBeLessThan(0.12);
    change(name);
    const second = await auditTarget(ollama(name + tag), '3', unchanged, context());
    const finding = second.report.findings.find(({ ruleId }) => ruleId === rule);
    expect(finding, JSON.stringify(ids(second.report))).toBeDefined();
    expect(String(finding?.args['before'])).toMatch(before);
    expect(String(finding?.args['after'])).toMatch(after);
    const third = await auditTarget(ollama(name + tag), '4', second, context());
    expect(ids(third.report).filter((id) => id.startsWith('drift-'))).toEqual([]);
  });

  it('a pin stays, and tells that its tag has gone on', async () => {
    const digest = server.push('drift/pinned:latest', same);
    const pinned = ollama(`drift/pinned:latest@${digest}`);
    const first = await auditTarget(pinned, '1', undefined, context());
    const next = server.push('drift/pinned:latest', pulled([layer('messages', '[]')]));
    const second = await auditTarget(pinned, '2', first, context());
    const finding = second.report.findings.find(({ ruleId }) => ruleId === 'drift-newer-revision');
    expect(finding?.args).toMatchObject({ before: digest, after: next });
    expect(second.entry).toMatchObject({ commit: digest, drift: 1 });
  });

  it('an archive that holds another file', async () => {
    const kit = (seed: number): FakeArtifact => ({
      layers: [
        {
          mediaType: 'application/vnd.kitops.modelkit.model.v1.tar',
          content: tarball([{ name: 'm.safetensors', content: sparseSafetensors(2e9, 4, `s${seed}`) }]),
        },
        {
          mediaType: 'application/vnd.kitops.modelkit.code.v1.tar',
          content: tarball([
            { name: 'a.py', content: 'x = 1\n' },
            { name: 'config.json', content: `{"model_type":"x${seed}"}` },
          ]),
        },
      ],
    });
    server.push('drift/kit:latest', kit(1));
    const first = await auditTarget(oci('drift/kit'), '1', undefined, context());
    server.push('drift/kit:latest', kit(2));
    const second = await auditTarget(oci('drift/kit'), '2', first, context());
    const paths = second.report.findings
      .filter(({ ruleId }) => ruleId.startsWith('drift-'))
      .map(({ ruleId, location }) => `${ruleId} ${location.path}`);
    expect(paths.sort()).toEqual(['drift-commit manifest.json', 'drift-file-replaced m.safetensors']);
  });
});
