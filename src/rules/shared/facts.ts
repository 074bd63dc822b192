import type { Facts, Observation } from '../../core/observation.ts';
import type { ComponentRef } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import { confidenceRank, type Confidence } from '../../core/severity.ts';
import type { RuleInput } from '../rule.ts';

export const observed = (input: RuleInput, ...types: readonly string[]): readonly Observation[] =>
  input.inventory.observations.filter((observation) => types.includes(observation.type));

export const text = (values: Facts, key: string): string | undefined => {
  const value = values[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

export const isTrue = (values: Facts, key: string): boolean => values[key] === true;

/** The less sure of two. */
export const weaker = (a: Confidence, b: Confidence): Confidence => (confidenceRank(a) <= confidenceRank(b) ? a : b);

/** The name in a reference `kind:name`: what a message shows where the facts hold no better one. */
export const nameOf = (input: RuleInput, ref: ComponentRef | undefined): string | undefined =>
  ref === undefined ? undefined : (input.inventory.get(ref)?.name ?? ref.slice(ref.indexOf(':') + 1));

/** The part of a hit that every observation gives. */
export function at(observation: Observation): { readonly location: Location; readonly confidence: Confidence; readonly component?: ComponentRef } {
  return {
    location: observation.location,
    confidence: observation.confidence,
    ...(observation.component === undefined ? {} : { component: observation.component }),
  };
}

/** Groups in the order of first appearance. */
export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** Without the keys whose value is undefined: facts are JSON. */
export function facts(values: Readonly<Record<string, Facts[string] | undefined>>): Facts {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Facts[string]] => entry[1] !== undefined));
}
