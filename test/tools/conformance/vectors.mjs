// Vectors of the model-signing specification: bundles whose form is valid or not. There is no model to them, so a
// valid one must get as far as missing files, which needs the keys of the reference.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { trustOf } from './historical.mjs';

const FORM = new Set([
  'bundle-invalid',
  'statement-invalid',
  'method-mismatch',
  'signature-invalid',
  'signer-untrusted',
  'certificate-invalid',
  'certificate-expired',
  'identity-mismatch',
  'root-digest',
  'limit',
]);

export function* vectorCases(vectors, reference, assay) {
  const root = resolve(vectors, 'test-vectors');
  for (const version of readdirSync(root).filter((name) => /^v\d/.test(name))) {
    for (const kind of ['valid', 'invalid', 'invalid-payload']) {
      for (const file of readdirSync(join(root, version, kind)).sort()) {
        const name = `${version}/${kind}/${file}`;
        if (!reference && kind === 'valid') {
          yield { name, skipped: true };
          continue;
        }
        const work = mkdtempSync(join(tmpdir(), 'assay-vector-'));
        writeFileSync(join(work, 'other.txt'), 'not the model');
        const method = /sigstore|tlog/.test(file) ? 'sigstore' : file.startsWith('certificate') ? 'certificate' : 'elliptic-key';
        const key = reference
          ? trustOf(method, resolve(reference, 'scripts/tests'))
          : ['--certificate-identity', 'nobody', '--certificate-oidc-issuer', 'nobody'];
        const { status, stdout, stderr } = assay('verify', work, '--bundle', join(root, version, kind, file), ...key, '--format', 'json');
        const problems = status === 2 ? [] : (JSON.parse(stdout).integrity[0]?.problems ?? []);
        const formal = problems.filter((problem) => FORM.has(problem.code));
        yield {
          name,
          ok:
            status === 1 &&
            (kind === 'valid' ? formal.length === 0 && problems.some((problem) => problem.code === 'missing') : formal.length > 0),
          said: JSON.stringify(problems.slice(0, 3)) + stderr,
        };
        rmSync(work, { recursive: true, force: true });
      }
    }
  }
}
