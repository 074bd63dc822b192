import type { Expr } from '../lang/facts.ts';
import type { Unit } from './unit.ts';
import { BARE } from './vocabulary.ts';

/** What is known of how a value got here. */
interface Flow {
  /**
   * The flow is joined by a name that others may bear, or it is a default that every call
   * overrides. The value is in the program, but nothing may be said of the place that asks.
   */
  readonly possible?: true;
  /** What stands at a `provider` key beside the value where it was written. */
  readonly provider?: Origin;
}

/** What a name stands for, as far as it could be followed. */
export type Bound = Flow & Known;

type Known =
  /** An expression that is not a name any more, with where its own names are read. */
  | { readonly kind: 'expr'; readonly expr: Expr; readonly unit: Unit; readonly scope: number }
  /** Something of another package: `openai.OpenAI`, `openai#default`, `openai.OpenAI().chat`. `?` where unknown. `module`: its members follow a `#`. */
  | { readonly kind: 'external'; readonly path: string; readonly module?: boolean }
  | { readonly kind: 'module'; readonly unit: Unit }
  /** A function or class of the tree, or an object of that class. */
  | { readonly kind: 'local'; readonly unit: Unit; readonly index: number; readonly instance: boolean };

/** An expression and where its own names are read. */
export interface Origin extends Flow {
  readonly expr: Expr;
  readonly unit: Unit;
  readonly scope: number;
}

/** Steps of one question. Real chains need fewer than 60; the limit stops mutual recursion. */
export const MAX_STEPS = 600;
export const MAX_DEPTH = 14;
/** Questions in questions: texts of texts, items of lists. Real ones need fewer than 30. */
export const MAX_LEVEL = 64;
/** Alternatives that are followed at one name. */
export const MAX_ALTERNATIVES = 6;
export const MAX_WILDCARDS = 40;
/** Call sites that are asked for the value of one parameter. */
export const MAX_CALL_SITES = 12;

export interface Query {
  steps: number;
  depth: number;
  /** Questions that wait for this one. */
  level: number;
  /** Level of the outermost question that a circle led back to: what was found inside it is not all. */
  circle: number;
  /** How often a limit ended a way: what was found then is not all, and no answer to keep. */
  cuts: number;
  /** Class of the object whose inherited members are asked for: what its siblings hand to their common base is theirs. */
  as?: { readonly unit: Unit; readonly index: number } | undefined;
  /** A base class is asked for: no constructor call gives one, and who calls constructors depends on the answer. */
  readonly base?: true;
}

export const newQuery = (): Query => ({ steps: 0, depth: 0, level: 0, circle: Number.POSITIVE_INFINITY, cuts: 0 });

/** What stands in for all that lies behind a limit. */
export function cut<T>(query: Query, instead: T): T {
  query.cuts++;
  return instead;
}

/** What is reached through another value shares how that one got here. */
export function through({ possible, provider }: Flow, bounds: readonly Bound[]): readonly Bound[] {
  if (!possible && !provider) return bounds;
  return bounds.map((bound) => ({
    ...bound,
    ...(possible ? { possible } : {}),
    ...(provider && !bound.provider ? { provider } : {}),
  }));
}

export const UNKNOWN: Bound = { kind: 'external', path: '?' };

/** A member of something unknown: rules for any receiver still see its name. */
export const unknownMember = (name: string): readonly Bound[] => [{ kind: 'external', path: `?.${name}` }];

/** Nothing is known of the value beyond its expression. */
export const isOpen = (bound: Bound): boolean =>
  (bound.kind === 'external' && bound.path.startsWith('?')) ||
  (bound.kind === 'expr' && (bound.expr.kind === 'null' || bound.expr.kind === 'unknown'));

/** Nothing is known of the object that a call is a method of. Where bare names need no import, a lower-case one that is not imported is a variable. */
export const isUnknown = (bound: Bound, unit: Unit): boolean =>
  isOpen(bound) ||
  // Any module that a file of Swift imports may have a name in lower case; a variable is likelier.
  (bound.kind === 'external' && unit.facts.language === 'swift' && /^\w+\.[a-z]\w*\./.test(bound.path)) ||
  (bound.kind === 'external' && /^[$a-z_]/.test(bound.path) && !BARE.has(unit.facts.language) && !isImported(bound.path, unit));

const isImported = (path: string, unit: Unit): boolean =>
  unit.facts.imports.some(({ module, local }) => path.startsWith(module) || (local !== undefined && path.startsWith(`${local}.`)));

/** Many call sites give one object of a library. */
export const isKnownPath = (bound: Bound, known: readonly Bound[]): boolean =>
  bound.kind === 'external' && known.some((other) => other.kind === 'external' && other.path === bound.path);

/** A called path. Calling a CommonJS module calls its default export. */
export const instancePath = (callee: { readonly path: string; readonly module?: boolean }): string =>
  `${callee.module && !callee.path.includes('#') ? `${callee.path}#default` : callee.path}()`;

/** Members of a module are its exports; `require('x').Y` and a default import's member are too. */
export function joinPath(base: { readonly path: string; readonly module?: boolean }, name: string): string {
  if (base.module) return `${base.path}#${name}`;
  return base.path.endsWith('#default') ? `${base.path.slice(0, -'default'.length)}${name}` : `${base.path}.${name}`;
}
