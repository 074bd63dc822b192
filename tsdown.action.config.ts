import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'tsdown';
import { compileKnowledge } from './src/knowledge/compile.ts';
import { grammars } from './src/lang/index.ts';

const OUT = 'dist/action';
const require = createRequire(import.meta.url);

/** Everything that the Action reads at run time lies beside it: it installs nothing and asks no network. */
function copyGrammars(): void {
  mkdirSync(join(OUT, 'grammars'), { recursive: true });
  copyFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), join(OUT, 'grammars/web-tree-sitter.wasm'));
  for (const grammar of grammars) {
    const file = `tree-sitter-${grammar}.wasm`;
    copyFileSync(require.resolve(`@vscode/tree-sitter-wasm/wasm/${file}`), join(OUT, 'grammars', file));
  }
}

export default defineConfig({
  entry: { index: 'src/action.ts', worker: 'src/worker.ts' },
  outDir: OUT,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  dts: false,
  clean: true,
  minify: true,
  fixedExtension: false,
  deps: { alwaysBundle: [/.*/] },
  onSuccess: () => {
    compileKnowledge('rules', join(OUT, 'knowledge'));
    copyGrammars();
  },
});
