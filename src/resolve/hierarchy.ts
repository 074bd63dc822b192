import type { Expr } from '../lang/facts.ts';
import { newQuery, type Bound, type Query } from './bound.ts';
import { scopeOf, type Unit } from './unit.ts';
import { CONSTRUCTORS } from './vocabulary.ts';

/** A class, or a function, of the tree. */
export interface Place {
  readonly unit: Unit;
  readonly index: number;
}

export const samePlace = (a: Place, b: Place): boolean => a.unit === b.unit && a.index === b.index;

/** Classes between a class and the root; real hierarchies have fewer, and a circle must end. */
const MAX_ANCESTORS = 24;
/** Subclasses that are looked at: a base class of a whole framework has hundreds, and says nothing certain. */
const MAX_SUBCLASSES = 64;

interface Expander {
  readonly units: readonly Unit[];
  expand(expr: Expr, unit: Unit, scope: number, query: Query): readonly Bound[];
}

/** Which classes of the tree extend which. */
export class Hierarchy {
  readonly #program: Expander;
  readonly #bases = new Map<Unit, Map<number, readonly Place[]>>();
  #children: ReadonlyMap<Unit, ReadonlyMap<number, readonly Place[]>> | undefined;

  constructor(program: Expander) {
    this.#program = program;
  }

  /** Classes of the tree that a class names as its bases. */
  bases({ unit, index }: Place): readonly Place[] {
    let known = this.#bases.get(unit);
    if (!known) this.#bases.set(unit, (known = new Map()));
    const found = known.get(index);
    if (found) return found;
    known.set(index, []);
    const scope = scopeOf(unit, index);
    const bases = (scope?.bases ?? []).flatMap((base) =>
      this.#program
        .expand(base, unit, scope?.parent ?? 0, { ...newQuery(), base: true })
        .flatMap((bound): Place[] =>
          bound.kind === 'local' && scopeOf(bound.unit, bound.index)?.kind === 'class' ? [{ unit: bound.unit, index: bound.index }] : [],
        ),
    );
    known.set(index, bases);
    return bases;
  }

  /** The class itself, then its bases of the tree, nearest first. */
  lineage(place: Place): readonly Place[] {
    const line: Place[] = [place];
    for (let at = 0; at < line.length && line.length < MAX_ANCESTORS; at++) {
      const current = line[at];
      if (current) line.push(...this.bases(current).filter((base) => !line.some((known) => samePlace(known, base))));
    }
    return line;
  }

  descends(place: Place, from: Place): boolean {
    return this.lineage(place).some((item) => samePlace(item, from));
  }

  /** Classes that extend it, directly or not. */
  subclasses(place: Place): readonly Place[] {
    this.#children ??= this.#index();
    const found: Place[] = [];
    const queue = [place];
    for (let at = 0; at < queue.length && found.length < MAX_SUBCLASSES; at++) {
      const current = queue[at];
      const children = (current && this.#children.get(current.unit)?.get(current.index)) ?? [];
      for (const child of children) {
        if (queue.some((known) => samePlace(known, child))) continue;
        queue.push(child);
        found.push(child);
      }
    }
    return found;
  }

  /** The class whose constructor runs when an object of this one is made. */
  constructing(place: Place): Place {
    return this.lineage(place).find(({ unit, index }) => [...CONSTRUCTORS].some((name) => unit.defs.get(index)?.has(name))) ?? place;
  }

  #index(): Map<Unit, Map<number, Place[]>> {
    const children = new Map<Unit, Map<number, Place[]>>();
    for (const unit of this.#program.units) {
      for (const [index, scope] of unit.facts.scopes.entries()) {
        if (scope.kind !== 'class' || !scope.bases?.length) continue;
        for (const base of this.bases({ unit, index })) {
          let known = children.get(base.unit);
          if (!known) children.set(base.unit, (known = new Map()));
          const list = known.get(base.index);
          if (list) list.push({ unit, index });
          else known.set(base.index, [{ unit, index }]);
        }
      }
    }
    return children;
  }
}
