import type { Expr } from '../../lang/facts.ts';
import { nameOf } from '../../lang/worth.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTestPath } from '../../resolve/places.ts';
import { valuesOf } from '../../resolve/values.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';

/** A base class of agents that a program wrote itself: `BaseAgent`, `ResearchAgent`. */
const AGENT_CLASS = /(?:^|[a-z\d_])Agent(?:Base)?$|^Agent$/;
/** Names of many things: what stands there says no role. */
const PLAIN = /^(?:base|agent|base[-_ ]?agent|default|unknown|none|test)$/i;
/** Fields in which a class of agents keeps its name. */
const NAMES: ReadonlySet<string> = new Set(['name', 'agent_name', 'agentName', 'role']);
/** Letters, and not a sentence, a path or a format. */
const NAME = /^[\p{L}][\p{L}\d _&/.'-]{2,60}$/u;

/**
 * Agents of programs that asked no framework: classes that extend an agent of the tree and tell it their name,
 * `super().__init__(name="Supervisor")` or `name = "supervisor"` in the class. Only where the program asks chat models:
 * agents of games and of reinforcement learning are called so as well.
 */
export function detectOwnAgents(context: Context, units: readonly Unit[]): void {
  const asks = context.components.some(
    (component) =>
      component.kind === 'model' &&
      (component.role === 'chat' || component.origin === 'api' || component.origin === 'ollama') &&
      component.occurrences.some(({ location }) => !isTestPath(location.path)),
  );
  if (!asks) return;
  const own = new Set(units.flatMap(({ facts }) => facts.scopes.flatMap(({ kind, name }) => (kind === 'class' ? [name] : []))));
  for (const unit of units) {
    if (isTest(unit)) continue;
    for (const [index, scope] of unit.facts.scopes.entries()) {
      if (scope.kind !== 'class' || PLAIN.test(scope.name)) continue;
      const base = scope.bases?.map(nameOf).find((name) => AGENT_CLASS.test(name) && own.has(name));
      if (base === undefined) continue;
      const given = givenName(unit, index);
      const [value] = given ? valuesOf(context.resolver, given.expr, unit, given.scope) : [];
      const name = value?.exact ? value.text.trim() : undefined;
      if (!value || name === undefined || !NAME.test(name) || PLAIN.test(name)) continue;
      context.components.push({
        kind: 'agent',
        name,
        ...(scope.name !== name && { aliases: [scope.name] }),
        occurrences: [occurrence(value.location.path === unit.path ? value.location : placeIn(unit, scope.line, 1), base, 'medium')],
      });
    }
  }
}

/** What a class gives its base, or says itself, as its name. */
function givenName(unit: Unit, index: number): { readonly expr: Expr; readonly scope: number } | undefined {
  const { scopes, calls, assigns } = unit.facts;
  for (const { call, scope } of calls) {
    const { callee } = call;
    const above = callee.kind === 'member' && callee.object.kind === 'call' && nameOf(callee.object.callee) === 'super';
    if (!above || callee.name !== '__init__' || scopes[scope]?.parent !== index) continue;
    const [first] = call.args;
    const named = call.args.find(({ name }) => name !== undefined && NAMES.has(name))?.value;
    const expr = named ?? (first?.name === undefined && first?.value.kind === 'string' ? first.value : undefined);
    if (expr) return { expr, scope };
  }
  const field = assigns.find(({ target, scope }) => scope === index && NAMES.has(target));
  return field && { expr: field.value, scope: index };
}
