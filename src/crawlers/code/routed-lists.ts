import { recogniseModel } from '../../knowledge/models.ts';
import { newQuery } from '../../resolve/bound.ts';
import type { Unit } from '../../resolve/unit.ts';
import type { CallSite, Given } from './arguments.ts';
import { isTest, placeIn, type Context } from './context.ts';
import { routeOf } from './receiver.ts';
import { addService } from './services.ts';

/** Lists of models: `ALLOWED_MODELS`, `llms`. */
const LIST = /models?|llms?/i;

/** Whether the id that a router gets is chosen while the program runs. */
export function isChosenAtRun(context: Context, site: CallSite, given: Given | undefined): boolean {
  if (!given || isTest(site.unit)) return false;
  const bounds = context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery());
  return !bounds.every((bound) => bound.kind === 'expr' && (bound.expr.kind === 'string' || bound.expr.kind === 'concat'));
}

/**
 * `ALLOWED_MODELS = {"openai/gpt-5.4", "gemini/gemini-3-flash"}` in a program that gives the id that was chosen to a
 * library which asks whom the prefix names: all of them may be asked.
 */
export function detectRoutedLists(context: Context, units: readonly Unit[]): void {
  const routers = units.filter((unit) => context.routers.has(unit));
  if (routers.length === 0) return;
  const found = [...context.components, ...context.project.found.flatMap(({ components }) => components ?? [])];
  // A gateway's ids begin with the makers of models: whom such a list goes to is not said by it.
  if (found.some(({ kind, name }) => kind === 'service' && context.providers.isGateway(name))) return;
  const known = new Set(found.flatMap(({ kind, name }) => (kind === 'service' ? [name] : [])));
  for (const unit of units) {
    if (isTest(unit) || !routers.some((router) => context.neighbours.together(router.path, unit.path))) continue;
    for (const { role, key, value, line, column } of unit.facts.literals) {
      if (role !== 'item' || key === undefined || !LIST.test(key) || !value.includes('/')) continue;
      const model = recogniseModel(context.knowledge, value, { position: 'string' });
      const route = model?.family === undefined ? undefined : routeOf(context, value, model.origin);
      if (!route || known.has(route)) continue;
      known.add(route);
      // The user may never choose it.
      addService(context, route, placeIn(unit, line, column), key, true);
    }
  }
}
