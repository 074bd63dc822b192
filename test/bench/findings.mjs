#!/usr/bin/env node
// Accuracy of findings: scans every checkout and scores the JSON reports against hand-made labels.
//   npm run bench:findings -- --repos DIR [--labels DIR] [--scorer FILE] [--reports DIR] [--only NAME] [--cli FILE] [-- scorer arguments]
// DIR holds <owner>__<name>/ checkouts; labels and scorer are described in the scorer's README.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSection } from './write-section.mjs';

const text = { type: 'string' };
const { values: args, positionals } = parseArgs({
  options: { repos: text, labels: text, scorer: text, reports: text, only: text, cli: text, write: text },
  allowPositionals: true,
});
const root = resolve(import.meta.dirname, '../..');
const bench = join(root, '../shared/bench/findings');
const labels = resolve(args.labels ?? join(bench, 'labels'));
const scorer = resolve(args.scorer ?? join(bench, 'score.mjs'));
const cli = resolve(args.cli ?? join(root, 'dist/cli.js'));
if (!args.repos || !existsSync(labels) || !existsSync(scorer)) {
  console.error('usage: npm run bench:findings -- --repos DIR [--labels DIR] [--scorer FILE] [--reports DIR]');
  process.exit(2);
}
const reports = resolve(args.reports ?? mkdtempSync(join(tmpdir(), 'assay-reports-')));
mkdirSync(reports, { recursive: true });
const wanted = readdirSync(labels)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => !args.only || name.toLowerCase().includes(args.only.toLowerCase()))
  .sort();
for (const name of wanted) {
  const repo = join(args.repos, name);
  if (!existsSync(repo)) {
    console.error(`missing: ${repo}`);
    continue;
  }
  const output = `json=${join(reports, `${name}.json`)}`;
  const run = spawnSync(
    process.execPath,
    [cli, 'scan', repo, '--output', output, '--fail-on', 'none', '--no-config', '--no-progress', '--quiet'],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  );
  if (run.status !== 0) console.error(`${name}: exit ${run.status}\n${run.stderr}`);
}
const scored = spawnSync(
  process.execPath,
  [scorer, '--dir', labels, '--reports', reports, ...(args.only ? ['--skip-missing'] : []), ...positionals],
  {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  },
);
process.stdout.write(scored.stdout);
process.stderr.write(scored.stderr);
if (args.write) {
  const summary = scored.stdout.split(/\n(?=per repository|missed:|extra:)/)[0] ?? '';
  writeSection(
    args.write,
    'findings',
    `Measured on ${new Date().toISOString().slice(0, 10)} with \`npm run bench:findings\` over the same repositories.\n\n\`\`\`\n${summary.trim()}\n\`\`\``,
  );
}
process.exit(scored.status ?? 2);
