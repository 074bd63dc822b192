import type { Expr } from '../lang/facts.ts';
import { providerIn, served } from './beside.ts';
import { through, UNKNOWN, type Bound, type Origin, type Query } from './bound.ts';
import type { Unit } from './unit.ts';
import { declaredDefault } from './vocabulary.ts';

interface Expander {
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[];
  member(base: Bound, name: string, query: Query): readonly Bound[];
}

/** Members of lists that are one of their items: `names.first`. */
export const ONE_OF = /^(?:first|last|head|firstOrNull|lastOrNull|firstOption|lastOption)$/;

/** `base[key]`: entries of a dictionary or list that is written in the tree. */
export function itemOf(program: Expander, base: Bound, key: Origin, query: Query): readonly Bound[] {
  if (base.kind === 'external') return [{ kind: 'external', path: `${base.path}[]` }];
  if (base.kind !== 'expr') return [UNKNOWN];
  const { expr } = base;
  if (expr.kind === 'list') {
    const items = key.expr.kind === 'number' ? expr.items.slice(key.expr.value, key.expr.value + 1) : expr.items;
    return items.flatMap((item) => program.expand(item, base.unit, base.scope, query));
  }
  if (expr.kind === 'dict') return entries(program, { ...base, expr }, key, query);
  if (expr.kind !== 'call') return [UNKNOWN];
  const made = declaredDefault(expr);
  if (!made) return program.member(base, '[]', query);
  return program.expand(made, base.unit, base.scope, query).flatMap((bound) => itemOf(program, bound, key, query));
}

function entries(
  program: Expander,
  base: Origin & { readonly expr: Extract<Expr, { kind: 'dict' }> },
  key: Origin,
  query: Query,
): readonly Bound[] {
  const { expr } = base;
  const keys = program
    .expand(key.expr, key.unit, key.scope, query)
    .flatMap((bound) => (bound.kind === 'expr' && bound.expr.kind === 'string' ? [bound.expr.value] : []));
  const found =
    keys.length > 0 ? expr.entries.filter((entry) => entry.key.kind === 'string' && keys.includes(entry.key.value)) : expr.entries;
  // `{**DEFAULTS, **given}[key]`
  if (found.length === 0 && keys.length > 0 && expr.spreads.length > 0)
    return expr.spreads.flatMap((item) =>
      program.expand(item, base.unit, base.scope, query).flatMap((bound) => through(bound, itemOf(program, bound, key, query))),
    );
  return (found.length > 0 ? found : expr.entries).flatMap((entry) => {
    // `MODELS[provider]`: the key may be the provider.
    const provider = providerIn(expr, base.unit, base.scope) ?? base.provider ?? { expr: entry.key, unit: base.unit, scope: base.scope };
    return served(provider, program.expand(entry.value, base.unit, base.scope, query));
  });
}
