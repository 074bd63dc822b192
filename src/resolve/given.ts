import type { CallExpr, Expr, ParamFact, ScopeFact } from '../lang/facts.ts';
import { scopeOf, type Unit } from './unit.ts';
import { SELF_PARAM } from './vocabulary.ts';

/** What a call gives for a parameter of a function. `method`: the first parameter is the object. */
export function givenTo(param: ParamFact, fn: ScopeFact, method: boolean, call: CallExpr): Expr | undefined {
  const params = fn.params ?? [];
  const positional = call.args.filter((arg) => arg.name === undefined && !arg.spread);
  if (param.from !== undefined) {
    const options = positional[param.from]?.value;
    const entry =
      options?.kind === 'dict' ? options.entries.find(({ key }) => key.kind === 'string' && key.value === param.name) : undefined;
    return entry?.value ?? call.args.find((arg) => arg.name === param.name)?.value;
  }
  const named = call.args.find((arg) => arg.name === param.name)?.value;
  if (named || param.keyword) return named;
  return positional[params.indexOf(param) - (method && SELF_PARAM.has(params[0]?.name ?? '') ? 1 : 0)]?.value;
}

/**
 * A parameter that a function returns as it came is what this call gives for it, or its default;
 * what other calls give is theirs. Undefined where `value` is something else.
 */
export function handedBack(
  value: Expr,
  unit: Unit,
  index: number,
  call: CallExpr,
): { readonly given?: Expr | undefined; readonly fallback?: Expr | undefined } | undefined {
  const fn = scopeOf(unit, index);
  const param = value.kind === 'name' ? fn?.params?.find(({ name }) => name === value.name) : undefined;
  if (!fn || !param || unit.assigns.get(index)?.has(param.name)) return undefined;
  return { given: givenTo(param, fn, scopeOf(unit, fn.parent)?.kind === 'class', call), fallback: param.fallback };
}

/** Methods that containers, texts and files have too: a call by this name says nothing of the object. */
export const COMMON_METHODS: ReadonlySet<string> = new Set([
  'get',
  'pop',
  'setdefault',
  'update',
  'append',
  'add',
  'join',
  'format',
  'replace',
  'read',
  'write',
  'open',
  'close',
  'find',
  'index',
  'items',
  'keys',
  'values',
  'copy',
  'set',
  'put',
  'push',
]);
