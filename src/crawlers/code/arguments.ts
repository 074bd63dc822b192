import type { Arg, CallExpr, Expr } from '../../lang/facts.ts';
import type { ArgSpec } from '../../knowledge/detect.ts';
import { newQuery } from '../../resolve/bound.ts';
import type { Program } from '../../resolve/program.ts';
import type { Unit } from '../../resolve/unit.ts';

/** An argument and where its names are read: a spread dictionary may live elsewhere. */
export interface Given {
  readonly expr: Expr;
  readonly unit: Unit;
  readonly scope: number;
  /** The keyword that gave it; absent for a position. */
  readonly key?: string;
}

export interface CallSite {
  readonly call: CallExpr;
  readonly unit: Unit;
  readonly scope: number;
}

const isOptions = (expr: Expr): boolean => expr.kind === 'dict';

function keywordIn(args: readonly Arg[], name: string): Expr | undefined {
  return args.find((arg) => arg.name === name)?.value;
}

/** `options["b"] = …` after `options` was made: the last word on that key. */
const keySet = (program: Program, { unit, scope }: Pick<Given, 'unit' | 'scope'>, object: Expr, name: string): readonly Given[] =>
  (program.fieldSet(object, name, unit, scope) ?? []).flatMap((bound) =>
    bound.kind === 'expr' ? [{ expr: bound.expr, unit: bound.unit, scope: bound.scope }] : [],
  );

/** `a.b` in dictionaries given by position, keyword or spread. */
function inOptions(program: Program, site: CallSite, path: readonly string[]): Given | undefined {
  const [first = '', ...rest] = path;
  const found: Given[] = [];
  const direct = /^\d$/.test(first)
    ? site.call.args.filter(({ name, spread }) => name === undefined && spread === undefined)[Number(first)]?.value
    : keywordIn(site.call.args, first);
  if (direct) found.push({ expr: direct, unit: site.unit, scope: site.scope });
  for (const arg of site.call.args) {
    if (found.length > 0) break;
    if (arg.name !== undefined) continue;
    found.push(...keySet(program, site, arg.value, first));
    for (const bound of isOptions(arg.value)
      ? [{ kind: 'expr' as const, expr: arg.value, unit: site.unit, scope: site.scope }]
      : program.expand(arg.value, site.unit, site.scope, newQuery())) {
      const value = bound.kind === 'expr' ? entryOf(bound.expr, first) : undefined;
      if (value && bound.kind === 'expr') found.push({ expr: value, unit: bound.unit, scope: bound.scope });
    }
  }
  let [current] = found;
  for (const name of rest) {
    if (!current) return undefined;
    const next: Given | undefined =
      keySet(program, current, current.expr, name)[0] ??
      program.expand(current.expr, current.unit, current.scope, newQuery()).flatMap((bound) => {
        const value = bound.kind === 'expr' ? entryOf(bound.expr, name) : undefined;
        return value && bound.kind === 'expr' ? [{ expr: value, unit: bound.unit, scope: bound.scope }] : [];
      })[0];
    current = next;
  }
  return current ? { ...current, key: path.at(-1) ?? '' } : undefined;
}

/** `PeftModel.from_pretrained(base, …)`: what `base` was loaded with is not what the adapter is loaded with. */
const isLoader = (callee: Expr): boolean =>
  (callee.kind === 'member' || callee.kind === 'name') && /^(?:from_pretrained|from_config|load(?:_\w+)?|pipeline)$/.test(callee.name);

/** Pairs of one text of options; more is text of another kind. */
const MAX_PAIRS = 60;

/**
 * The value of a key in a text of pairs: `pretrained=owner/name,trust_remote_code=True`, or an f-string of
 * them, where `f"pretrained={path},dtype=auto"` gives the expression that stands in the hole.
 */
function inPairs(expr: Expr, name: string): Expr | undefined {
  const parts = expr.kind === 'concat' ? expr.parts : [expr];
  const pairs: Expr[][] = [[]];
  for (const part of parts) {
    if (part.kind !== 'string') pairs.at(-1)?.push(part);
    else
      for (const [index, value] of part.value.split(',', MAX_PAIRS).entries()) {
        if (index > 0) pairs.push([]);
        if (value !== '') pairs.at(-1)?.push({ ...part, value });
      }
  }
  for (const [first, ...rest] of pairs) {
    if (first?.kind !== 'string' || !first.value.trimStart().startsWith(`${name}=`)) continue;
    const value = first.value.slice(first.value.indexOf('=') + 1).trim();
    if (rest.length === 0)
      return /^(?:true|false)$/i.test(value) ? { kind: 'boolean', value: /^true$/i.test(value), line: first.line } : { ...first, value };
    const all = value === '' ? rest : [{ ...first, value }, ...rest];
    return all.length === 1 ? all[0] : { kind: 'concat', parts: all };
  }
  return undefined;
}

/** The value of a key in a dictionary, in the keywords of a call that builds options, or in a text of pairs. */
export function entryOf(expr: Expr, name: string): Expr | undefined {
  if (expr.kind === 'string' || expr.kind === 'concat') return inPairs(expr, name);
  if (expr.kind === 'dict')
    return expr.entries.find(
      (entry) => (entry.key.kind === 'string' && entry.key.value === name) || (entry.key.kind === 'name' && entry.key.name === name),
    )?.value;
  if (expr.kind === 'call' && !isLoader(expr.callee)) return keywordIn(expr.args, name);
  return undefined;
}

/** The argument that a rule means, by the first alternative that is given. */
export function argumentOf(program: Program, site: CallSite, spec: ArgSpec | undefined): Given | undefined {
  for (const item of spec ?? []) {
    if (typeof item === 'number') {
      const positional = site.call.args.filter((arg) => arg.name === undefined && arg.spread !== 'dict');
      const arg = positional[item];
      if (arg && !arg.spread && !(isOptions(arg.value) && (spec ?? []).some((other) => typeof other === 'string')))
        return { expr: arg.value, unit: site.unit, scope: site.scope };
      continue;
    }
    const found = inOptions(program, site, item.split('.'));
    if (found) return found;
  }
  return undefined;
}
