#!/usr/bin/env node
// Runs the public OMS conformance suite through the command line.
//   npm run conformance -- --suite DIR      DIR holds test/test-cases and test/assets
// Cases that need a live OIDC token to sign are skipped. Exit 1 if any other case differs from what it expects.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: args } = parseArgs({ options: { suite: { type: 'string' }, verbose: { type: 'boolean' } } });
if (!args.suite || !existsSync(join(args.suite, 'test/test-cases'))) {
  console.error('usage: npm run conformance -- --suite DIR');
  process.exit(2);
}
const suite = resolve(args.suite, 'test');
const assets = join(suite, 'assets');
const cli = resolve(import.meta.dirname, '../../dist/cli.js');
const assay = (...argv) => spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8' });

function prepare(config, dir, work) {
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

const list = (flag, values = [], base = '') => values.flatMap((value) => [flag, base ? join(base, value) : value]);

function verifyArguments(config, model, bundle) {
  const { verify } = config;
  const trust = config.method === 'key' ? ['--key', join(assets, verify.public_key)] : config.method === 'certificate' ? list('--certificate-chain', verify.cert_chain, assets) : ['--certificate-identity', verify.identity, '--certificate-oidc-issuer', verify.identity_provider];
  return ['verify', model, '--bundle', bundle, ...trust, ...list('--ignore-path', verify.ignore_paths), ...(verify.ignore_unsigned_files ? ['--ignore-unsigned'] : []), '--allow-legacy'];
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const group of ['verify/positive', 'verify/negative', 'verify/historical', 'roundtrip']) {
  const folder = join(suite, 'test-cases', group);
  for (const name of readdirSync(folder).sort()) {
    const dir = join(folder, name);
    const config = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));
    const work = mkdtempSync(join(tmpdir(), 'assay-oms-'));
    let ok;
    let said = '';
    if (group === 'roundtrip' && config.method === 'sigstore') {
      skipped++;
      continue;
    }
    const model = prepare(config, dir, work);
    let bundle = join(dir, 'bundle.sig');
    let signed = true;
    if (group === 'roundtrip') {
      bundle = join(config.sig_inside_model ? model : work, 'bundle.sig');
      const { sign } = config;
      const run = assay('sign', model, '--bundle', bundle, '--key', join(assets, sign.private_key), ...(sign.signing_cert ? ['--certificate', join(assets, sign.signing_cert)] : []), ...list('--certificate-chain', sign.cert_chain, assets), ...list('--ignore-path', config.verify?.ignore_paths));
      signed = run.status === 0;
      said = run.stderr;
    }
    if (!signed) ok = config.expect === 'fail';
    else {
      const run = assay(...verifyArguments(config, model, bundle));
      said += run.stdout + run.stderr;
      ok = config.expect === 'fail' ? run.status === 1 || run.status === 2 : run.status === 0;
      if (ok && group === 'roundtrip' && config.expected_signed_files) {
        const payload = JSON.parse(Buffer.from(JSON.parse(readFileSync(bundle, 'utf8')).dsseEnvelope.payload, 'base64').toString());
        ok = JSON.stringify(payload.predicate.resources.map((item) => item.name)) === JSON.stringify(config.expected_signed_files.toSorted());
      }
    }
    if (ok) passed++;
    else failed++;
    if (!ok || args.verbose) console.log(`${ok ? 'ok  ' : 'FAIL'} ${group}/${name}${said ? `\n${said.trim().split('\n').slice(0, 12).join('\n')}` : ''}`);
    rmSync(work, { recursive: true, force: true });
  }
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);
