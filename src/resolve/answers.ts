import type { Expr } from '../lang/facts.ts';
import type { Query } from './bound.ts';
import type { Unit } from './unit.ts';

/** Times that a question is asked inside itself: `config = config["model"]` needs one, `x = f(x)` none. */
const MAX_ROUNDS = 1;

/** How far the answer to one question is: what one expression is in one scope. */
interface Answer<T> {
  /** What was found, where no limit and no circle kept anything out. */
  found?: T;
  /** Who is asking it at this moment, how often inside itself, and the level at which it was asked first. */
  asker: Query | undefined;
  rounds: number;
  first: number;
}

/**
 * What expressions were found to be. The same names are asked for again and again: nine of ten questions were answered
 * before. A question that leads back to itself ends there, and only the outermost of such a circle has a whole answer.
 */
export class Answers<T> {
  /** By file and scope: one object may stand for a name in many of them. */
  readonly #known = new Map<Unit, Map<Expr, Answer<T>>[]>();

  readonly #isWhole: () => boolean;

  /** `isWhole`: whether what is found now may be kept. */
  constructor(isWhole: () => boolean = () => true) {
    this.#isWhole = isWhole;
  }

  /** `instead`: the answer inside a circle. */
  ask(expr: Expr, unit: Unit, scope: number, query: Query, find: () => T, instead: T): T {
    const answer = this.#of(expr, unit, scope);
    // What is asked for an object of one class, or of base classes, has answers of its own.
    const plain = query.as === undefined && !query.base;
    if (plain && answer.found !== undefined) return answer.found;
    const { asker, rounds, first } = answer;
    if (asker === query && rounds >= MAX_ROUNDS) {
      query.circle = Math.min(query.circle, first);
      return instead;
    }
    const { cuts, circle, level } = query;
    query.circle = Number.POSITIVE_INFINITY;
    if (asker === query) answer.rounds++;
    else Object.assign(answer, { asker: query, rounds: 0, first: level });
    query.level++;
    const found = find();
    query.level--;
    Object.assign(answer, { asker, rounds, first });
    const closed = query.circle >= level;
    if (plain && closed && query.cuts === cuts && this.#isWhole()) answer.found = found;
    query.circle = closed ? circle : Math.min(circle, query.circle);
    return found;
  }

  #of(expr: Expr, unit: Unit, scope: number): Answer<T> {
    let scopes = this.#known.get(unit);
    if (!scopes) this.#known.set(unit, (scopes = []));
    const known = (scopes[scope] ??= new Map<Expr, Answer<T>>());
    let answer = known.get(expr);
    if (!answer) known.set(expr, (answer = { asker: undefined, rounds: 0, first: 0 }));
    return answer;
  }
}
