import type { AssignFact, CallExpr, Expr, ScopeFact } from '../lang/facts.ts';
import { ENV_TARGET } from '../lang/frontend.ts';
import { MAX_ALTERNATIVES, type Bound, type Origin } from './bound.ts';
import { originOf, scopeOf, type Unit } from './unit.ts';
import { CONSTRUCTORS } from './vocabulary.ts';

/** Decorators of command-line frameworks that declare an option. */
const OPTION = /^(?:option|argument|pass_option)$/;
/** Fields that any class may have. */
const COMMON = /^(?:name|id|path|value|type|key|url|title|text|description|version|model|file|label|kind|default)$/;

/** The function around a place that has a parameter of this name. */
export function functionOf(name: string, unit: Unit, scope: number): ScopeFact | undefined {
  for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const owner = scopeOf(unit, current);
    if (owner?.params?.some((param) => param.name === name)) return owner;
  }
  return undefined;
}

/** Whether a name is a parameter that a decorator (`@click.option("--name")`) fills from the command line. */
export const isOptionOf = (name: string, unit: Unit, scope: number): boolean =>
  (functionOf(name, unit, scope)?.decorators ?? []).some(
    (item) => item.kind === 'call' && (item.callee.kind === 'member' || item.callee.kind === 'name') && OPTION.test(item.callee.name),
  );

/** Read without a call. */
export const isProperty = ({ decorators }: ScopeFact): boolean =>
  decorators?.some((item) => item.kind === 'name' && /^(?:property|cached_property|computed_field)$/.test(item.name)) === true;

/**
 * Defaults of the fields of that name which classes of this file declare, else those of the one class of the tree
 * that does: what `HfArgumentParser`, `tyro` or a configuration loader fills is read through a name without a type. `nested`: read through a field of that.
 */
export function declaredField(units: readonly Unit[], name: string, unit: Unit, nested = false): readonly Origin[] {
  if (nested && COMMON.test(name)) return [];
  const own = fieldsOf(unit, name);
  if (own.length > 0) return own;
  if (COMMON.test(name)) return [];
  const only = loneFields(units).get(`${unit.facts.language} ${name}`);
  return only ? [only] : [];
}

const fieldsOf = (unit: Unit, name: string): readonly Origin[] =>
  [...unit.members].flatMap(([index, names]) => originsOf(unit, index, names.get(name) ?? []));

const originsOf = (unit: Unit, index: number, facts: readonly AssignFact[]): readonly Origin[] =>
  facts
    .filter((fact) => fact.scope === index && fact.value.kind !== 'null' && fact.value.kind !== 'unknown')
    .map((fact) => ({ expr: fact.value, unit, scope: index }));

const loneFieldsOf = new WeakMap<readonly Unit[], ReadonlyMap<string, Origin | undefined>>();

/** Fields of all files by language and name; `undefined` for a name that is declared more than once. */
function loneFields(units: readonly Unit[]): ReadonlyMap<string, Origin | undefined> {
  const known = loneFieldsOf.get(units);
  if (known) return known;
  const fields = new Map<string, Origin | undefined>();
  for (const unit of units) {
    for (const [index, names] of unit.members) {
      for (const [name, facts] of names) {
        const key = `${unit.facts.language} ${name}`;
        for (const origin of originsOf(unit, index, facts)) fields.set(key, fields.has(key) ? undefined : origin);
      }
    }
  }
  loneFieldsOf.set(units, fields);
  return fields;
}

/** `Spec("x", "owner/name").repo`: a class that only declares fields takes them in order. */
export function fieldAt(unit: Unit, index: number, name: string, call: CallExpr): Expr | undefined {
  if ([...CONSTRUCTORS].some((constructor) => unit.defs.get(index)?.has(constructor))) return undefined;
  const fields = unit.facts.assigns.filter((fact) => fact.scope === index).map((fact) => fact.target);
  const position = [...new Set(fields)].indexOf(name);
  return position < 0 ? undefined : call.args.filter((arg) => arg.name === undefined && !arg.spread)[position]?.value;
}

/** What is assigned to a member of a class. */
export const memberOrigins = (owner: Extract<Bound, { kind: 'local' }>, name: string): readonly Origin[] =>
  (owner.unit.members.get(owner.index)?.get(name) ?? []).map((fact) => ({
    ...originOf(fact, owner.unit),
    ...(owner.possible ? { possible: true } : {}),
  }));

/** What programs put into variables of the environment: `os.environ["NAME"] = …`. */
export function environmentSet(units: readonly Unit[]): ReadonlyMap<string, readonly Origin[]> {
  const set = new Map<string, Origin[]>();
  for (const unit of units) {
    for (const { target, value, scope } of unit.facts.assigns) {
      if (!target.startsWith(ENV_TARGET)) continue;
      const name = target.slice(ENV_TARGET.length);
      const list = set.get(name) ?? [];
      if (list.length < MAX_ALTERNATIVES) set.set(name, [...list, { expr: value, unit, scope }]);
    }
  }
  return set;
}
