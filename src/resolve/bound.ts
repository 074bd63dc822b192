import type { Expr } from '../lang/facts.ts';
import type { Unit } from './unit.ts';

/** What a name stands for, as far as it could be followed. */
export type Bound =
  /** An expression that is not a name any more, with where its own names are read. */
  | { readonly kind: 'expr'; readonly expr: Expr; readonly unit: Unit; readonly scope: number }
  /** Something of another package: `openai.OpenAI`, `openai#default`, `openai.OpenAI().chat`. `?` where unknown. `module`: its members follow a `#`. */
  | { readonly kind: 'external'; readonly path: string; readonly module?: boolean }
  | { readonly kind: 'module'; readonly unit: Unit }
  /** A function or class of the tree, or an object of that class. */
  | { readonly kind: 'local'; readonly unit: Unit; readonly index: number; readonly instance: boolean };

/** An expression and where its own names are read. */
export interface Origin {
  readonly expr: Expr;
  readonly unit: Unit;
  readonly scope: number;
}

/** Steps of one question. Real chains need fewer than 60; the limit stops mutual recursion. */
export const MAX_STEPS = 600;
export const MAX_DEPTH = 14;
/** Alternatives that are followed at one name. */
export const MAX_ALTERNATIVES = 6;
export const MAX_WILDCARDS = 40;
/** Call sites that are asked for the value of one parameter. */
export const MAX_CALL_SITES = 12;

export interface Query {
  steps: number;
  depth: number;
}

export const newQuery = (): Query => ({ steps: 0, depth: 0 });

export const UNKNOWN: Bound = { kind: 'external', path: '?' };

/** A member of something unknown: rules for any receiver still see its name. */
export const unknownMember = (name: string): readonly Bound[] => [{ kind: 'external', path: `?.${name}` }];

/** Nothing is known of the value beyond its expression. */
export const isOpen = (bound: Bound): boolean =>
  (bound.kind === 'external' && bound.path.startsWith('?')) ||
  (bound.kind === 'expr' && (bound.expr.kind === 'null' || bound.expr.kind === 'unknown'));

/** A called path. Calling a CommonJS module calls its default export. */
export const instancePath = (callee: { readonly path: string; readonly module?: boolean }): string =>
  `${callee.module && !callee.path.includes('#') ? `${callee.path}#default` : callee.path}()`;

/** Members of a module are its exports; `require('x').Y` and a default import's member are too. */
export function joinPath(base: { readonly path: string; readonly module?: boolean }, name: string): string {
  if (base.module) return `${base.path}#${name}`;
  return base.path.endsWith('#default') ? `${base.path.slice(0, -'default'.length)}${name}` : `${base.path}.${name}`;
}
