import { ParseError } from '../../core/errors.ts';
import { Tuple, type Literal } from './literal.ts';

export interface Dtype {
  /** Bytes per element. */
  readonly itemSize: number;
  /** Holds Python objects: the data are a pickle. */
  readonly hasObject: boolean;
}

const SCALAR = /^[<>|=]?([?bBhHiIlLqQefdgFDGSaUVOMmuc])(\d{0,9})(?:\[[\w/]{1,20}\])?$/;
const WIDTHS: Readonly<Record<string, number>> = {
  '?': 1,
  b: 1,
  B: 1,
  h: 2,
  H: 2,
  i: 4,
  I: 4,
  l: 8,
  L: 8,
  q: 8,
  Q: 8,
  u: 1,
  c: 1,
  e: 2,
  f: 4,
  d: 8,
  g: 16,
  F: 8,
  D: 16,
  G: 32,
  O: 8,
  M: 8,
  m: 8,
  S: 0,
  a: 0,
  U: 0,
  V: 0,
};

/** https://numpy.org/doc/stable/reference/arrays.interface.html (`typestr`, `descr`). Throws ParseError for what is none. */
export function readDtype(descr: Literal | undefined): Dtype {
  if (typeof descr === 'string') return scalar(descr);
  if (descr instanceof Tuple) {
    const [base, shape] = descr.items;
    const inner = readDtype(base);
    return { ...inner, itemSize: inner.itemSize * count(shape) };
  }
  if (!Array.isArray(descr)) throw new ParseError('dtype is no type description');
  let itemSize = 0;
  let hasObject = false;
  for (const field of descr as readonly Literal[]) {
    if (!(field instanceof Tuple) || field.items.length < 2) throw new ParseError('dtype field is no pair');
    const inner = readDtype(field.items[1]);
    itemSize += inner.itemSize * (field.items.length > 2 ? count(field.items[2]) : 1);
    hasObject ||= inner.hasObject;
  }
  return { itemSize, hasObject };
}

function scalar(text: string): Dtype {
  const match = SCALAR.exec(text);
  if (!match) throw new ParseError(`dtype ${JSON.stringify(text.slice(0, 40))} is not known`);
  const [, kind = '', digits = ''] = match;
  const width = digits === '' ? (WIDTHS[kind] ?? 0) : Number(digits) * (kind === 'U' ? 4 : 1);
  return { itemSize: width, hasObject: kind === 'O' };
}

/** Number of elements of a shape. Throws ParseError for negative or unbounded ones. */
export function count(shape: Literal | undefined): number {
  const dims = shape instanceof Tuple ? shape.items : [shape];
  let product = 1;
  for (const dim of dims) {
    if (typeof dim !== 'number' || !Number.isSafeInteger(dim) || dim < 0) throw new ParseError('shape is no tuple of sizes');
    product *= dim;
  }
  if (!Number.isSafeInteger(product)) throw new ParseError('shape overflows');
  return product;
}
