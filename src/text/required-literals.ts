/** A text of which every match of a pattern holds one. Lower case: it is looked for without regard to case. */
export interface Literal {
  readonly text: string;
  /** No word character stands before it. */
  readonly bound: boolean;
}

/** Strings of one part of a pattern; more make the search slower than the pattern. */
const MAX_LITERALS = 256;
const MAX_LENGTH = 24;
/** Shorter ones stand in every text; at the beginning of a word they are rarer. */
const MIN_LENGTH = 3;
const MIN_BOUND_LENGTH = 2;
/** Literals longer than this are no better. */
const LONG = 8;
/** Characters of a class that are told apart. */
const MAX_CLASS = 6;

interface Needed extends Literal {
  /** Begins where the match of its part begins. */
  readonly first: boolean;
}

/** What is known of a part: all that it matches, or what every match of it holds. */
interface Part {
  readonly exact?: readonly string[];
  readonly needed?: readonly Needed[];
  /** `\b`, `^`, a look-around: matches no characters. */
  readonly width?: 0;
  readonly boundary?: true;
}

const EMPTY: Part = { exact: [''], width: 0 };
const ANYTHING: Part = {};

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];

const asNeeded = (exact: readonly string[], first: boolean, bound: boolean): Needed[] =>
  exact.map((text) => ({ text, first, bound: bound && /^\w/.test(text) }));

const neededOf = ({ exact, needed }: Part): readonly Needed[] | undefined =>
  needed ?? (exact && !exact.includes('') ? asNeeded(exact, true, false) : undefined);

const shortest = (needed: readonly Needed[]): number => Math.min(LONG, ...needed.map(({ text }) => text.length));

function better(a: readonly Needed[] | undefined, b: readonly Needed[]): readonly Needed[] {
  if (!a) return b;
  const [lengthA, lengthB] = [shortest(a), shortest(b)];
  return lengthB > lengthA || (lengthB === lengthA && b.length < a.length) ? b : a;
}

/** Of parts one after the other: the best of what each needs, with neighbours that are known wholly put together. */
function sequence(parts: readonly Part[]): Part {
  let whole = true;
  let best: readonly Needed[] | undefined;
  let run = { texts: [''], first: true, bound: false };
  const end = (): void => {
    if (run.texts.every((text) => text !== '')) best = better(best, asNeeded(run.texts, run.first, run.bound));
    run = { texts: [''], first: false, bound: false };
  };
  for (const part of parts) {
    const started = run.texts.some((text) => text !== '');
    if (part.width === 0) {
      if (part.boundary && !started) run.bound = true;
      continue;
    }
    const { exact } = part;
    const crossed = exact ? unique(run.texts.flatMap((head) => exact.map((tail) => head + tail))) : [];
    if (exact && crossed.length <= MAX_LITERALS && crossed.every((text) => text.length <= MAX_LENGTH)) {
      run.texts = crossed;
      continue;
    }
    whole = false;
    const { first, bound } = run;
    end();
    const needed = neededOf(part);
    if (needed) {
      best = better(
        best,
        needed.map((item) => ({
          text: item.text,
          first: item.first && first && !started,
          bound: item.bound || (item.first && bound && !started && /^\w/.test(item.text)),
        })),
      );
    }
  }
  const { texts } = run;
  end();
  return { ...(whole ? { exact: texts } : {}), ...(best ? { needed: best } : {}) };
}

function alternatives(options: readonly Part[]): Part {
  const [only] = options;
  if (options.length === 1 && only) return only;
  const exact = options.every((option) => option.exact) ? unique(options.flatMap((option) => option.exact ?? [])) : undefined;
  const needed = options.every((option) => option.needed) ? options.flatMap((option) => option.needed ?? []) : undefined;
  return {
    ...(exact && exact.length <= MAX_LITERALS ? { exact } : {}),
    ...(needed && needed.length <= MAX_LITERALS ? { needed } : {}),
  };
}

