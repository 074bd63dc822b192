import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditTarget } from '../../src/audit/audit-target.ts';
import type { AuditRecord } from '../../src/audit/store.ts';
import type { HubTarget } from '../../src/audit/targets.ts';
import { rules } from '../../src/rules/index.ts';
import { HubServer, type FakeFile, type FakeRepo } from '../registries/hub-server.ts';
import { sha256Of } from '../registries/registry-server.ts';
import { evilPickle, lfs, plainPickle, safetensors } from '../registries/models.ts';
import type { ModelTrust } from '../../src/integrity/scan-models.ts';
import { bundle, publicPem, resource, statement } from '../integrity/world.ts';
import { testContext } from './context.ts';

const hub = new HubServer();
beforeAll(() => hub.start());
afterAll(() => hub.stop());

type Files = Record<string, FakeFile | string | Uint8Array>;
const card = (licence = 'apache-2.0'): string => `---\nlicense: ${licence}\n---\n# Model\n`;
const base = (): Files => ({
  'README.md': card(),
  'config.json': '{"architectures":["BertModel"],"model_type":"bert"}',
  'model.safetensors': lfs(safetensors()),
  'pytorch_model.bin': lfs(plainPickle(), 'safe'),
  'chat_template.jinja': "{% for m in messages %}{{ m['content'] }}{% endfor %}",
  'modeling_x.py': 'x = 1\n',
});

interface History {
  readonly name: string;
  readonly rule: string;
  readonly before: RegExp;
  readonly after: RegExp;
  readonly start?: Files;
  readonly repo?: Partial<FakeRepo>;
  readonly revision?: string | ((repo: FakeRepo) => string);
  readonly setup?: (repo: FakeRepo) => void;
  /** Whose signatures are trusted; nobody's where absent. */
  readonly trust?: readonly ModelTrust[];
  readonly change: (repo: FakeRepo) => void;
}

const HEX = /^[0-9a-f]{40}$/;
const without = (...paths: string[]): Files => Object.fromEntries(Object.entries(base()).filter(([path]) => !paths.includes(path)));

/** A signature over the files as they are, by a key that calls itself `hint`. */
const signed = (hint: string): Files => ({
  ...base(),
  'model.sig': bundle(statement([resource('README.md', card())]), { material: { publicKey: { hint: hint.repeat(32) } } }),
});

/** Every file is signed by our key, then the weights may be others than those that were signed. */
const sealed = (weights: Uint8Array): Files => {
  const files: Files = { 'README.md': card(), 'model.safetensors': lfs(weights) };
  const resources = [resource('README.md', card()), { name: 'model.safetensors', algorithm: 'sha256', digest: sha256Of(safetensors()) }];
  return { ...files, 'model.sig': bundle(statement(resources)) };
};
const trusted = [{ matches: () => true, publicKeys: [publicPem], certificates: [], identities: [] }] as unknown as readonly ModelTrust[];

