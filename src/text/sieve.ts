import { requiredLiterals, type Literal } from './required-literals.ts';

/*
 * Whether patterns occur in a text, for many patterns and many texts. One pass over a text finds which literals
 * stand in it (Aho and Corasick, "Efficient string matching", 1975); a pattern is only tried where one of those
 * that its matches must hold does. A pattern without such literals is always tried.
 */

interface Automaton {
  /** Row of the next state, by row of the state and class of the character. Rows from `ending` on end literals. */
  readonly next: Int32Array;
  readonly classes: Uint8Array;
  readonly ending: number;
  readonly endings: ReadonlyMap<number, readonly Ending[]>;
}

interface Ending extends Literal {
  readonly pattern: number;
}

/** Patterns are constants of the product; there are about a hundred. More are tried plainly. */
export const MAX_PATTERNS = 1_000;
/** Texts after which the automaton is built anew for a few new patterns; they are tried plainly until then. */
const MAX_WAIT = 50;
/** Texts of a scan come one after the other: a file, and its decoded form. */
const REMEMBERED_TEXTS = 2;

const ASCII = 128;
/** Whether a character is one of a word, by its code. */
const WORD = Uint8Array.from({ length: ASCII }, (_, code) => (/\w/.test(String.fromCharCode(code)) ? 1 : 0));

/** Classes of characters by their code: 0 is what no literal holds, upper case counts as lower. Returns how many there are. */
function classify(literals: readonly Ending[], classes: Uint8Array): number {
  let count = 1;
  for (const { text } of literals)
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (classes[code] !== 0) continue;
      classes[code] = count;
      classes[(text[index] ?? '').toUpperCase().charCodeAt(0)] = count++;
    }
  return count;
}

interface Node {
  readonly children: Map<number, Node>;
  readonly ends: Ending[];
  fail: Node | undefined;
  row: number;
}

function build(literals: readonly Ending[]): Automaton {
  const node = (): Node => ({ children: new Map(), ends: [], fail: undefined, row: 0 });
  const root = node();
  const classes = new Uint8Array(ASCII);
  const width = classify(literals, classes);
  for (const ending of literals) {
    let at = root;
    for (let index = 0; index < ending.text.length; index++) {
      const code = classes[ending.text.charCodeAt(index)] ?? 0;
      let child = at.children.get(code);
      if (!child) at.children.set(code, (child = node()));
      at = child;
    }
    at.ends.push(ending);
  }
  const order: Node[] = [root];
  for (const parent of order) {
    for (const [code, child] of parent.children) {
      let fail = parent.fail;
      while (fail && !fail.children.has(code)) fail = fail.fail;
      child.fail = fail?.children.get(code) ?? root;
      child.ends.push(...child.fail.ends);
      order.push(child);
    }
  }
  // The states that end something come last: one comparison tells them.
  const plain = order.filter(({ ends }) => ends.length === 0);
  const sorted = [...plain, ...order.filter(({ ends }) => ends.length > 0)];
  for (const [index, state] of sorted.entries()) state.row = index * width;
  const next = new Int32Array(sorted.length * width);
  for (const state of order) {
    const { row, fail } = state;
    if (fail) next.copyWithin(row, fail.row, fail.row + width);
    for (const [code, child] of state.children) next[row + code] = child.row;
  }
  const endings = new Map(sorted.slice(plain.length).map(({ row, ends }) => [row, ends]));
  return { next, classes, ending: plain.length * width, endings };
}

/** Patterns one of whose literals stands in the text. */
function literalsIn(text: string, { next, classes, ending, endings }: Automaton): ReadonlySet<number> {
  const found = new Set<number>();
  let row = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    row = code < ASCII ? (next[row + (classes[code] as number)] as number) : 0;
    if (row < ending) continue;
    for (const { pattern, text: literal, bound } of endings.get(row) ?? []) {
      if (found.has(pattern)) continue;
      const before = bound ? text.charCodeAt(index - literal.length) : -1;
      if (WORD[before] !== 1) found.add(pattern);
    }
  }
  return found;
}

interface Sifted {
  readonly text: string;
  /** Patterns one of whose literals stands in the text. */
  readonly found: ReadonlySet<number>;
  /** Patterns that were looked for: those with a lower number. */
  readonly known: number;
}

/** Learns patterns as it is asked for them. */
export class Sieve {
  /** Number of a pattern that has literals. */
  readonly #numbers = new Map<RegExp, number | undefined>();
  readonly #literals: Ending[] = [];
  #automaton: Automaton | undefined;
  #learnt = 0;
  #built = 0;
  /** Texts since a pattern is waiting to be looked for. */
  #waited = 0;
  #texts: Sifted[] = [];

  test(pattern: RegExp, text: string): boolean {
    if (!this.#numbers.has(pattern) && this.#numbers.size < MAX_PATTERNS) this.#learn(pattern);
    const number = this.#numbers.get(pattern);
    if (number === undefined) return pattern.test(text);
    const { found, known } = this.#read(text);
    return (number >= known || found.has(number)) && pattern.test(text);
  }

  #learn(pattern: RegExp): void {
    const literals = requiredLiterals(pattern);
    const number = literals ? this.#learnt++ : undefined;
    this.#numbers.set(pattern, number);
    if (literals && number !== undefined) this.#literals.push(...literals.map((literal) => ({ ...literal, pattern: number })));
  }

  #read(text: string): Sifted {
    const seen = this.#texts.find((item) => item.text === text);
    if (seen) return seen;
    const more = this.#learnt - this.#built;
    if (!this.#automaton || more > this.#built || (more > 0 && ++this.#waited > MAX_WAIT)) {
      this.#waited = 0;
      this.#automaton = build(this.#literals);
      this.#built = this.#learnt;
    }
    const item = { text, found: literalsIn(text, this.#automaton), known: this.#built };
    this.#texts = [item, ...this.#texts.slice(0, REMEMBERED_TEXTS - 1)];
    return item;
  }
}

const sieve = new Sieve();

/** `pattern.test(text)`, sooner where many patterns are asked of the same text. The pattern keeps no state: neither `g` nor `y`. */
export const occurs = (pattern: RegExp, text: string): boolean => sieve.test(pattern, text);
