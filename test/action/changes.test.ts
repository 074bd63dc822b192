import { expect, it } from 'vitest';
import { bundle as signatureBundle, publicPem, resource, statement } from '../integrity/world.ts';
import { evilPickle, openPullRequest, safetensors, type Files } from './repository.ts';
import { FULL, runPullRequest } from './run.ts';
import { freshWorld } from './world.ts';

const world = freshWorld();

/** Comment on a change from one state of the tree to another. */
async function commentOn(before: Files, change: Files): Promise<string> {
  world.repository.commit(before);
  const result = await runPullRequest({
    ...world,
    state: openPullRequest(world.repository, change),
    inputs: { comment: 'always' },
  });
  return `${result.log}\n${world.server.comments[0]?.body ?? ''}`;
}

const [PINNED, MOVED] = ['a'.repeat(40), 'b'.repeat(40)];
const chat = (model: string): string =>
  `from openai import OpenAI\n\nclient = OpenAI()\nclient.chat.completions.create(model="${model}", messages=[])\n`;
const hub = (revision: string): string =>
  `from transformers import AutoModel\n\nAutoModel.from_pretrained("sentence-transformers/all-MiniLM-L6-v2", revision="${revision}")\n`;

it.runIf(FULL)('says that a model was swapped', async () => {
  expect(await commentOn({ 'app.py': chat('gpt-5-mini') }, { 'app.py': chat('gpt-5-nano') })).toContain(
    '- 🔀 **model swapped**: `gpt-5-mini` → `gpt-5-nano` in `app.py`',
  );
});

it('says that a revision moved', async () => {
  expect(await commentOn({ 'app.py': hub(PINNED) }, { 'app.py': hub(MOVED) })).toContain(
    `- 📌 **revision moved**: model \`sentence-transformers/all-MiniLM-L6-v2\` \`${PINNED.slice(0, 12)}\` → \`${MOVED.slice(0, 12)}\``,
  );
});

it.runIf(FULL)('says that a provider was added', async () => {
  const text = await commentOn(
    { 'app.py': chat('gpt-5-mini') },
    { 'other.py': 'import anthropic\n\nanthropic.Anthropic().messages.create(model="claude-opus-4-5", max_tokens=9, messages=[])\n' },
  );
  expect(text).toMatch(/- ➕ new provider `anthropic`/i);
  expect(text).toContain('- ➕ new model `claude-opus-4-5');
});

it('says that weights are other bytes, and what they are now', async () => {
  const text = await commentOn(
    { 'm.safetensors': safetensors(1), 'a.pkl': Buffer.from('N.') },
    { 'm.safetensors': safetensors(2), 'a.pkl': evilPickle() },
  );
  expect(text).toMatch(/- 🔁 \*\*weights changed\*\*: `m\.safetensors` `[0-9a-f]{12}` → `[0-9a-f]{12}`\n/);
  expect(text).toMatch(/- 🔁 \*\*weights changed\*\*: `a\.pkl` .+ → \*\*`malicious`\*\*/);
});

const weights = 'not really weights';
const signed = {
  'assay.yaml': 'integrity:\n  trusted-signers:\n    - key: keys/model.pem\n',
  'keys/model.pem': publicPem,
  'model/config.json': weights,
  'model/model.sig': signatureBundle(statement([resource('config.json', weights)], { ignore_paths: ['model.sig'] })),
};

it.each([
  ['deleted', { 'model/model.sig': null }, 'gone'],
  ['broken by other bytes', { 'model/config.json': 'other bytes' }, 'mismatch'],
])('says that a signature is lost: %s', async (_, change, now) => {
  expect(await commentOn(signed, change)).toMatch(
    new RegExp(`- 🔓 \\*\\*signature lost\\*\\*: \`model\` was signed by \`[0-9a-f]{12,64}…?\`, now ${now}`),
  );
});

it.runIf(FULL)('leaves a signature alone that still holds', async () => {
  expect(await commentOn(signed, { 'README.md': 'x' })).not.toContain('signature lost');
});

it('does not take for a change what no commit changes', async () => {
  world.repository.commit({
    'app.py': chat('gpt-5-mini'),
    'link.py': { link: 'app.py' },
    'assay.yaml': 'exclude: [samples/]\n',
    'samples/x.py': chat('gpt-4.1'),
    'node_modules/x/index.js': 'import OpenAI from "openai";\nnew OpenAI();\n',
    'lfs.safetensors': `version https://git-lfs.github.com/spec/v1\noid sha256:${resource('x', safetensors(3).toString('latin1')).digest}\nsize ${safetensors(3).length}\n`,
  });
  const state = openPullRequest(world.repository, { 'README.md': 'x' });
  // An earlier step downloads a model, and git-lfs puts weights in the pointer's place.
  world.repository.write({ 'downloaded/m.safetensors': safetensors(4) });
  const result = await runPullRequest({ ...world, state, inputs: { comment: 'always' } });
  expect(world.server.comments[0]?.body, result.log).toContain('The AI components are the same as before.');
  expect(result.outputs).toMatchObject({ outcome: 'passed', 'new-findings': '0' });
});

it.runIf(FULL)('shows the graph of the change, folded', async () => {
  const body = await commentOn(
    { 'app.py': chat('gpt-5-mini') },
    { 'app.py': chat('gpt-5-nano'), 'other.py': 'import anthropic\n\nanthropic.Anthropic()\n' },
  );
  expect(body).toMatch(/<summary>Graph of the change<\/summary>\n\n```mermaid\nflowchart LR\n/);
  expect(body).toMatch(/n\d+ -\.->\|swapped for\| n\d+/);
});

it.runIf(FULL)('scans a folder under its own marker, and leaves the rest of the repository out', async () => {
  world.repository.commit({ 'services/a/app.py': chat('gpt-5-mini') });
  const state = openPullRequest(world.repository, { 'services/a/a.pkl': evilPickle(), 'services/b/b.pkl': evilPickle() });
  const result = await runPullRequest({ ...world, state, inputs: { comment: 'on-failure', path: 'services/a' } });
  expect(result.outputs['new-findings']).toBe('1');
  expect(world.server.comments[0]?.body).toMatch(/^<!-- assay services\/a -->\n/);
  expect(world.server.comments[0]?.body).toContain('services/a/a.pkl');
});
