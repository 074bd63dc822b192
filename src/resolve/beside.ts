import type { CallExpr, Expr, ScopeFact } from '../lang/facts.ts';
import type { Bound, Origin } from './bound.ts';
import { givenTo } from './given.ts';

/** Keys whose value says who serves what stands beside them. */
const PROVIDER = /^(?:[a-z]+_?)?(?:provider|vendor)(?:_?(?:name|id|type|key))?$/i;

/** `{ provider: "x", model: "y" }`, `Profile(provider="x", model="y")`: what the record says of its other values. */
export function providerIn(record: Expr, unit: Origin['unit'], scope: number): Origin | undefined {
  const expr =
    record.kind === 'dict'
      ? record.entries.find(
          ({ key }) => (key.kind === 'string' && PROVIDER.test(key.value)) || (key.kind === 'name' && PROVIDER.test(key.name)),
        )?.value
      : record.kind === 'call'
        ? record.args.find(({ name }) => name !== undefined && PROVIDER.test(name))?.value
        : undefined;
  return expr && { expr, unit, scope };
}

/** As `providerIn`, of a call's arguments, which may have their names in the function that is called. */
export function providerGiven(fn: ScopeFact, method: boolean, call: CallExpr): Expr | undefined {
  const param = fn.params?.find(({ name, spread }) => !spread && PROVIDER.test(name));
  return param ? givenTo(param, fn, method, call) : call.args.find(({ name }) => name !== undefined && PROVIDER.test(name))?.value;
}

/** Values of a record with what it says of them; what they were already said to be stands. */
export const served = (provider: Origin | undefined, bounds: readonly Bound[]): readonly Bound[] =>
  provider ? bounds.map((bound) => (bound.provider ? bound : { ...bound, provider })) : bounds;