function repeated(part: Part, least: number, most: number): Part {
  if (part.width === 0 || (least === 1 && most === 1)) return part;
  if (least === 0) return most === 1 && part.exact ? { exact: unique(['', ...part.exact]) } : ANYTHING;
  const needed = neededOf(part);
  return needed ? { needed } : ANYTHING;
}

/** Reads a regular expression as far as its literals go; what it does not know may be anything. */
class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  disjunction(): Part {
    const options = [this.#alternative()];
    while (this.#source[this.#at] === '|') {
      this.#at++;
      options.push(this.#alternative());
    }
    return alternatives(options);
  }

  #alternative(): Part {
    const parts: Part[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) parts.push(this.#quantified(this.#atom()));
    return sequence(parts);
  }

  #quantified(part: Part): Part {
    const [mark, least, most] = /^(?:[?*+]|\{(\d+)(?:,(\d*))?\})\??/.exec(this.#source.slice(this.#at, this.#at + 24)) ?? [];
    if (mark === undefined) return part;
    this.#at += mark.length;
    if (mark.startsWith('?')) return repeated(part, 0, 1);
    if (mark.startsWith('*')) return repeated(part, 0, Number.POSITIVE_INFINITY);
    if (mark.startsWith('+')) return repeated(part, 1, Number.POSITIVE_INFINITY);
    return repeated(part, Number(least), most === undefined ? Number(least) : Number(most || Number.POSITIVE_INFINITY));
  }

  #atom(): Part {
    const char = this.#source[this.#at++] ?? '';
    if (char === '(') return this.#group();
    if (char === '[') return this.#class();
    if (char === '\\') return this.#escape();
    if (char === '^' || char === '$') return EMPTY;
    return char === '.' ? ANYTHING : literal(char);
  }

  #group(): Part {
    const [opening = ''] = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.#source.slice(this.#at, this.#at + 80)) ?? [];
    this.#at += opening.length;
    const part = this.disjunction();
    this.#at++;
    return /[=!]$/.test(opening) ? EMPTY : part;
  }

  #class(): Part {
    const from = this.#at;
    while (this.#at < this.#source.length && this.#source[this.#at] !== ']') this.#at += this.#source[this.#at] === '\\' ? 2 : 1;
    const inside = this.#source.slice(from, this.#at++);
    if (inside.startsWith('^') || /\\[^-./\]\\]|[^\\]-./.test(inside)) return ANYTHING;
    const chars = unique([...inside.replaceAll(/\\(.)/g, '$1').toLowerCase()]);
    return chars.length > 0 && chars.length <= MAX_CLASS && chars.every(isAscii) ? { exact: chars } : ANYTHING;
  }

  #escape(): Part {
    const char = this.#source[this.#at++] ?? '';
    if (char === 'b') return { ...EMPTY, boundary: true };
    if (char === 'B') return EMPTY;
    // A class of characters, a code point, a group seen before.
    if (/[a-zA-Z0-9]/.test(char)) {
      this.#at +=
        /^(?:u\{?[0-9a-fA-F]+\}?|x[0-9a-fA-F]{2}|[pPk][{<][^}>]*[}>])/
          .exec(char + this.#source.slice(this.#at, this.#at + 40))?.[0]
          .slice(1).length ?? 0;
      return ANYTHING;
    }
    return literal(char);
  }
}

const isAscii = (char: string): boolean => char < '\u0080';
const literal = (char: string): Part => (isAscii(char) ? { exact: [char.toLowerCase()] } : ANYTHING);

/** Literals of which every match of the pattern holds one; undefined where there are none that tell much. */
export function requiredLiterals(pattern: RegExp): readonly Literal[] | undefined {
  const all = neededOf(new Reader(pattern.source).disjunction());
  if (!all || all.some(({ text, bound }) => text.length < (bound ? MIN_BOUND_LENGTH : MIN_LENGTH))) return undefined;
  return all.map(({ text, bound }) => ({ text, bound }));
}
