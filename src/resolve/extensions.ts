import type { LanguageId } from '../lang/facts.ts';
import { EXTENSION } from '../lang/frontend.ts';
import type { Place } from './hierarchy.ts';
import { scopeOf, type Unit } from './unit.ts';

/** Languages that add members to types elsewhere, and leave out a type that the place tells. */
const EXTENDS: ReadonlySet<LanguageId> = new Set(['dart', 'scala', 'swift']);
/** A member that more types have says nothing. */
const MAX_TYPES = 4;

/** Types by the members that stand in their bodies or in extensions of them. */
export class Extensions {
  /** By the name of a member. */
  readonly #types = new Map<string, Place[]>();
  /** By the last name of the type that is extended. */
  readonly #extensions = new Map<string, Place[]>();

  constructor(units: readonly Unit[]) {
    for (const unit of units) {
      if (!EXTENDS.has(unit.facts.language)) continue;
      for (const [index, { kind, name }] of unit.facts.scopes.entries()) {
        if (kind !== 'class') continue;
        for (const member of new Set([...(unit.assigns.get(index)?.keys() ?? []), ...(unit.defs.get(index)?.keys() ?? [])]))
          push(this.#types, member, { unit, index });
        if (name.startsWith(EXTENSION)) push(this.#extensions, name.slice(EXTENSION.length), { unit, index });
      }
    }
  }

  /** Types that have a member of this name; none where too many do. */
  typesWith(member: string): readonly Place[] {
    const found = this.#types.get(member) ?? [];
    return found.length > MAX_TYPES ? [] : found;
  }

  /** Extensions of a type of the tree that have this member. */
  ofType({ unit, index }: Place, member: string): readonly Place[] {
    const name = scopeOf(unit, index)?.name ?? '';
    return EXTENDS.has(unit.facts.language) ? this.#with(name, member).filter((place) => place.unit !== unit || place.index !== index) : [];
  }

  /** Extensions of a type of elsewhere that have this member. */
  ofPath(path: string, member: string): readonly Place[] {
    if (this.#extensions.size === 0 || path.endsWith(')')) return [];
    return this.#with(path.slice(path.lastIndexOf('.') + 1), member);
  }

  #with(type: string, member: string): readonly Place[] {
    return (this.#extensions.get(type) ?? []).filter(
      ({ unit, index }) => unit.assigns.get(index)?.has(member) === true || unit.defs.get(index)?.has(member) === true,
    );
  }
}

function push(map: Map<string, Place[]>, key: string, place: Place): void {
  const list = map.get(key);
  if (list) list.push(place);
  else map.set(key, [place]);
}
