import type { Expr } from '../lang/facts.ts';
import { cut, instancePath, MAX_DEPTH, type Bound, type Query } from './bound.ts';
import { scopeOf, type Unit } from './unit.ts';

interface Expander {
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[];
}

/** Dotted paths by which rules know what stands there; objects are their constructor with `()`. */
export function pathsOf(program: Expander, bound: Bound, query: Query): readonly string[] {
  switch (bound.kind) {
    case 'external':
      return [bound.path];
    case 'module':
      return [];
    case 'local':
      return inheritedPaths(program, bound.unit, bound.index, query).map((path) => (bound.instance ? `${path}()` : path));
    case 'expr': {
      const { expr, unit, scope } = bound;
      if (expr.kind !== 'call') return [];
      return program
        .expand(expr.callee, unit, scope, query)
        .flatMap((callee) =>
          callee.kind === 'external' ? [instancePath(callee)] : pathsOf(program, callee, query).map((path) => `${path}()`),
        );
    }
  }
}

/** A class of the tree goes by the outside classes that it extends. */
function inheritedPaths(program: Expander, unit: Unit, index: number, query: Query): readonly string[] {
  if (query.depth > MAX_DEPTH) return cut(query, []);
  query.depth++;
  const scope = scopeOf(unit, index);
  const paths = (scope?.bases ?? []).flatMap((base) =>
    program.expand(base, unit, scope?.parent ?? 0, query).flatMap((bound) => (bound.kind === 'expr' ? [] : pathsOf(program, bound, query))),
  );
  query.depth--;
  return paths;
}
