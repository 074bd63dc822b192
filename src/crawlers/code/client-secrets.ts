import type { ComponentRef } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import type { Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import { looksSecret, redact, withoutScheme } from '../secrets/redact.ts';
import type { Given } from './arguments.ts';
import { allValues, observe, type Context } from './context.ts';

/** `requestInit.headers.Authorization`, `connection.env.TOKEN`. */
const MAX_DEPTH = 4;
/** Options of one client that are looked at. */
const MAX_LOOKS = 100;

const isKnown = ({ project }: Context, { path, line }: Location): boolean =>
  project.found.some(({ observations }) =>
    observations?.some(({ type, location }) => type === 'credential' && location.path === path && location.line === line),
  );

/** Secrets that stand among the options of a client: `headers: {Authorization: "Bearer …"}`. Those of a known form are found by that. */
export function detectClientSecrets(
  context: Context,
  options: readonly (readonly [string, Expr])[],
  at: Pick<Given, 'unit' | 'scope'>,
  client: ComponentRef,
): void {
  const { program } = context.resolver;
  const seen = new Set<string>();
  let left = MAX_LOOKS;
  const look = (key: string, given: Given, depth: number): void => {
    if (depth > MAX_DEPTH || (left -= 1) < 0) return;
    for (const bound of program.expand(given.expr, given.unit, given.scope, newQuery())) {
      if (bound.kind !== 'expr' || bound.expr.kind !== 'dict') continue;
      const { unit, scope } = bound;
      for (const entry of bound.expr.entries) {
        const name = entry.key.kind === 'string' ? entry.key.value : entry.key.kind === 'name' ? entry.key.name : '';
        look(name, { expr: entry.value, unit, scope }, depth + 1);
      }
    }
    for (const { text, location, exact, setting } of allValues(context, given)) {
      if (!exact || setting !== undefined || seen.has(text) || !looksSecret(key, text) || isKnown(context, location)) continue;
      seen.add(text);
      const redacted = redact(withoutScheme(text));
      observe(context, 'credential', location, { detector: 'token', redacted, in: 'code' }, client);
    }
  };
  for (const [key, expr] of options) look(key, { expr, ...at }, 0);
}
