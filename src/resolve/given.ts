import { dotted } from '../lang/frontend.ts';
import type { CallExpr, Expr, LanguageId, ParamFact, ScopeFact } from '../lang/facts.ts';
import { scopeOf, type Unit } from './unit.ts';
import { SELF_PARAM } from './vocabulary.ts';

/** What a call gives for a parameter of a function. `method`: the first parameter is the object. */
export function givenTo(param: ParamFact, fn: ScopeFact, method: boolean, call: CallExpr): Expr | undefined {
  if (param.spread) return undefined;
  const params = fn.params ?? [];
  const positional = call.args.filter((arg) => arg.name === undefined && !arg.spread);
  if (param.from !== undefined) {
    const options = positional[param.from]?.value;
    return entryGiven(options, param.name) ?? call.args.find((arg) => arg.name === param.name)?.value;
  }
  const named = call.args.find((arg) => arg.name === (param.label ?? param.name))?.value;
  if (named || param.keyword) return named;
  // `Base.__init__(self, …)` gives the object itself.
  const self = method && SELF_PARAM.has(params[0]?.name ?? '') && !isSelf(positional[0]?.value) ? 1 : 0;
  const place = params.filter((other) => !other.keyword).indexOf(param);
  return positional[place - self]?.value;
}

const isSelf = (expr: Expr | undefined): boolean => expr?.kind === 'name' && SELF_PARAM.has(expr.name);

/** `{ name: … }`, `dict(name=…)`. */
export function entryGiven(options: Expr | undefined, name: string): Expr | undefined {
  if (options?.kind === 'dict') return options.entries.find(({ key }) => key.kind === 'string' && key.value === name)?.value;
  if (options?.kind === 'call' && options.callee.kind === 'name' && options.callee.name === 'dict')
    return options.args.find((arg) => arg.name === name)?.value;
  return undefined;
}

/** Whether a call could be one of this function: in Python every keyword must be taken, and no more be given than there are places. */
export function accepts({ params }: ScopeFact, call: CallExpr, language: LanguageId): boolean {
  if (!params || language !== 'python') return true;
  const takes = (spread: 'list' | 'dict'): boolean => params.some((param) => param.spread === spread);
  const named = params.filter((param, index) => !param.spread && !(index === 0 && SELF_PARAM.has(param.name)));
  if (!takes('dict') && call.args.some((arg) => arg.name !== undefined && !named.some((param) => param.name === arg.name))) return false;
  const places = named.filter((param) => !param.keyword).length;
  return takes('list') || call.args.filter((arg) => arg.name === undefined && !arg.spread && !isSelf(arg.value)).length <= places;
}

const ENVIRONMENT = /^(?:os\.)?(?:getenv|environ(?:\.get)?)$|^process\.env$/;

/**
 * `def setting(name, default): return os.environ.get(name, default)`: what this call of it reads, with what this call
 * gives as the default. Undefined where `value` is no such read.
 */
function environmentRead(value: Expr, unit: Unit, index: number, call: CallExpr): Expr | undefined {
  const fn = scopeOf(unit, index);
  const method = fn !== undefined && scopeOf(unit, fn.parent)?.kind === 'class';
  const given = (expr: Expr | undefined): Expr | undefined => {
    const param = expr?.kind === 'name' ? fn?.params?.find(({ name }) => name === expr.name) : undefined;
    return fn && param ? (givenTo(param, fn, method, call) ?? param.fallback) : expr?.kind === 'string' ? expr : undefined;
  };
  const [first, ...others] = value.kind === 'either' ? value.options : [value];
  const [variable, ...defaults] =
    first?.kind === 'call' && ENVIRONMENT.test(dotted(first.callee) ?? '')
      ? first.args.map((arg) => arg.value)
      : first?.kind === 'index' && ENVIRONMENT.test(dotted(first.object) ?? '')
        ? [first.key]
        : [];
  const name = variable?.kind === 'name' ? given(variable) : undefined;
  if (name?.kind !== 'string') return undefined;
  const fallback = [...defaults, ...others].map(given).find((expr) => expr !== undefined);
  return { kind: 'env', name: name.value, line: call.line, column: call.column, ...(fallback ? { fallback } : {}) };
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
  const read = environmentRead(value, unit, index, call);
  if (read) return { given: read };
  const fn = scopeOf(unit, index);
  const param = value.kind === 'name' ? fn?.params?.find(({ name }) => name === value.name) : undefined;
  if (!fn || !param || unit.assigns.get(index)?.has(param.name)) return undefined;
  return { given: givenTo(param, fn, scopeOf(unit, fn.parent)?.kind === 'class', call), fallback: param.fallback };
}
