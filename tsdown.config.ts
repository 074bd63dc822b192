import { copyFileSync } from 'node:fs';
import { defineConfig } from 'tsdown';
import { compileKnowledge } from './src/knowledge/compile.ts';
import { copyGrammars } from './tsdown.grammars.ts';

export default defineConfig({
  entry: { cli: 'src/cli.ts', index: 'src/index.ts', worker: 'src/worker.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  dts: { entry: 'src/index.ts' },
  clean: false,
  fixedExtension: false,
  // commander is bundled: `assay --version` must cost no more than starting node.
  deps: { alwaysBundle: ['commander', 'picocolors'] },
  onSuccess: () => {
    compileKnowledge('rules', 'dist/knowledge');
    copyGrammars('dist', false);
    copyFileSync('src/reporters/json/report.schema.json', 'dist/report.schema.json');
  },
});
