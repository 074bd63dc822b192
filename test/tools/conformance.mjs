#!/usr/bin/env node
// Runs public conformance suites through the command line. Each is a public repository, checked out somewhere:
//   npm run conformance -- --suite DIR       OMS conformance suite (test/test-cases and test/assets)
//                          --sigstore DIR    sigstore-conformance (test/assets/bundle-verify)
//                          --reference DIR   the Python reference: its historical bundles, its golden files, and itself both ways
//                          --vectors DIR     the model-signing specification; with --reference its signatures are checked too
// --cli FILE runs another build, --verbose lists what passed. Exit 1 if any case differs from what it expects.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { goldenCases } from './conformance/goldens.mjs';
import { historicalCases } from './conformance/historical.mjs';
import { interopCases } from './conformance/interop.mjs';
import { omsCases } from './conformance/oms.mjs';
import { sigstoreCases } from './conformance/sigstore.mjs';
import { vectorCases } from './conformance/vectors.mjs';

const string = { type: 'string' };
const { values: args } = parseArgs({
  options: { suite: string, sigstore: string, reference: string, vectors: string, cli: string, verbose: { type: 'boolean' } },
});
const cli = resolve(args.cli ?? `${import.meta.dirname}/../../dist/cli.js`);
const assay = (...argv) => spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8' });

const runs = [
  args.suite && ['OMS conformance', omsCases(args.suite, assay)],
  args.sigstore && ['sigstore-conformance, bundles', sigstoreCases(args.sigstore, assay)],
  args.reference && ['historical bundles of the reference', historicalCases(args.reference, assay)],
  args.reference && ['golden files of the reference', goldenCases(args.reference, assay)],
  args.reference && ['both ways with the Python reference', interopCases(args.reference, assay)],
  args.vectors && ['vectors of the specification', vectorCases(args.vectors, args.reference, assay)],
].filter(Boolean);
if (runs.length === 0) {
  console.error('usage: npm run conformance -- [--suite DIR] [--sigstore DIR] [--reference DIR] [--vectors DIR] [--cli FILE] [--verbose]');
  process.exit(2);
}

let bad = 0;
for (const [title, cases] of runs) {
  const counts = { ok: 0, failed: 0, skipped: 0 };
  for (const { name, ok, skipped, said = '' } of cases) {
    counts[skipped ? 'skipped' : ok ? 'ok' : 'failed']++;
    if (skipped ? args.verbose : !ok || args.verbose)
      console.log(
        `${skipped ? 'skip' : ok ? 'ok  ' : 'FAIL'} ${name}${said && !skipped ? `\n${said.trim().split('\n').slice(0, 12).join('\n')}` : ''}`,
      );
  }
  bad += counts.failed;
  console.log(
    `${title}: ${counts.ok} of ${counts.ok + counts.failed} as expected${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
  );
}
process.exit(bad === 0 ? 0 : 1);
