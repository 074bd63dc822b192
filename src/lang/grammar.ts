import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';
import { ENGINE, grammarFile, type GrammarFile } from './grammar-files.ts';

/**
 * The only I/O of the front-ends: grammar bytes. A bundle keeps them in `grammars/` beside its
 * script; in a checkout they come from their packages.
 */
function grammarBytes({ file, module }: Pick<GrammarFile, 'file' | 'module'>): Uint8Array {
  try {
    return readFileSync(new URL(`./grammars/${file}`, import.meta.url));
  } catch {
    const require = createRequire(import.meta.url);
    return readFileSync(require.resolve(module));
  }
}

let engine: Promise<void> | undefined;
const languages = new Map<string, Promise<Language>>();

/** Loads the engine once and each grammar at its first use. */
export function loadGrammar(name: string): Promise<Language> {
  engine ??= Parser.init({ wasmBinary: grammarBytes(ENGINE) });
  let language = languages.get(name);
  if (!language) {
    language = engine.then(() => Language.load(grammarBytes(grammarFile(name))));
    languages.set(name, language);
  }
  return language;
}
