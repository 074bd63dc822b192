import { LimitError, ParseError } from '../../core/errors.ts';

/** Classes of `mxClassID` that hold other arrays, or code. */
const CELL = 1;
const STRUCT = 2;
const OBJECT = 3;
const FUNCTION = 16;
const OPAQUE = 17;
const MATRIX = 14;
const CLASSES: ReadonlyMap<number, string> = new Map([
  [CELL, 'cell'],
  [STRUCT, 'struct'],
  [OBJECT, 'object'],
  [4, 'char'],
  [5, 'sparse'],
  [6, 'double'],
  [7, 'single'],
  [8, 'int8'],
  [9, 'uint8'],
  [10, 'int16'],
  [11, 'uint16'],
  [12, 'int32'],
  [13, 'uint32'],
  [14, 'int64'],
  [15, 'uint64'],
  [FUNCTION, 'function'],
  [OPAQUE, 'opaque'],
]);
/** Cells in cells; real files have three. */
const MAX_DEPTH = 64;
/** Cells of one array that wait for their look. */
const MAX_PENDING = 500_000;
/** Subelements of a numeric array: flags, dimensions, name, real and imaginary part, or row and column indices. */
const MAX_PARTS = 6;

/** A tag of the format: type and size of the data, and where the data begins and the next tag stands. */
export interface Element {
  readonly type: number;
  readonly size: number;
  readonly start: number;
  readonly next: number;
}

/** Tag at `at`; `base` is where the view stands in the file. Sizes up to 4 bytes share the first eight bytes with their type. */
export function elementAt(view: DataView, at: number, end: number, little: boolean, base = 0): Element {
  if (at + 8 > end) throw new ParseError('MATLAB tag is cut off', base + at);
  const word = view.getUint32(at, little);
  const small = word >>> 16;
  if (small !== 0) {
    if (small > 4) throw new ParseError('no MATLAB tag', base + at);
    return { type: word & 0xffff, size: small, start: at + 4, next: at + 8 };
  }
  const size = view.getUint32(at + 4, little);
  const padded = word === 15 ? size : Math.ceil(size / 8) * 8;
  return { type: word, size, start: at + 8, next: at + 8 + padded };
}

/** Counts arrays by class through cells and structures. `seen` is called for each. */
export function walkMatrix(bytes: Uint8Array, little: boolean, seen: (className: string) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: { readonly start: number; readonly end: number; readonly depth: number }[] = [{ start: 0, end: bytes.length, depth: 0 }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (item.depth > MAX_DEPTH) throw new LimitError('matlab-depth', 'MATLAB arrays nested too deep');
    const parts: Element[] = [];
    let at = item.start;
    let kind = 0;
    while (at + 8 <= item.end) {
      const element = elementAt(view, at, item.end, little);
      if (element.start + element.size > item.end) throw new ParseError('MATLAB element ends behind its array', at);
      if (parts.length === 0) {
        if (element.type !== 6 || element.size !== 8) throw new ParseError('MATLAB array without flags', at);
        kind = view.getUint32(element.start, little) & 0xff;
        if (!CLASSES.has(kind)) throw new ParseError(`unknown MATLAB class ${kind}`, at);
        seen(CLASSES.get(kind) ?? '');
        if (kind === FUNCTION || kind === OPAQUE) break;
      } else if (element.type === MATRIX) {
        if (kind !== CELL && kind !== STRUCT && kind !== OBJECT) throw new ParseError('MATLAB array inside numbers', at);
        if (stack.length >= MAX_PENDING) throw new LimitError('matlab-cells', 'too many cells in one MATLAB array');
        if (element.size > 0) stack.push({ start: element.start, end: element.start + element.size, depth: item.depth + 1 });
      } else if (parts.length > MAX_PARTS) throw new ParseError('too many parts of a MATLAB array', at);
      // An empty cell is an element without content.
      if (element.type !== MATRIX) parts.push(element);
      at = element.next;
    }
  }
}
