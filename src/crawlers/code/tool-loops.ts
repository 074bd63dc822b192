import type { Location } from '../../core/evidence.ts';
import { scopeOf, type Unit } from '../../resolve/unit.ts';
import { folderOf } from '../manifests/paths.ts';
import { allCalls } from './calls.ts';
import { isTest, observe, placeOf, symbolOf, type Context } from './context.ts';
import { Asking } from './tool-asking.ts';
import { paramsGiven, RunsOfTree } from './tool-flow.ts';
import { handedFunctions } from './tool-functions.ts';
import { offeredIn } from './tool-schemas.ts';
import { commandsOf, type Run } from './tools.ts';

const placeKey = ({ path, line }: Location): string => `${path}:${line ?? ''}`;

/**
 * Loops that run by hand what a model asks for: a call that runs its argument on the host, or that hands it to a function that
 * does, where the argument is the input of a tool declared in the same folder, or an answer of a model itself; and functions
 * that are handed to models in lists and dictionaries.
 */
export function detectToolLoops(context: Context, units: readonly Unit[]): void {
  const runs = new RunsOfTree(context, units);
  if (!units.some((unit) => runs.callsIn(unit).length > 0)) return;
  const folders = offeredIn(units);
  const names = new Set([...folders.values()].flatMap((offered) => [...offered.names]));
  const asking = new Asking(context, ({ path }) => folders.get(folderOf(path)));
  const known = new Set(
    context.observations.flatMap(({ type, location, facts }) => (type === 'tool' && facts['callee'] ? [placeKey(location)] : [])),
  );
  const report = (run: Run | undefined, name: string | undefined): void => {
    if (!run || known.has(placeKey(run.location))) return;
    known.add(placeKey(run.location));
    const confidence = run.confidence === 'high' ? 'medium' : run.confidence;
    observe(context, 'tool', run.location, { name, framework: 'function calling', callee: run.path }, undefined, confidence);
  };
  for (const unit of units) {
    if (isTest(unit)) continue;
    for (const handed of handedFunctions(context, unit, names)) report(runs.given(handed), handed.name);
    for (const { call, scope, path, confidence } of runs.callsIn(unit)) {
      if (commandsOf(call).some((command) => asking.ask(unit, scope, command)))
        report({ path: symbolOf(path), location: placeOf({ call, unit, scope }), confidence }, nameOf(unit, scope));
    }
    for (const { call, scope } of allCalls(unit)) {
      for (const own of runs.called(call, unit, scope)) {
        if (!runs.may(own)) continue;
        const given = paramsGiven(own, call.args, (expr) => asking.ask(unit, scope, expr));
        if (given.size > 0) report(runs.given(own, given), nameOf(unit, scope) ?? scopeOf(own.unit, own.scope)?.name);
      }
    }
  }
}

/** The function around the call, as people know the tool. */
function nameOf(unit: Unit, scope: number): string | undefined {
  for (let current = scope; current > 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const fact = scopeOf(unit, current);
    if (fact?.kind === 'function' && fact.name !== '') return fact.name;
  }
  return undefined;
}
