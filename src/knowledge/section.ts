/** A file under `rules/`, as text. */
export interface RuleFile {
  /** Relative to `rules/`, POSIX. */
  readonly path: string;
  readonly text: string;
}

/**
 * One part of the knowledge base. `compile` turns the YAML, TSV or JSON under `rules/` into one
 * JSON value when the package is built, and throws with file and line on anything it does not
 * accept; `index` makes look-ups of that value when the product runs.
 */
export interface Section<Compiled, Indexed> {
  readonly id: string;
  /** Folders or files under `rules/` that it is made of. */
  readonly sources: readonly string[];
  readonly compile: (files: readonly RuleFile[]) => Compiled;
  readonly index: (compiled: Compiled) => Indexed;
}

export const defineSection = <C, I>(section: Section<C, I>): Section<C, I> => section;
