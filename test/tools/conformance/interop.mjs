// Both ways with the Python reference, where /usr/bin/python3 has cryptography, OpenSSL and protobuf.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const script = resolve(import.meta.dirname, '../interop.py');
const python = (...argv) => spawnSync('/usr/bin/python3', [script, ...argv], { encoding: 'utf8' });

function* pairs(reference, work) {
  for (const curve of ['P-256', 'P-384', 'P-521']) {
    const keys = generateKeyPairSync('ec', { namedCurve: curve });
    const [secret, open] = [join(work, `${curve}.pem`), join(work, `${curve}.pub`)];
    writeFileSync(secret, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(open, keys.publicKey.export({ type: 'spki', format: 'pem' }));
    yield { name: `key on ${curve}`, method: 'key', sign: [secret], verify: [open], ours: ['--key', secret], trust: ['--key', open] };
  }
  const at = (name) => resolve(reference, 'scripts/tests/keys/certificate', name);
  const [secret, leaf, intermediate, root] = ['signing-key.pem', 'signing-key-cert.pem', 'int-ca-cert.pem', 'ca-cert.pem'].map(at);
  yield {
    name: 'certificate',
    method: 'certificate',
    sign: [secret, leaf, intermediate],
    verify: [root],
    ours: ['--key', secret, '--certificate', leaf, '--certificate-chain', intermediate],
    trust: ['--certificate-chain', root],
  };
}

export function* interopCases(reference, assay) {
  if (spawnSync('/usr/bin/python3', ['-c', 'import cryptography, OpenSSL, google.protobuf']).status !== 0) {
    yield { name: 'Python reference', skipped: true };
    return;
  }
  const work = mkdtempSync(join(tmpdir(), 'assay-interop-'));
  const model = join(work, 'model');
  mkdirSync(join(model, 'a'), { recursive: true });
  // Where code-point order and order by components differ.
  for (const [path, text] of Object.entries({
    'a/b': 'one',
    'a.b': 'two',
    'weights.bin': 'w'.repeat(100_000),
    empty: '',
    'name with ä': 'x',
  }))
    writeFileSync(join(model, path), text);
  for (const { name, method, sign, verify, ours, trust } of pairs(reference, work)) {
    const [theirBundle, ourBundle] = [join(work, `${name}.theirs.sig`), join(work, `${name}.ours.sig`)];
    const signed = python(reference, 'sign', method, model, theirBundle, ...sign);
    const read = assay('verify', model, '--bundle', theirBundle, ...trust);
    yield {
      name: `${name}: their bundle here`,
      ok: signed.status === 0 && read.status === 0,
      said: signed.stderr.slice(-600) + read.stdout + read.stderr,
    };
    const made = assay('sign', model, '--bundle', ourBundle, ...ours);
    const theirs = python(reference, 'verify', method, model, ourBundle, ...verify);
    yield {
      name: `${name}: our bundle there`,
      ok: made.status === 0 && theirs.status === 0,
      said: made.stderr + theirs.stderr.slice(-600),
    };
    writeFileSync(join(model, 'a.b'), 'changed');
    yield {
      name: `${name}: a changed file there`,
      ok: theirs.status === 0 && python(reference, 'verify', method, model, ourBundle, ...verify).status !== 0,
    };
    yield { name: `${name}: a changed file here`, ok: assay('verify', model, '--bundle', theirBundle, ...trust).status === 1 };
    writeFileSync(join(model, 'a.b'), 'two');
  }
  rmSync(work, { recursive: true, force: true });
}
