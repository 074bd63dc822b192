import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Language, Parser } from 'web-tree-sitter';

/**
 * The only I/O of the front-ends: grammar bytes. A bundle keeps them in `grammars/` beside its
 * script; in a checkout they come from the package.
 */
function grammarBytes(file: string, owner: string): Uint8Array {
  try {
    return readFileSync(new URL(`./grammars/${file}`, import.meta.url));
  } catch {
    const require = createRequire(import.meta.url);
    return readFileSync(require.resolve(`${owner}/${file}`));
  }
}

let engine: Promise<void> | undefined;
const languages = new Map<string, Promise<Language>>();

/** Loads the engine once and each grammar at its first use. */
export function loadGrammar(name: string): Promise<Language> {
  engine ??= Parser.init({ wasmBinary: grammarBytes('web-tree-sitter.wasm', 'web-tree-sitter') });
  let language = languages.get(name);
  if (!language) {
    language = engine.then(() => Language.load(grammarBytes(`tree-sitter-${name}.wasm`, '@vscode/tree-sitter-wasm/wasm')));
    languages.set(name, language);
  }
  return language;
}
