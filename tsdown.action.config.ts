import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { UserConfig } from 'tsdown';
import { compileKnowledge } from './src/knowledge/compile.ts';
import { grammars } from './src/lang/index.ts';

const require = createRequire(import.meta.url);

/** Everything that the Action reads at run time lies beside it: it installs nothing and asks no network. */
function copyGrammars(outDir: string): void {
  mkdirSync(join(outDir, 'grammars'), { recursive: true });
  copyFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm'), join(outDir, 'grammars/web-tree-sitter.wasm'));
  for (const grammar of grammars) {
    const file = `tree-sitter-${grammar}.wasm`;
    copyFileSync(require.resolve(`@vscode/tree-sitter-wasm/wasm/${file}`), join(outDir, 'grammars', file));
  }
}

/** `outDir` is a parameter for tests, which build their own. */
export const actionBundle = (outDir: string): UserConfig => ({
  entry: { index: 'src/action.ts', worker: 'src/worker.ts' },
  outDir,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  dts: false,
  clean: true,
  minify: true,
  fixedExtension: false,
  // The CycloneDX library finds its schemas by __dirname; nothing here validates against them.
  shims: true,
  deps: { alwaysBundle: [/.*/] },
  onSuccess: () => {
    compileKnowledge('rules', join(outDir, 'knowledge'));
    copyGrammars(outDir);
  },
});

/** The variable lets a release be built a second time beside itself. */
export default actionBundle(process.env['ASSAY_ACTION_OUT'] ?? 'dist/action');
