import { ParseError } from '../../core/errors.ts';
import { IMPLIED_SIZES } from '../pickle/index.ts';
import { Tuple, type Literal } from './literal.ts';

export interface Dtype {
  /** Bytes per element. */
  readonly itemSize: number;
  /** Holds Python objects: the data are a pickle. */
  readonly hasObject: boolean;
}

const SCALAR = /^[<>|=]?([?bBhHiIlLqQefdgFDGSaUVOMmuc])(\d{0,9})(?:\[[\w/]{1,20}\])?$/;
/** Other spellings of objects that `numpy.dtype` takes: a name, a list of fields, a shape or a number before the letter. */
const OBJECTS = /^[<>|=]?(?:object[_0]?|O)$|(?:^|[,)\s\d])[<>|=]?(?:O\d{0,2}|object[_0]?)\s*(?:,|$)/;
/** As in a pickled dtype; a bare `u`, which numpy refuses, counts as a byte. */
const WIDTHS: Readonly<Record<string, number>> = { ...IMPLIED_SIZES, u: 1 };

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
  if (!match && OBJECTS.test(text)) return { itemSize: 0, hasObject: true };
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
