import type { Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import { bindingScope, scopeOf, type Unit } from '../../resolve/unit.ts';
import type { Context } from './context.ts';

/** Names of names that are followed to a table. */
const MAX_HOPS = 4;

/** A value that is written out. */
export function isFixed(expr: Expr): boolean {
  if (expr.kind === 'list') return expr.items.every(isFixed);
  if (expr.kind === 'concat') return expr.parts.every(isFixed);
  return expr.kind === 'string' || expr.kind === 'number' || expr.kind === 'boolean' || expr.kind === 'null';
}

/** What a value is made of, or one of: as it is, so are they. */
function partsOf(expr: Expr): readonly Expr[] | undefined {
  if (expr.kind === 'list') return expr.items;
  if (expr.kind === 'concat') return expr.parts;
  return expr.kind === 'either' ? expr.options : undefined;
}

/** `ALLOWED[action]`, `COMMANDS.get(action)`: whatever the key is, the program wrote down what it may choose. */
export function isChosen(context: Context, unit: Unit, scope: number, expr: Expr, hops = MAX_HOPS): boolean {
  if (isFixed(expr)) return true;
  if (hops === 0) return false;
  const all = (items: readonly Expr[]): boolean => items.every((item) => isChosen(context, unit, scope, item, hops - 1));
  const parts = partsOf(expr);
  if (parts) return all(parts);
  switch (expr.kind) {
    case 'index':
      return isTable(context, unit, scope, expr.object);
    case 'call':
      return (
        expr.callee.kind === 'member' &&
        expr.callee.name === 'get' &&
        isTable(context, unit, scope, expr.callee.object) &&
        all(expr.args.slice(1).map(({ value }) => value))
      );
    case 'name': {
      // What is given for a parameter elsewhere is not all that a model may give.
      for (let current = scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
        const assigned = unit.assigns.get(current)?.get(expr.name);
        if (scopeOf(unit, current)?.params?.some(({ name }) => name === expr.name)) return false;
        if (assigned) return assigned.every((fact) => isChosen(context, unit, fact.scope, fact.value, hops - 1));
      }
      return false;
    }
    default:
      return false;
  }
}

/** What a file holds outside of its functions: a setting, a script beside it. Arguments of other calls are not known. */
export function isOfFile(unit: Unit, scope: number, expr: Expr): boolean {
  const all = (items: readonly Expr[]): boolean => items.every((item) => isOfFile(unit, scope, item));
  const parts = partsOf(expr);
  if (parts) return all(parts);
  switch (expr.kind) {
    case 'name':
      return bindingScope(unit, scope, expr.name) === 0 && (unit.assigns.get(0)?.has(expr.name) === true || unit.imports.has(expr.name));
    case 'member':
    case 'index':
      return isOfFile(unit, scope, expr.object);
    case 'call':
      return expr.callee.kind === 'name' && SAME.has(expr.callee.name) && all(expr.args.map(({ value }) => value));
    default:
      return isFixed(expr);
  }
}
/** Calls that make a text or a path of another value. */
const SAME: ReadonlySet<string> = new Set(['str', 'String', 'Path']);

/** A dictionary or list of which all is written out. */
function isTable(context: Context, unit: Unit, scope: number, expr: Expr): boolean {
  const found = context.resolver.program.expand(expr, unit, scope, newQuery());
  return found.length > 0 && found.every((bound) => bound.kind === 'expr' && isFixedTable(bound.expr));
}

const isFixedTable = (expr: Expr): boolean =>
  expr.kind === 'dict'
    ? expr.spreads.length === 0 && expr.entries.every(({ value }) => isFixed(value))
    : expr.kind === 'list' && isFixed(expr);
