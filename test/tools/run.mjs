// Runs a TypeScript program of the tests: node test/tools/run.mjs test/fuzz/main.ts --seconds 60
// It is bundled first, because Node 20 does not strip types. Node options (--expose-gc) go before the file.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { build } from 'tsdown';

const at = process.argv.findIndex((argument, index) => index > 1 && argument.endsWith('.ts'));
const [options, entry, rest] = [process.argv.slice(2, at), process.argv[at], process.argv.slice(at + 1)];
const name = basename(entry, '.ts');
const outDir = `node_modules/.cache/assay/${name}`;
mkdirSync(outDir, { recursive: true });
await build({
  config: false,
  entry: { [name]: entry },
  outDir,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: false,
  logLevel: 'error',
  fixedExtension: false,
  clean: true,
});
process.exitCode = spawnSync(process.execPath, [...options, `${outDir}/${name}.js`, ...rest], { stdio: 'inherit' }).status ?? 2;
