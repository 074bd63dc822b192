import { join } from 'node:path';
import type { UserConfig } from 'tsdown';
import { compileKnowledge } from './src/knowledge/compile.ts';
import { copyGrammars } from './tsdown.grammars.ts';

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
    // Everything that the Action reads at run time lies beside it: it installs nothing and asks no network.
    copyGrammars(outDir, true);
  },
});

/** The variable lets a release be built a second time beside itself. */
export default actionBundle(process.env['ASSAY_ACTION_OUT'] ?? 'dist/action');
