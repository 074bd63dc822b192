// The OMS conformance suite: model + changes, bundle, expectation. Cases that sign keyless need a live identity.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const list = (flag, values = [], base = '') => values.flatMap((value) => [flag, base ? join(base, value) : value]);

function prepare(config, dir, assets, work) {
  const from = config.model_relative_to === 'test_dir' ? join(dir, config.model) : join(assets, config.model);
  const model = join(work, 'model');
  if (existsSync(from)) cpSync(from, model, { recursive: true });
  else mkdirSync(model);
  if (statSync(model).isDirectory()) rmSync(join(model, '.gitkeep'), { force: true });
  const changes = config.model_modifications ?? {};
  for (const path of changes.delete ?? []) rmSync(join(model, path), { recursive: true, force: true });
  for (const [path, text] of Object.entries({ ...changes.inject, ...changes.tamper, ...changes.add })) {
    mkdirSync(dirname(join(model, path)), { recursive: true });
    writeFileSync(join(model, path), text);
  }
  for (const [path, target] of Object.entries(changes.symlinks ?? {})) symlinkSync(target, join(model, path));
  return model;
}

function verifyArguments({ method, verify }, assets, model, bundle) {
  const trust =
    method === 'key'
      ? ['--key', join(assets, verify.public_key)]
      : method === 'certificate'
        ? list('--certificate-chain', verify.cert_chain, assets)
        : ['--certificate-identity', verify.identity, '--certificate-oidc-issuer', verify.identity_provider];
  return [
    'verify',
    model,
    '--bundle',
    bundle,
    ...trust,
    ...list('--ignore-path', verify.ignore_paths),
    ...(verify.ignore_unsigned_files ? ['--ignore-unsigned'] : []),
    '--allow-legacy',
  ];
}

function signedAsExpected(config, bundle) {
  if (!config.expected_signed_files) return true;
  const payload = JSON.parse(Buffer.from(JSON.parse(readFileSync(bundle, 'utf8')).dsseEnvelope.payload, 'base64').toString());
  return JSON.stringify(payload.predicate.resources.map((item) => item.name)) === JSON.stringify(config.expected_signed_files.toSorted());
}

function run(config, dir, assets, group, work, assay) {
  const model = prepare(config, dir, assets, work);
  let bundle = join(dir, 'bundle.sig');
  if (group === 'roundtrip') {
    bundle = join(config.sig_inside_model ? model : work, 'bundle.sig');
    const { sign } = config;
    const signed = assay(
      'sign',
      model,
      '--bundle',
      bundle,
      '--key',
      join(assets, sign.private_key),
      ...(sign.signing_cert ? ['--certificate', join(assets, sign.signing_cert)] : []),
      ...list('--certificate-chain', sign.cert_chain, assets),
      ...list('--ignore-path', config.verify?.ignore_paths),
    );
    if (signed.status !== 0) return { ok: config.expect === 'fail', said: signed.stderr };
  }
  const { status, stdout, stderr } = assay(...verifyArguments(config, assets, model, bundle));
  const ok = config.expect === 'fail' ? status === 1 || status === 2 : status === 0;
  return { ok: ok && (config.expect === 'fail' || group !== 'roundtrip' || signedAsExpected(config, bundle)), said: stdout + stderr };
}

export function* omsCases(suite, assay) {
  const root = resolve(suite, 'test');
  for (const group of ['verify/positive', 'verify/negative', 'verify/historical', 'roundtrip']) {
    for (const name of readdirSync(join(root, 'test-cases', group)).sort()) {
      const dir = join(root, 'test-cases', group, name);
      const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
      if (group === 'roundtrip' && config.method === 'sigstore') {
        yield { name: `${group}/${name}`, skipped: true };
        continue;
      }
      const work = mkdtempSync(join(tmpdir(), 'assay-oms-'));
      yield { name: `${group}/${name}`, ...run(config, dir, join(root, 'assets'), group, work, assay) };
      rmSync(work, { recursive: true, force: true });
    }
  }
}
