import type { Component } from '../../core/component.ts';
import { purlOf } from '../../core/purl.ts';
import { confidenceRank } from '../../core/severity.ts';
import { place } from '../text/words.ts';
import type { Evidence } from './extensions.ts';
import { CONFIDENCE } from './values.ts';

/** A component of a monorepo may be seen ten thousand times; a consumer reads the first. The rest is counted. */
export const MAX_OCCURRENCES = 1000;

export function evidenceOf(component: Component): Evidence {
  const { occurrences } = component;
  const purl = purlOf(component);
  const methods = new Map<string, Evidence['identity'][number]['methods'][number]>();
  for (const { technique, crawler, confidence } of occurrences) {
    const key = `${technique}\0${crawler}\0${3 - confidenceRank(confidence)}`;
    if (!methods.has(key)) methods.set(key, { technique, confidence: CONFIDENCE[confidence], value: crawler });
  }
  const sorted = [...methods].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, method]) => method);
  return {
    identity: [
      {
        field: purl === undefined ? 'name' : 'purl',
        confidence: Math.max(...sorted.map((method) => method.confidence)),
        concludedValue: purl ?? component.name,
        methods: sorted,
      },
    ],
    occurrences: occurrences.slice(0, MAX_OCCURRENCES).map(({ location, symbol, crawler }) => ({
      location: location.path,
      ...(location.line === undefined ? {} : { line: location.line }),
      ...(location.offset === undefined ? {} : { offset: location.offset }),
      ...(symbol ? { symbol } : {}),
      additionalContext: crawler,
    })),
  };
}

/** Services have no `evidence` in CycloneDX: the same facts as texts. */
export const placesOf = (component: Component): string[] =>
  component.occurrences
    .slice(0, MAX_OCCURRENCES)
    .map(({ location, symbol }) => (symbol ? `${place(location)} ${symbol}` : place(location)));
