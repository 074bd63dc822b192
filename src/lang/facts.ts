/**
 * What a source file says, in the words of no language. Front-ends lower syntax trees to these
 * values; everything behind them (`resolve/`, `crawlers/code`) is one evaluator for all languages.
 * Plain data: it crosses worker boundaries by structured clone. Lines and columns are 1-based,
 * columns in UTF-16 code units.
 */
export const LANGUAGES = [
  'python',
  'javascript',
  'typescript',
  'java',
  'kotlin',
  'scala',
  'swift',
  'dart',
  'go',
  'csharp',
  'rust',
  'ruby',
  'php',
  'shell',
] as const;
export type LanguageId = (typeof LANGUAGES)[number];

export interface StringExpr {
  readonly kind: 'string';
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

export interface CallExpr {
  readonly kind: 'call';
  /** For `new X()` and struct literals: the type. */
  readonly callee: Expr;
  readonly args: readonly Arg[];
  readonly line: number;
  readonly column: number;
}

/** A read of an environment variable, with the default at the place of the read. */
export interface EnvExpr {
  readonly kind: 'env';
  readonly name: string;
  readonly fallback?: Expr;
  readonly line: number;
  readonly column: number;
}

export type Expr =
  | StringExpr
  | CallExpr
  | EnvExpr
  | { readonly kind: 'number'; readonly value: number }
  /** With a line where it stands in the text of another expression. */
  | { readonly kind: 'boolean'; readonly value: boolean; readonly line?: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly object: Expr; readonly name: string }
  | { readonly kind: 'index'; readonly object: Expr; readonly key: Expr }
  /** `+`, f-strings, templates, path joins. */
  | { readonly kind: 'concat'; readonly parts: readonly Expr[] }
  | { readonly kind: 'list'; readonly items: readonly Expr[] }
  | { readonly kind: 'dict'; readonly entries: readonly DictEntry[]; readonly spreads: readonly Expr[] }
  /** `or`, `??`, a conditional: any of them may be the value. */
  | { readonly kind: 'either'; readonly options: readonly Expr[] }
  | { readonly kind: 'unknown' };

export interface DictEntry {
  readonly key: Expr;
  readonly value: Expr;
}

export interface Arg {
  /** Keyword, option or builder-method name. Absent for a positional argument. */
  readonly name?: string;
  readonly value: Expr;
  /** `*list` or `**dict`. */
  readonly spread?: 'list' | 'dict';
  /** Line of a switch (`trust_remote_code=True`) that stands below the line of its call. */
  readonly line?: number;
}

export interface ImportFact {
  /** As written: `transformers`, `.data`, `@langchain/openai`, `github.com/sashabaranov/go-openai`. */
  readonly module: string;
  /** What of it: an exported name, `*` for all names unqualified, `default`. Absent: the module itself. */
  readonly name?: string;
  /** The name bound in this file; absent for `*` and for imports for effect. */
  readonly local?: string;
  readonly line: number;
  /** Only type checkers read it; or the program goes on where the package is missing. */
  readonly guard?: 'typing' | 'optional';
}

export interface CallFact {
  readonly call: CallExpr;
  readonly scope: number;
  /** A mention, not a call: `openai.GPT4o`. */
  readonly reference?: true;
  /** Stands as a decorator or annotation before the definition of this scope. */
  readonly decorates?: number;
}

export interface AssignFact {
  /** `x`, `self.x` for a member of the instance in any language, `x.y` for a field or key of a variable, `env:X` for the environment, `key:x.y` for a key of configuration. */
  readonly target: string;
  readonly value: Expr;
  /** Declared type. */
  readonly type?: Expr;
  /** Where the names of the value are read. */
  readonly scope: number;
  readonly line: number;
  /** Binds the module's name from inside a function: `global x`. */
  readonly global?: true;
}

export interface ParamFact {
  readonly name: string;
  readonly fallback?: Expr;
  readonly type?: Expr;
  /** Destructured from the object at this position. */
  readonly from?: number;
  /** Given by name alone: it stands behind a `*`, or the language has no other way. */
  readonly keyword?: true;
  /** The name that callers write, where it is another. */
  readonly label?: string;
  /** `*args`, `**kwargs`: takes what no other parameter takes. */
  readonly spread?: 'list' | 'dict';
}

/** Index 0 is the module. */
export interface ScopeFact {
  readonly kind: 'module' | 'function' | 'class';
  readonly name: string;
  /** Index of the enclosing scope; -1 for the module. */
  readonly parent: number;
  readonly line: number;
  readonly params?: readonly ParamFact[];
  readonly returns?: readonly Expr[];
  readonly returnType?: Expr;
  readonly bases?: readonly Expr[];
  readonly decorators?: readonly Expr[];
}

/** Where a string stands, as far as its neighbours say what it is. */
export type LiteralRole = 'assign' | 'keyword' | 'param' | 'entry' | 'key' | 'item' | 'argument' | 'compare' | 'variable' | 'other';

/** A string that could name something by itself: a URL, a model, a file of weights; the name of a variable of the environment. */
export interface LiteralFact {
  readonly value: string;
  readonly line: number;
  readonly column: number;
  readonly role: LiteralRole;
  /** Variable, keyword, parameter or dictionary key that it is given to. */
  readonly key?: string;
  /** Name of the called function where it is an argument, of the declared one where it is a parameter's default. */
  readonly callee?: string;
}

/** Files that are built into a program. */
export interface EmbedFact {
  /** Path or glob, relative to the source file. */
  readonly pattern: string;
  readonly line: number;
}

/** A command line inside a source file: `!pip install` of a notebook, a shell script. */
export interface ShellFact {
  readonly text: string;
  readonly line: number;
  /** Values of variables in it, and the lines that give them. */
  readonly given?: readonly { readonly value: string; readonly line: number }[];
}

export interface SourceFacts {
  readonly language: LanguageId;
  readonly imports: readonly ImportFact[];
  readonly scopes: readonly ScopeFact[];
  readonly calls: readonly CallFact[];
  /** Functions and classes, defined or imported here, that are called in ways that tell nothing and are no facts: with defaults, say. */
  readonly plain?: readonly string[];
  readonly assigns: readonly AssignFact[];
  readonly literals: readonly LiteralFact[];
  /** Strings that end as the name of a file of texts or data does. */
  readonly paths?: readonly LiteralFact[];
  readonly shell: readonly ShellFact[];
  readonly embeds?: readonly EmbedFact[];
  /** Package or namespace that the file declares. */
  readonly namespace?: string;
  readonly notebook?: true;
}
