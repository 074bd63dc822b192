// Golden files of the reference's tests: manifests and statements of seven known models. Each becomes a signed
// bundle and must verify against the model, which is built here as its conftest.py builds it. Refused on purpose:
// models without files, and the model whose only file is a link that leads out of it.
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const TYPE = 'application/vnd.in-toto+json';
const KNOWN = 'This is a simple model';

const sample = Object.fromEntries([
  ...[0, 1].flatMap((i) => [0, 1, 2].map((j) => [`d${i}/f${i}${j}`, `This is file f${i}${j} in d${i}.`])),
  ...[0, 1, 2, 3].map((i) => [`f${i}`, `This is file f${i} in root.`]),
]);
const deep = Object.fromEntries([0, 1, 2, 3].map((i) => [`d0/d1/d2/d3/d4/f${i}`, `This is file f${i}.`]));

/** Name of the fixture to its files, or to the content of a model that is one file. */
const MODELS = {
  sample_model_file: KNOWN,
  empty_model_file: '',
  sample_model_folder: sample,
  empty_model_folder: {},
  model_folder_with_empty_file: { empty_file: '' },
  deep_model_folder: deep,
  symlink_model_folder: { symlink_file: Symbol('link') },
};

function build(content, work) {
  const model = join(work, 'model');
  if (typeof content === 'string') {
    writeFileSync(model, content);
    return model;
  }
  mkdirSync(model);
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(model, path)), { recursive: true });
    if (typeof text === 'string') writeFileSync(join(model, path), text);
    else {
      writeFileSync(join(work, 'outside'), KNOWN);
      symlinkSync(join(work, 'outside'), join(model, path));
    }
  }
  return model;
}

/** The statement that a manifest of `path:digest` or `path:start:end:digest` lines stands for. */
function statementOf(lines, shardSize) {
  const resources = lines.map((line) => ({
    name: line.slice(0, line.lastIndexOf(':')),
    algorithm: 'sha256',
    digest: line.slice(line.lastIndexOf(':') + 1),
  }));
  const root = createHash('sha256');
  for (const { digest } of resources) root.update(Buffer.from(digest, 'hex'));
  const serialization = {
    method: shardSize ? 'shards' : 'files',
    hash_type: 'sha256',
    allow_symlinks: true,
    ...(shardSize ? { shard_size: shardSize } : {}),
  };
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: root.digest('hex') } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: { serialization, resources },
  });
}

function bundleOf(text, key) {
  const payload = Buffer.from(text);
  const encoded = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]);
  return JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: '' }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: TYPE,
      signatures: [{ sig: sign('sha256', encoded, key).toString('base64') }],
    },
  });
}

export function* goldenCases(reference, assay) {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const folders = [
    ['_serialization/testdata/file/TestSerializer', (text) => statementOf(text.split('\n').filter(Boolean))],
    [
      '_serialization/testdata/file_shard/TestSerializer',
      (text, small) => statementOf(text.split('\n').filter(Boolean), small ? 8 : 1_000_000_000),
    ],
    ['_signing/testdata/signing/TestPayload', (text) => text],
  ];
  for (const [folder, toStatement] of folders) {
    const root = resolve(reference, 'tests', folder);
    if (!existsSync(root)) continue;
    for (const golden of readdirSync(root).sort()) {
      const name = golden.replace(/(?:_small_shards|_shards?|_ignore_paths)$/, '');
      if (!Object.hasOwn(MODELS, name)) {
        yield { name: `${folder}/${golden}`, ok: false, said: 'no such model' };
        continue;
      }
      const work = mkdtempSync(join(tmpdir(), 'assay-golden-'));
      writeFileSync(join(work, 'key.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }));
      const statement = toStatement(readFileSync(join(root, golden), 'utf8'), golden.endsWith('_small_shards'));
      writeFileSync(join(work, 'bundle.sig'), bundleOf(statement, keys.privateKey));
      const { status, stdout, stderr } = assay(
        'verify',
        build(MODELS[name], work),
        '--bundle',
        join(work, 'bundle.sig'),
        '--key',
        join(work, 'key.pem'),
      );
      const signsNothing = (JSON.parse(statement).predicate.resources ?? []).length === 0;
      const refused = signsNothing || name === 'symlink_model_folder';
      yield {
        name: `${folder}/${golden}`,
        ok: refused ? status === 1 && /signs no files|no subject|leads out/.test(stdout) : status === 0,
        said: stdout + stderr,
      };
      rmSync(work, { recursive: true, force: true });
    }
  }
}
