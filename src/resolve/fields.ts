import type { CallExpr, Expr } from '../lang/facts.ts';
import type { Origin } from './bound.ts';
import { scopeOf, type Unit } from './unit.ts';
import { CONSTRUCTORS } from './vocabulary.ts';

/** Decorators of command-line frameworks that declare an option. */
const OPTION = /^(?:option|argument|pass_option)$/;
/** Fields that any class may have. */
const COMMON = /^(?:name|id|path|value|type|key|url|title|text|description|version|model|file|label|kind|default)$/;

/** Whether a name is a parameter that a decorator (`@click.option("--name")`) fills from the command line. */
export function isOptionOf(name: string, unit: Unit, scope: number): boolean {
  for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const owner = scopeOf(unit, current);
    if (!owner?.params?.some((param) => param.name === name)) continue;
    return (owner.decorators ?? []).some(
      (item) => item.kind === 'call' && (item.callee.kind === 'member' || item.callee.kind === 'name') && OPTION.test(item.callee.name),
    );
  }
  return false;
}

/**
 * Defaults of the fields of that name which classes of this file declare, else those of the one class of the tree
 * that does: what `HfArgumentParser`, `tyro` or a configuration loader fills is read through a name without a type.
 */
export function declaredField(units: readonly Unit[], name: string, unit: Unit): readonly Origin[] {
  const own = fieldsOf(unit, name);
  if (own.length > 0) return own;
  if (COMMON.test(name)) return [];
  const others = units.flatMap((other) => (other.facts.language === unit.facts.language ? fieldsOf(other, name) : []));
  return others.length === 1 ? others : [];
}

const fieldsOf = (unit: Unit, name: string): readonly Origin[] =>
  [...unit.members].flatMap(([index, names]) =>
    (names.get(name) ?? [])
      .filter((fact) => fact.scope === index && fact.value.kind !== 'null')
      .map((fact) => ({ expr: fact.value, unit, scope: index })),
  );

/** `Spec("x", "owner/name").repo`: a class that only declares fields takes them in order. */
export function fieldAt(unit: Unit, index: number, name: string, call: CallExpr): Expr | undefined {
  if ([...CONSTRUCTORS].some((constructor) => unit.defs.get(index)?.has(constructor))) return undefined;
  const fields = unit.facts.assigns.filter((fact) => fact.scope === index).map((fact) => fact.target);
  const position = [...new Set(fields)].indexOf(name);
  return position < 0 ? undefined : call.args.filter((arg) => arg.name === undefined && !arg.spread)[position]?.value;
}
