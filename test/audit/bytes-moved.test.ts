import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import type { AuditRecord } from '../../src/audit/store.ts';
import { HubServer } from '../registries/hub-server.ts';
import { crc32, lfs, sparseSafetensors, statePickle, torchZip } from '../registries/models.ts';
import { testContext } from './context.ts';

const hub = new HubServer();
beforeAll(() => hub.start());
afterAll(() => hub.stop());
beforeEach(() => hub.reset());

const card = '---\nlicense: apache-2.0\npipeline_tag: text-generation\nlibrary_name: transformers\n---\n# A model\n';

it('audits 100 GB of sharded safetensors with at most 2 MB', async () => {
  const shards = 20;
  const name = (i: number): string => `model-${String(i + 1).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.safetensors`;
  const weights: Record<string, string> = {};
  for (let i = 0; i < shards; i += 1) for (let t = 0; t < 40; t += 1) weights[`s${i}.layers.${t}.self_attn.q_proj.weight`] = name(i);
  hub.repo('acme/large', {
    'README.md': card,
    'config.json': '{"architectures":["LlamaForCausalLM"],"model_type":"llama"}',
    'model.safetensors.index.json': JSON.stringify({ metadata: { total_size: 1 }, weight_map: weights }),
    ...Object.fromEntries(Array.from({ length: shards }, (_, i) => [name(i), lfs(sparseSafetensors(5e9, 40, `s${i}`))])),
  });
  const { entry, report } = await auditTarget(
    { kind: 'hub', type: 'model', name: 'acme/large' },
    'a',
    undefined,
    testContext({ hubUrl: hub.url }),
  );
  expect(entry.status, entry.reason).toBe('ok');
  const found = report.artifacts.filter((artifact) => artifact.format === 'safetensors');
  expect(found).toHaveLength(shards);
  expect(found.every((artifact) => artifact.verdict === 'clean' && artifact.size === 5e9 && artifact.sha256 !== undefined)).toBe(true);
  expect(hub.bytes).toBeLessThanOrEqual(2e6);
  expect(entry.bytes).toBe(hub.bytes);
});

it('audits a torch zip of 10 GB with at most 4 MB', async () => {
  const count = 300;
  const each = 32 * 1024 * 1024;
  const zeros = new Uint8Array(1 << 20);
  let crc: number | undefined;
  const crcOfZeros = (): number => (crc ??= crc32(zeros));
  const pickle = statePickle(count, each / 4);
  const content = torchZip(
    [
      { name: 'archive/data.pkl', size: pickle.length, bytes: pickle },
      ...Array.from({ length: count }, (_, i) => ({ name: `archive/data/${i}`, size: each })),
      { name: 'archive/version', size: 2, bytes: Buffer.from('3\n') },
    ],
    crcOfZeros,
  );
  hub.repo('acme/zip', { 'README.md': card, 'pytorch_model.bin': lfs(content) });
  const { entry, report } = await auditTarget(
    { kind: 'hub', type: 'model', name: 'acme/zip' },
    'a',
    undefined,
    testContext({ hubUrl: hub.url }),
  );
  expect(entry.status, entry.reason).toBe('ok');
  const [artifact] = report.artifacts.filter(({ path }) => path === 'pytorch_model.bin');
  expect(artifact).toMatchObject({ format: 'torch-zip', verdict: 'clean' });
  expect(artifact?.size).toBeGreaterThan(1e10);
  expect(hub.bytes).toBeLessThanOrEqual(4e6);
});

it('moves less than 5 % of the first audit for a fleet that did not change, and finds nothing new', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `fleet/m${i}`);
  for (const name of names)
    hub.repo(
      name,
      {
        'README.md': card + 'Text.\n'.repeat(400),
        ...Object.fromEntries([0, 1, 2, 3].map((i) => [`model-${i}.safetensors`, lfs(sparseSafetensors(4e9, 60, `${name}${i}`), 'safe')])),
      },
      { cardData: { license: 'apache-2.0' } },
    );
  const context = testContext({ hubUrl: hub.url });
  const audit = async (id: string, before: ReadonlyMap<string, AuditRecord>): Promise<Map<string, AuditRecord>> => {
    await context.hub(context.net).list('fleet', 'model');
    const records = new Map<string, AuditRecord>();
    for (const name of names) records.set(name, await auditTarget({ kind: 'hub', type: 'model', name }, id, before.get(name), context));
    return records;
  };
  const first = await audit('1', new Map());
  const moved = hub.bytes;
  hub.reset();
  const second = await audit('2', first);
  expect([...second.values()].map(({ entry }) => [entry.status, entry.drift])).toEqual(names.map(() => ['ok', 0]));
  for (const name of names) expect(second.get(name)?.report.findings).toEqual(first.get(name)?.report.findings);
  expect(hub.bytes / moved).toBeLessThan(0.05);
});
