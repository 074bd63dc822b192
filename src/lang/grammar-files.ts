/** A package that carries compiled grammars. */
interface Carrier {
  /** Folder of the files, as `require.resolve` takes it. */
  readonly folder: string;
  /** Development only: the build copies its grammars beside the program. */
  readonly copied: boolean;
}

const EDITOR: Carrier = { folder: '@vscode/tree-sitter-wasm/wasm', copied: false };
/** Forty grammars in one package; few of them are wanted, so it is no run-time dependency. */
const COLLECTION: Carrier = { folder: '@cursorless/tree-sitter-wasms/out', copied: true };

const ELSEWHERE: ReadonlyMap<string, Carrier> = new Map(['dart', 'kotlin', 'scala', 'swift'].map((name) => [name, COLLECTION]));

export interface GrammarFile {
  /** Name of the file. */
  readonly file: string;
  /** Path that `require.resolve` finds in a checkout. */
  readonly module: string;
  readonly copied: boolean;
}

/** The parser itself. */
export const ENGINE = { file: 'web-tree-sitter.wasm', module: 'web-tree-sitter/web-tree-sitter.wasm' };

export function grammarFile(name: string): GrammarFile {
  const { folder, copied } = ELSEWHERE.get(name) ?? EDITOR;
  const file = `tree-sitter-${name}.wasm`;
  return { file, module: `${folder}/${file}`, copied };
}