const histories: readonly History[] = [
  {
    name: 'a new commit',
    rule: 'drift-commit',
    before: HEX,
    after: HEX,
    change: (repo) => hub.commit(repo, { ...base(), 'notes.md': 'n' }),
  },
  {
    name: 'a force-push',
    rule: 'drift-history-rewritten',
    before: HEX,
    after: HEX,
    change: (repo) => hub.commit(repo, { ...base(), 'notes.md': 'n' }, []),
  },
  {
    name: 'a tag that moved',
    rule: 'drift-tag-moved',
    before: HEX,
    after: HEX,
    revision: 'v1.0',
    setup: (repo) => repo.refs.set('v1.0', repo.commits[0]?.sha ?? ''),
    change: (repo) => repo.refs.set('v1.0', hub.commit(repo, { ...base(), 'notes.md': 'n' })),
  },
  {
    name: 'a pinned commit that is behind',
    rule: 'drift-newer-revision',
    before: HEX,
    after: HEX,
    revision: (repo) => repo.commits[0]?.sha ?? '',
    change: (repo) => hub.commit(repo, { ...base(), 'notes.md': 'n' }),
  },
  { name: 'deletion', rule: 'drift-deleted', before: HEX, after: /^gone/, change: (repo) => hub.repos.delete(`models/${repo.name}`) },
  {
    name: 'deletion and re-registration',
    rule: 'drift-recreated',
    before: /created 2024/,
    after: /created 2026/,
    change: (repo) => {
      hub.repo(repo.name, base(), { createdAt: '2026-10-01T00:00:00.000Z' });
    },
  },
  {
    name: 'loss of access',
    rule: 'drift-access-lost',
    before: /readable/,
    after: /denied/,
    change: () => (hub.fault = () => ({ status: 403 })),
  },
  {
    name: 'transfer to another owner',
    rule: 'drift-owner-changed',
    before: /^acme$/,
    after: /^stranger$/,
    change(repo) {
      const old = repo.name;
      Object.assign(repo, { name: old.replace('acme', 'stranger'), author: 'stranger' });
      hub.repos.set(`models/${repo.name}`, repo);
    },
  },
  {
    name: 'a new name',
    rule: 'drift-renamed',
    before: /^acme\/renaming/,
    after: /^acme\/fresh-name$/,
    change(repo) {
      repo.name = 'acme/fresh-name';
      hub.repos.set('models/acme/fresh-name', repo);
    },
  },
  {
    name: 'private made public',
    rule: 'drift-visibility-changed',
    before: /private/,
    after: /public/,
    repo: { private: true },
    change: (repo) => (repo.private = false),
  },
  { name: 'a gate', rule: 'drift-gating-changed', before: /open/, after: /gated \(manual\)/, change: (repo) => (repo.gated = 'manual') },
  { name: 'disabled by the hub', rule: 'drift-disabled', before: /enabled/, after: /disabled/, change: (repo) => (repo.disabled = true) },
  {
    name: 'another licence',
    rule: 'drift-licence-changed',
    before: /^apache-2.0$/,
    after: /^cc-by-nc-4.0$/,
    change(repo) {
      repo.cardData['license'] = 'cc-by-nc-4.0';
      hub.commit(repo, { ...base(), 'README.md': card('cc-by-nc-4.0') });
    },
  },
  {
    name: 'another base model',
    rule: 'drift-base-model-changed',
    before: /none/,
    after: /evil\/base/,
    change: (repo) => (repo.cardData['base_model'] = 'evil/base'),
  },
  {
    name: 'other training data',
    rule: 'drift-datasets-changed',
    before: /none/,
    after: /acme\/data/,
    change: (repo) => (repo.cardData['datasets'] = ['acme/data']),
  },
  {
    name: 'another task',
    rule: 'drift-task-changed',
    before: /text-generation/,
    after: /fill-mask/,
    repo: { task: 'text-generation' },
    change: (repo) => (repo.task = 'fill-mask'),
  },
  {
    name: 'a file swapped with the same size',
    rule: 'drift-file-replaced',
    before: /sha256:/,
    after: /sha256:/,
    change: (repo) => hub.commit(repo, { ...base(), 'model.safetensors': lfs(safetensors(7)) }),
  },
  {
    name: 'weights of another size',
    rule: 'drift-weights-changed',
    before: /bytes/,
    after: /bytes/,
    change: (repo) =>
      hub.commit(repo, { ...base(), 'pytorch_model.bin': lfs(Buffer.from('\x80\x02}q\0X\x02\0\0\0abq\x01K\x01s.', 'latin1')) }),
  },
  {
    name: 'a new weight file',
    rule: 'drift-weights-added',
    before: /not there/,
    after: /sha256:/,
    change: (repo) => hub.commit(repo, { ...base(), 'other.safetensors': lfs(safetensors(2)) }),
  },
  {
    name: 'a weight file that is gone',
    rule: 'drift-weights-removed',
    before: /sha256:/,
    after: /gone/,
    change: (repo) => hub.commit(repo, without('pytorch_model.bin')),
  },
  {
    name: 'safetensors replaced by a pickle',
    rule: 'drift-safetensors-removed',
    before: /sha256:/,
    after: /gone/,
    start: without('pytorch_model.bin'),
    change: (repo) => hub.commit(repo, { ...without('model.safetensors'), 'pytorch_model.bin': lfs(plainPickle()) }),
  },
  {
    name: 'a pickle that came',
    rule: 'drift-pickle-added',
    before: /not there/,
    after: /sha256:/,
    start: without('pytorch_model.bin'),
    change: (repo) => hub.commit(repo, base()),
  },
  {
    name: 'a pickle under the name of a harmless file',
    rule: 'drift-pickle-added',
    before: /safetensors/,
    after: /pickle/,
    change: (repo) => hub.commit(repo, { ...base(), 'model.safetensors': lfs(plainPickle()) }),
  },
  {
    name: 'new code',
    rule: 'drift-code-added',
    before: /not there/,
    after: /git:/,
    change: (repo) => hub.commit(repo, { ...base(), 'tokenization_x.py': 'import os\n' }),
  },
  {
    name: 'changed code',
    rule: 'drift-code-changed',
    before: /git:/,
    after: /git:/,
    change: (repo) => hub.commit(repo, { ...base(), 'modeling_x.py': 'x = 2\n' }),
  },
  {
    name: 'another chat template',
    rule: 'drift-template-changed',
    before: /git:/,
    after: /git:/,
    change: (repo) => hub.commit(repo, { ...base(), 'chat_template.jinja': 'Buy now. {{ messages }}' }),
  },
  {
    name: 'the scanners changed their mind',
    rule: 'drift-scan-status',
    before: /^safe$/,
    after: /^unsafe$/,
    change: (repo) => (repo.commits[0]?.files as Map<string, FakeFile> | undefined)?.set('pytorch_model.bin', lfs(plainPickle(), 'unsafe')),
  },
  {
    name: 'a file that became malicious',
    rule: 'drift-verdict-worse',
    before: /clean/,
    after: /malicious/,
    change: (repo) => hub.commit(repo, { ...base(), 'pytorch_model.bin': lfs(evilPickle()) }),
  },
  {
    name: 'another signer',
    rule: 'drift-signer-changed',
    before: /^key aa/,
    after: /^key bb/,
    start: signed('aa'),
    change: (repo) => hub.commit(repo, signed('bb')),
  },
  {
    name: 'no signature any more',
    rule: 'drift-signature-removed',
    before: /^key aa/,
    after: /not signed/,
    start: signed('aa'),
    change: (repo) => hub.commit(repo, base()),
  },
  {
    name: 'a file swapped under a signature that held',
    rule: 'drift-signature-broken',
    before: /^verified$/,
    after: /^failed$/,
    start: sealed(safetensors()),
    trust: trusted,
    change: (repo) => hub.commit(repo, sealed(safetensors(7))),
  },
  {
    name: 'a file swapped under the signature of a stranger',
    rule: 'drift-signature-broken',
    before: /^unverified$/,
    after: /^failed$/,
    start: sealed(safetensors()),
    change: (repo) => hub.commit(repo, sealed(safetensors(7))),
  },
];

