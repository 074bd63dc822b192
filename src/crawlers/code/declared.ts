import type { ArgSpec, DetectRule } from '../../knowledge/detect.ts';
import type { CallFact, Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import type { DeclaredOption } from '../../resolve/options.ts';
import type { Program } from '../../resolve/program.ts';
import { argumentOf, type CallSite } from './arguments.ts';

/** A call and the rules that its resolved callee matches. */
export interface Matched {
  readonly site: CallSite;
  readonly path: string;
  readonly rules: readonly DetectRule[];
  readonly fact: CallFact;
  /** Some path of the call is known to take a model. */
  readonly modelled: boolean;
}

export interface Declared {
  readonly name: string;
  readonly option: DeclaredOption;
}

/** Command-line options, flags, widgets and run configurations with a default. */
export const declaredOptions = (matched: readonly Matched[], program: Program): readonly Declared[] =>
  matched.flatMap(({ site, rules }) =>
    rules.flatMap((rule) => (rule.declares === 'option' ? [...entriesOf(program, site, rule), ...optionsOf(site, rule)] : [])),
  );

const FLAG = /^-{0,2}[A-Za-z][\w.-]*/;

function optionsOf(site: CallSite, rule: DetectRule): readonly Declared[] {
  const fallback = givenAs(site, rule.args?.['default']);
  if (!fallback) return [];
  const declare = (name: string): Declared => ({ name, option: { fallback, unit: site.unit, scope: site.scope } });
  if (rule.args?.['name']) {
    const named = givenAs(site, rule.args['name']);
    return named?.kind === 'string' ? [declare(named.value.split('.').at(-1) ?? named.value)] : [];
  }
  return site.call.args.flatMap(({ name, value }) => {
    if (value.kind !== 'string' || value === fallback) return [];
    if (name === 'dest') return [declare(value.value)];
    const flag = name === undefined ? FLAG.exec(value.value)?.[0] : undefined;
    return flag === undefined ? [] : [declare(flag)];
  });
}

/** `wandb.init(config={"encoder": …})`: every entry of the dictionary is read later as an option. */
function entriesOf(program: Program, site: CallSite, rule: DetectRule): readonly Declared[] {
  const given = rule.args?.['entries'] ? argumentOf(program, site, rule.args['entries']) : undefined;
  if (!given) return [];
  return program
    .expand(given.expr, given.unit, given.scope, newQuery())
    .flatMap((bound) =>
      bound.kind === 'expr' && bound.expr.kind === 'dict'
        ? bound.expr.entries.flatMap(({ key, value }) =>
            key.kind === 'string' ? [{ name: key.value, option: { fallback: value, unit: bound.unit, scope: bound.scope } }] : [],
          )
        : [],
    );
}

/** What the call itself gives: by keyword, else by position. */
function givenAs({ call }: CallSite, spec: ArgSpec | undefined): Expr | undefined {
  const keyword = call.args.find(({ name }) => name !== undefined && (spec ?? []).includes(name));
  if (keyword) return keyword.value;
  const positional = call.args.filter(({ name }) => name === undefined);
  for (const item of spec ?? []) {
    const value = typeof item === 'number' ? positional[item]?.value : undefined;
    if (value) return value;
  }
  return undefined;
}
