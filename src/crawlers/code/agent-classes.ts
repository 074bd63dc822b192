import type { Unit } from '../../resolve/unit.ts';
import type { LanguageId } from '../../lang/facts.ts';
import { isTest, occurrence, type Context } from './context.ts';

/** Languages whose frameworks know an agent by its class. */
const DECLARED: ReadonlySet<LanguageId> = new Set(['ruby', 'php']);

/** Agents that are declared without a call: classes that extend a framework's agent, or implement its interface. */
export function detectAgentClasses(context: Context, unit: Unit): void {
  const { language } = unit.facts;
  if (!DECLARED.has(language) || isTest(unit)) return;
  const { program } = context.resolver;
  for (const scope of unit.facts.scopes) {
    if (scope.kind !== 'class' || !scope.bases?.length) continue;
    const [found] = scope.bases
      .flatMap((base) => program.paths(base, unit, scope.parent))
      .flatMap((path) => context.index.match(language, path).flatMap((rule) => (rule.agent ? [{ framework: rule.agent, path }] : [])));
    if (!found) continue;
    const occurrences = [occurrence({ path: unit.path, line: scope.line }, found.path, 'high')];
    context.components.push({ kind: 'agent', name: scope.name, framework: found.framework, occurrences });
  }
}
