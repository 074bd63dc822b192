import type { AssignFact } from '../../lang/facts.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, observe, placeIn, type Context } from './context.ts';

/** Variables that take the checks of certificates off, with the values that do. */
const VARIABLES: ReadonlyMap<string, RegExp> = new Map([
  ['env:CURL_CA_BUNDLE', /^$/],
  ['env:REQUESTS_CA_BUNDLE', /^$/],
  ['env:PYTHONHTTPSVERIFY', /^0$/],
  ['env:NODE_TLS_REJECT_UNAUTHORIZED', /^0$/],
  ['env:ssl._create_default_https_context', /_create_unverified_/],
]);
/** The switch that an assignment turns. */
function switchOf({ target, value }: AssignFact): string | undefined {
  const off = VARIABLES.get(target);
  const text = value.kind === 'string' ? value.value : value.kind === 'number' ? String(value.value) : undefined;
  return off !== undefined && text !== undefined && off.test(text) ? target.slice('env:'.length) : undefined;
}

/** A program that fetches models or data, and has no certificate checked from a line on: that line fetches them unsafely. */
export function detectTlsOff(context: Context, units: readonly Unit[]): void {
  const fetching = new Set([
    ...context.observations.flatMap(({ type, facts, location }) =>
      (type === 'model-load' && facts['local'] !== true) || type === 'download' ? [location.path] : [],
    ),
    ...context.components.flatMap((component) =>
      component.kind === 'dataset' && component.origin !== 'file' ? component.occurrences.map(({ location }) => location.path) : [],
    ),
  ]);
  for (const unit of units) {
    if (isTest(unit) || !fetching.has(unit.path)) continue;
    const off = unit.facts.assigns.flatMap((fact) => {
      const via = switchOf(fact);
      return via === undefined ? [] : [{ via, line: fact.line }];
    });
    const [first] = off.toSorted((a, b) => a.line - b.line);
    if (first) observe(context, 'download', placeIn(unit, first.line, 1), { via: first.via, verifyTls: false });
  }
}
