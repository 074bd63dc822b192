import type { CallExpr, Expr } from '../../lang/facts.ts';
import type { Unit } from '../../resolve/unit.ts';

/** Calls in an expression: `isAllowed ? shell(String(args.command)) : "no"`. */
export function callsOf(expr: Expr): readonly CallExpr[] {
  if (expr.kind === 'call') return [expr, ...callsOf(expr.callee), ...expr.args.flatMap(({ value }) => callsOf(value))];
  if (expr.kind === 'either') return expr.options.flatMap(callsOf);
  return expr.kind === 'member' ? callsOf(expr.object) : [];
}

/** Calls of a file, and those that are only kept as what a function answers with. */
export function* allCalls(unit: Unit): Generator<{ readonly call: CallExpr; readonly scope: number }> {
  yield* unit.facts.calls;
  for (const [scope, { returns }] of unit.facts.scopes.entries())
    for (const expr of returns ?? []) for (const call of callsOf(expr)) yield { call, scope };
}
