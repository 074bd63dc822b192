import type { Expr } from '../lang/facts.ts';
import type { Unit } from './unit.ts';

/** A command-line option or flag with its default: argparse, click, cobra, commander, clap. */
export interface DeclaredOption {
  readonly fallback: Expr;
  readonly unit: Unit;
  readonly scope: number;
  /** Found by its name alone, in another part of the tree. */
  readonly far?: true;
}

export interface DeclaredOptions {
  /** By name as the code reads it (`args.model_name`); the file's own first. */
  find(name: string, unit: Unit): DeclaredOption | undefined;
}

/** `--model-name`, `model_name` and `modelName` are one. */
export const optionKey = (name: string): string => name.replace(/^-+/, '').replaceAll(/[-_]/g, '').toLowerCase();

const folderOf = (unit: Unit): string => unit.path.slice(0, unit.path.lastIndexOf('/') + 1);
/** In the same folder, above or below: two programs of one tree each have a `--model`. */
const nearby = (a: Unit, b: Unit): boolean => folderOf(a).startsWith(folderOf(b)) || folderOf(b).startsWith(folderOf(a));

export function indexOptions(declared: readonly { readonly name: string; readonly option: DeclaredOption }[]): DeclaredOptions {
  const byName = new Map<string, DeclaredOption[]>();
  for (const { name, option } of declared) {
    const key = optionKey(name);
    const list = byName.get(key);
    if (list) list.push(option);
    else byName.set(key, [option]);
  }
  return {
    find(name, unit) {
      const options = byName.get(optionKey(name)) ?? [];
      const [only, ...others] = options;
      const own = options.find((option) => option.unit === unit);
      if (own || !only || others.length > 0 || only.unit.facts.language !== unit.facts.language) return own;
      return nearby(only.unit, unit) ? only : { ...only, far: true };
    },
  };
}
