import { ObjectValue, SequenceValue, GlobalValue, type Value } from './values.ts';
import { argumentsOf, textOf } from './walk.ts';

export interface ElementType {
  /** Bytes of one element in the file. */
  readonly size: number;
  /** Elements are Python objects: the array is a pickle. */
  readonly objects: boolean;
}

/** Nested field types of one dtype. */
const MAX_DEPTH = 8;
/** `numpy.dtype.flags` bit: elements are references. */
const HAS_REFERENCES = 1;
const CODE = /^[<>|=]?([?bBhHiIlLqQpPefdgFDGSaUVOmMcu])(\d*)$/;
/** Bytes of a numpy type character that stands without a size. */
export const IMPLIED_SIZES: Readonly<Record<string, number>> = {
  '?': 1,
  c: 1,
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
  p: 8,
  P: 8,
  e: 2,
  f: 4,
  d: 8,
  g: 16,
  F: 8,
  D: 16,
  G: 32,
  O: 8,
  m: 8,
  M: 8,
};

/** Size of a type string such as `f8`, `<U10`, `V16`, `b1`. `undefined` where it is none. */
export function sizeOfCode(code: string): ElementType | undefined {
  const match = CODE.exec(code);
  if (!match?.[1]) return undefined;
  const digits = match[2] === '' ? undefined : Number(match[2]);
  const size = digits === undefined ? (IMPLIED_SIZES[match[1]] ?? 0) : match[1] === 'U' ? digits * 4 : digits;
  return { size, objects: match[1] === 'O' };
}

/** Element type of a pickled `numpy.dtype`: the type string and the state tuple of its BUILD. */
export function elementType(value: Value | undefined, depth = 0): ElementType | undefined {
  if (depth > MAX_DEPTH || !(value instanceof ObjectValue) || !(value.callee instanceof GlobalValue) || value.callee.path !== 'numpy.dtype')
    return undefined;
  const code = textOf(argumentsOf(value)[0]);
  const base = code === undefined ? undefined : sizeOfCode(code);
  if (base === undefined) return undefined;
  const state = value.state instanceof SequenceValue ? value.state.items : [];
  const [, , , , fields, elementSize, , flags] = state;
  // Only strings and records take their size from the state (numpy arraydescr_setstate).
  const extended = code !== undefined && /[SUVa]/.test(code);
  const size = extended && typeof elementSize === 'number' && elementSize >= 0 ? elementSize : base.size;
  let objects = base.objects || (typeof flags === 'number' && (flags & HAS_REFERENCES) !== 0);
  if (fields !== undefined && fields !== null && typeof fields === 'object' && fields.kind === 'dict') {
    for (const field of fields.values) {
      if (field instanceof SequenceValue && elementType(field.items[0], depth + 1)?.objects) objects = true;
    }
  }
  return { size, objects };
}
