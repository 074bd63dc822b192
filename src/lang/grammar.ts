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

/** What the engine's module offers of its memory, beside what the types say. */
interface EngineModule {
  HEAP32?: Int32Array;
  getValue?: (address: number, type: string) => number;
  setValue?: (address: number, value: number, type: string) => void;
  wasmBinary: Uint8Array;
}

/** Memory of the engine, which grows and never shrinks. */
export let engineBytes = (): number => 0;

/**
 * Every look at a node passes ten integers through the module's memory. Emscripten's own accessors
 * find out the type of each by its name, which is a tenth of the time of a scan; here it is nearly always `i32`.
 */
async function startEngine(): Promise<void> {
  const module: EngineModule = { wasmBinary: grammarBytes(ENGINE) };
  await Parser.init(module);
  engineBytes = () => module.HEAP32?.byteLength ?? 0;
  const { getValue, setValue } = module;
  if (!module.HEAP32 || !getValue || !setValue) return;
  // The memory grows: its view is asked for each time.
  module.getValue = (address, type) => (type === 'i32' ? (module.HEAP32?.[address >> 2] ?? 0) : getValue(address, type));
  module.setValue = (address, value, type) => {
    if (type === 'i32' && module.HEAP32) module.HEAP32[address >> 2] = value;
    else setValue(address, value, type);
  };
}

let engine: Promise<void> | undefined;
const languages = new Map<string, Promise<Language>>();

/** Loads the engine once and each grammar at its first use. */
export function loadGrammar(name: string): Promise<Language> {
  engine ??= startEngine();
  let language = languages.get(name);
  if (!language) {
    language = engine.then(() => Language.load(grammarBytes(grammarFile(name))));
    languages.set(name, language);
  }
  return language;
}
