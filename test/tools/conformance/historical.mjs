// Bundles that released versions of the Python reference wrote: scripts/tests/v<version>-<method>.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const IBM = ['--certificate-identity', 'stefanb@us.ibm.com', '--certificate-oidc-issuer', 'https://sigstore.verify.ibm.com/oauth2'];

export function trustOf(method, root) {
  if (method === 'sigstore') return IBM;
  return method === 'certificate'
    ? ['--certificate-chain', join(root, 'keys/certificate/ca-cert.pem')]
    : ['--key', join(root, 'keys/certificate/signing-key-pub.pem')];
}

export function* historicalCases(reference, assay) {
  const root = resolve(reference, 'scripts/tests');
  for (const name of readdirSync(root).sort()) {
    const [, version, method] = /^v([\d.]+)-(certificate|elliptic-key|sigstore)$/.exec(name) ?? [];
    if (!version) continue;
    const model = join(root, name);
    const argv = [
      'verify',
      model,
      '--bundle',
      join(model, 'model.sig'),
      ...trustOf(method, root),
      ...(existsSync(join(model, 'ignore-me')) ? ['--ignore-path', 'ignore-me'] : []),
    ];
    const { status, stdout, stderr } = assay(...argv, ...(version === '0.2.0' ? ['--allow-legacy'] : []));
    yield { name, ok: status === 0, said: stdout + stderr };
    if (version === '0.2.0') yield { name: `${name}, legacy not allowed`, ok: assay(...argv).status === 1 };
    // The same bundle must not verify by somebody else.
    const wrong =
      method === 'sigstore'
        ? ['--certificate-identity', 'stefanb@us.ibm.com', '--certificate-oidc-issuer', 'https://accounts.google.com']
        : ['--key', join(root, 'keys/certificate/ca-cert.pem')];
    yield {
      name: `${name}, wrong signer`,
      ok: assay('verify', model, '--bundle', join(model, 'model.sig'), ...wrong, '--allow-legacy').status === 1,
    };
  }
}
