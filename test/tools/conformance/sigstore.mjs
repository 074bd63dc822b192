// sigstore-conformance, test/assets/bundle-verify: one directory per case; its name says what is expected.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const IDENTITY =
  'https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main';
const ISSUER = 'https://token.actions.githubusercontent.com';

export function* sigstoreCases(suite, assay) {
  const root = resolve(suite, 'test/assets/bundle-verify');
  for (const item of readdirSync(root, { withFileTypes: true })) {
    if (!item.isDirectory()) continue;
    const dir = join(root, item.name);
    const own = (name) => (existsSync(join(dir, name)) ? join(dir, name) : undefined);
    const text = (name, otherwise) => (own(name) ? readFileSync(own(name), 'utf8').trim() : otherwise);
    const trust = own('key.pub')
      ? ['--key', own('key.pub')]
      : ['--certificate-identity', text('identity', IDENTITY), '--certificate-oidc-issuer', text('issuer', ISSUER)];
    const root2 = own('trusted_root.json') ? ['--trusted-root', own('trusted_root.json')] : [];
    const { status, stdout, stderr } = assay(
      'verify',
      own('artifact') ?? join(root, 'a.txt'),
      '--bundle',
      join(dir, 'bundle.sigstore.json'),
      ...trust,
      ...root2,
    );
    yield { name: item.name, ok: item.name.endsWith('_fail') ? status === 1 || status === 2 : status === 0, said: stdout + stderr };
  }
}
