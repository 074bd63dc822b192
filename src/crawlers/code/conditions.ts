import type { DetectRule } from '../../knowledge/detect.ts';
import { newQuery } from '../../resolve/bound.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import type { Context } from './context.ts';

/** `when`, `unless`, `given` and `without` of a rule. */
export function holds(context: Context, rule: DetectRule, site: CallSite): boolean {
  const program = context.resolver.program;
  const valuesOfArg = (name: string): readonly (string | boolean | null)[] | undefined => {
    const given = argumentOf(program, site, rule.args?.[name]);
    if (!given) return undefined;
    return program.expand(given.expr, given.unit, given.scope, newQuery()).map((bound) => {
      if (bound.kind !== 'expr') return bound.kind === 'external' ? bound.path : '';
      if (bound.expr.kind === 'null') return null;
      return bound.expr.kind === 'string' || bound.expr.kind === 'boolean' ? bound.expr.value : '';
    });
  };
  for (const [name, wanted] of Object.entries(rule.when ?? {}))
    if (!valuesOfArg(name)?.some((value) => wanted.includes(value as string | boolean))) return false;
  for (const [name, excluded] of Object.entries(rule.unless ?? {}))
    if (valuesOfArg(name)?.some((value) => excluded.includes(value))) return false;
  const isGiven = (name: string): boolean => argumentOf(program, site, rule.args?.[name]) !== undefined;
  return (rule.given?.some(isGiven) ?? true) && rule.without?.some(isGiven) !== true;
}
