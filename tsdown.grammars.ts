import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ENGINE, grammarFile, type GrammarFile } from './src/lang/grammar-files.ts';
import { grammars } from './src/lang/index.ts';

const require = createRequire(import.meta.url);

/** Grammars beside the program, with their licences: `all` for a bundle that installs nothing, else those that no dependency brings. */
export function copyGrammars(outDir: string, all: boolean): void {
  const folder = join(outDir, 'grammars');
  mkdirSync(folder, { recursive: true });
  const files: readonly Pick<GrammarFile, 'file' | 'module'>[] = [
    ...(all ? [ENGINE] : []),
    ...grammars.map(grammarFile).filter(({ copied }) => all || copied),
  ];
  for (const { file, module } of files) copyFileSync(require.resolve(module), join(folder, file));
  copyFileSync('src/lang/grammar-licences.txt', join(folder, 'LICENCES.txt'));
}
