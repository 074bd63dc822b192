/**
 * Order of Maven versions as `org.apache.maven.artifact.versioning.ComparableVersion` defines it
 * (https://maven.apache.org/pom.html#version-order-specification). No maintained npm package does
 * this; the test vectors are those of Maven's own ComparableVersionTest.
 */
type Item =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'word'; readonly value: string }
  | { readonly kind: 'list'; readonly items: Item[] };

/** Longer ones are no versions that anybody publishes; comparing is linear, building big integers is not. */
const MAX_LENGTH = 256;

const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const RELEASE = QUALIFIERS.indexOf('');
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['cr', 'rc'],
  ['ga', ''],
  ['final', ''],
  ['release', ''],
]);
/** `1-a1` is `1-alpha-1`: single letters directly before a digit. */
const BEFORE_DIGIT: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

const wordItem = (text: string, digitFollows: boolean): Item => {
  const word = (digitFollows ? BEFORE_DIGIT.get(text) : undefined) ?? text;
  return { kind: 'word', value: ALIASES.get(word) ?? word };
};

const rank = (word: string): string => {
  const index = QUALIFIERS.indexOf(word);
  return index >= 0 ? `${index}` : `${QUALIFIERS.length}-${word}`;
};

const isNull = (item: Item): boolean =>
  item.kind === 'number' ? item.value === 0n : item.kind === 'word' ? QUALIFIERS.indexOf(item.value) === RELEASE : item.items.length === 0;

const startsWithWord = (item: Item | undefined): boolean =>
  item?.kind === 'word' || (item?.kind === 'list' && item.items[0]?.kind === 'word');

/** Zeros and releases at the end and before a qualifier say nothing: `1.0.0` is `1`, `1.0-rc` is `1-rc`, but `1.0-1` is not `1-1`. */
function normalise(list: Item[]): void {
  for (let i = list.length - 1; i >= 0; i -= 1) {
    const item = list[i];
    if (item && isNull(item) && (i === list.length - 1 || startsWithWord(list[i + 1]))) list.splice(i, 1);
  }
}

function parse(version: string): Item[] {
  const text = version.toLowerCase().slice(0, MAX_LENGTH);
  const root: Item[] = [];
  const stack: Item[][] = [root];
  let list = root;
  let start = 0;
  let digits = false;
  const push = (end: number, digitFollows: boolean): void => {
    const part = text.slice(start, end);
    list.push(digits ? { kind: 'number', value: BigInt(part) } : wordItem(part, digitFollows));
  };
  const deeper = (): void => {
    const inner: Item[] = [];
    list.push({ kind: 'list', items: inner });
    list = inner;
    stack.push(inner);
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '.' || char === '-') {
      if (i === start) list.push({ kind: 'number', value: 0n });
      else push(i, false);
      start = i + 1;
      if (char === '-') deeper();
      digits = false;
      continue;
    }
    const digit = char >= '0' && char <= '9';
    if (digit !== digits && i > start) {
      push(i, digit);
      start = i;
      deeper();
    }
    digits = digit;
  }
  if (text.length > start) push(text.length, false);
  for (const item of stack.reverse()) normalise(item);
  return root;
}

function compareToNothing(item: Item): number {
  if (item.kind === 'number') return item.value === 0n ? 0 : 1;
  if (item.kind === 'word') return compareText(rank(item.value), `${RELEASE}`);
  for (const inner of item.items) {
    const result = compareToNothing(inner);
    if (result !== 0) return result;
  }
  return 0;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
/** A list (`1-1`) stands above a word (`1-sp`) and below a number (`1.1`). */
const KINDS = { word: 0, list: 1, number: 2 } as const;

function compareItems(a: Item | undefined, b: Item | undefined): number {
  if (a === undefined) return b === undefined ? 0 : -compareToNothing(b);
  if (b === undefined) return compareToNothing(a);
  if (a.kind === 'number' && b.kind === 'number') return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (a.kind === 'word' && b.kind === 'word') return compareText(rank(a.value), rank(b.value));
  if (a.kind === 'list' && b.kind === 'list') return compareLists(a.items, b.items);
  return KINDS[a.kind] - KINDS[b.kind];
}

function compareLists(a: readonly Item[], b: readonly Item[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const result = compareItems(a[i], b[i]);
    if (result !== 0) return result;
  }
  return 0;
}

export const compareMaven = (a: string, b: string): number => compareLists(parse(a), parse(b));