describe('what changed between two audits', () => {
  it.each(histories)('$name: $rule', async (history) => {
    hub.fault = () => undefined;
    const name = history.rule === 'drift-renamed' ? 'acme/renaming' : `acme/${history.name.replaceAll(/[^a-z]+/g, '-')}`;
    const repo = hub.repo(name, history.start ?? base(), { cardData: { license: 'apache-2.0' }, ...history.repo });
    history.setup?.(repo);
    const revision = typeof history.revision === 'function' ? history.revision(repo) : history.revision;
    const target: HubTarget = { kind: 'hub', type: 'model', name, ...(revision === undefined ? {} : { revision }) };
    const context = testContext({ hubUrl: hub.url }, history.trust ? { trust: history.trust } : {});
    const first = await auditTarget(target, '1', undefined, context);
    expect(first.entry).toMatchObject({ status: 'ok', drift: 0 });

    const unchanged = await auditTarget(target, '2', first, context);
    expect(unchanged.entry).toMatchObject({ status: 'ok', drift: 0, open: first.entry.open });

    history.change(repo);
    const second: AuditRecord = await auditTarget(target, '3', unchanged, context);
    const finding = second.report.findings.find(({ ruleId }) => ruleId === history.rule);
    expect(finding, `${second.entry.reason ?? ''} ${JSON.stringify(second.report.findings.map((item) => item.ruleId))}`).toBeDefined();
    expect(String(finding?.args['before'])).toMatch(history.before);
    expect(String(finding?.args['after'])).toMatch(history.after);

    // Told once: the next audit compares with this one.
    const third = await auditTarget(target, '4', second, context);
    expect(third.report.findings.filter(({ ruleId }) => ruleId.startsWith('drift-'))).toEqual([]);
  });

  it('has a history for every rule', () => {
    const known = rules.map(({ id }) => id).filter((id) => id.startsWith('drift-'));
    expect(known.filter((id) => !histories.some(({ rule }) => rule === id))).toEqual([]);
  });

  it('tells of a repository that comes back after it was gone', async () => {
    hub.fault = () => undefined;
    const repo = hub.repo('acme/phoenix', base());
    const target: HubTarget = { kind: 'hub', type: 'model', name: 'acme/phoenix' };
    const context = testContext({ hubUrl: hub.url });
    const first = await auditTarget(target, '1', undefined, context);
    hub.repos.delete(`models/${repo.name}`);
    const gone = await auditTarget(target, '2', first, context);
    hub.repo('acme/phoenix', { ...base(), 'pytorch_model.bin': lfs(evilPickle()) });
    const back = await auditTarget(target, '3', gone, context);
    expect(back.report.findings.map(({ ruleId }) => ruleId)).toContain('drift-recreated');
  });
});
