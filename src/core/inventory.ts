import { refOf, type Component, type ComponentRef } from './component.ts';
import { compareLocations, type Location, type Occurrence } from './evidence.ts';
import type { Mention } from './mention.ts';
import type { Observation } from './observation.ts';
import type { Relation } from './relation.ts';

/** What one crawler found. */
export interface Discovery {
  readonly components?: readonly Component[];
  readonly relations?: readonly Relation[];
  readonly observations?: readonly Observation[];
  readonly mentions?: readonly Mention[];
}

/** Everything that was found, merged: one component per identity, evidence united, all sorted. */
export interface Inventory {
  readonly components: readonly Component[];
  readonly relations: readonly Relation[];
  readonly observations: readonly Observation[];
  get(ref: ComponentRef): Component | undefined;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const placeKey = ({ path, line, column, offset }: Location): string => `${path}\0${line ?? ''}\0${column ?? ''}\0${offset ?? ''}`;

function uniteOccurrences(a: readonly Occurrence[], b: readonly Occurrence[]): Occurrence[] {
  const seen = new Map<string, Occurrence>();
  for (const occurrence of [...a, ...b]) {
    const key = `${placeKey(occurrence.location)}\0${occurrence.symbol ?? ''}`;
    const known = seen.get(key);
    // Written there by one sighting is written there.
    if (!known || (known.reached && !occurrence.reached)) seen.set(key, occurrence);
  }
  // The same place without a word on what stands there says nothing more.
  const told = new Set([...seen.values()].flatMap(({ symbol, location }) => (symbol ? [placeKey(location)] : [])));
  return [...seen.values()]
    .filter(({ symbol, location }) => symbol !== undefined || !told.has(placeKey(location)))
    .sort((x, y) => compareLocations(x.location, y.location) || byText(x.symbol ?? '', y.symbol ?? ''));
}

/** Booleans that hold if any sighting says so (`declared`), and those that hold only if all do (`transitive`). */
const ANY = new Set(['declared', 'locked', 'implemented', 'authenticated', 'selfHosted']);
const ALL = new Set(['transitive', 'disabled', 'unresolved']);
/** Words that lose against any other value. */
const WEAK = new Set<unknown>(['unknown', 'other']);
/** `scope`: the widest wins. */
const SCOPES = ['runtime', 'optional', 'build', 'development'];

/** The first sighting's values win, missing ones are filled from the second; lists are united. */
export function mergeComponents<T extends Component>(a: T, b: T): T {
  const merged: Record<string, unknown> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const current = merged[key];
    if (key === 'occurrences' || value === undefined) continue;
    if (current === undefined) {
      if (!ALL.has(key)) merged[key] = value;
    } else if (ANY.has(key)) merged[key] = Boolean(current) || Boolean(value);
    else if (key === 'scope') merged[key] = SCOPES.indexOf(String(value)) < SCOPES.indexOf(String(current)) ? value : current;
    else if (Array.isArray(current) && Array.isArray(value)) {
      const texts = new Set(current.map((item) => JSON.stringify(item)));
      merged[key] = [...current, ...value.filter((item) => !texts.has(JSON.stringify(item)))];
    } else if (WEAK.has(current)) merged[key] = value;
  }
  for (const key of ALL) {
    if (merged[key] !== undefined && (b as unknown as Record<string, unknown>)[key] !== true) delete merged[key];
  }
  merged['occurrences'] = uniteOccurrences(a.occurrences, b.occurrences);
  return merged as unknown as T;
}

/** Merges by identity. The result does not depend on the order in which files were read, as long as `discoveries` is in a fixed order. */
export function buildInventory(discoveries: readonly Discovery[]): Inventory {
  const byRef = new Map<ComponentRef, Component>();
  for (const discovery of discoveries) {
    for (const component of discovery.components ?? []) {
      const ref = refOf(component);
      const known = byRef.get(ref);
      byRef.set(
        ref,
        known
          ? mergeComponents(known, component as typeof known)
          : { ...component, occurrences: uniteOccurrences(component.occurrences, []) },
      );
    }
  }
  const relations = new Map<string, Relation>();
  for (const discovery of discoveries) {
    for (const relation of discovery.relations ?? []) {
      const key = `${relation.from}\0${relation.type}\0${relation.to}`;
      if (!relations.has(key)) relations.set(key, relation);
    }
  }
  const observations = discoveries.flatMap((discovery) => discovery.observations ?? []);
  return {
    components: [...byRef.entries()].sort(([a], [b]) => byText(a, b)).map(([, component]) => component),
    relations: [...relations.entries()].sort(([a], [b]) => byText(a, b)).map(([, relation]) => relation),
    observations: [...observations].sort((a, b) => compareLocations(a.location, b.location) || byText(a.type, b.type)),
    get: (ref) => byRef.get(ref),
  };
}
