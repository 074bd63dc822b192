import type { Expr } from '../lang/facts.ts';
import type { Query } from './bound.ts';
import type { Program } from './program.ts';
import type { Unit } from './unit.ts';

/** What reads a command line by the options that a parser declares. */
const PARSES = /^(?:parse(?:_known)?(?:_intermixed)?_args|parse_args_and_config|parse|gather_options|get_args|vars)$/;

/** Files that make the parser whose result an expression is: of `args` in `args = build_parser().parse_args()` the one of `ArgumentParser()`. */
export function parsersOf(program: Program, result: Expr, unit: Unit, scope: number, query: Query): readonly Unit[] {
  const makers = new Set<Unit>();
  for (const bound of program.expand(result, unit, scope, query)) {
    if (bound.kind !== 'expr' || bound.expr.kind !== 'call' || bound.expr.callee.kind !== 'member') continue;
    const { object, name } = bound.expr.callee;
    if (!PARSES.test(name)) continue;
    makers.add(bound.unit);
    for (const parser of program.expand(object, bound.unit, bound.scope, query))
      if (parser.kind === 'local' || (parser.kind === 'expr' && parser.expr.kind === 'call')) makers.add(parser.unit);
  }
  return [...makers];
}
