import { ParseError } from '../../core/errors.ts';
import type { RawData, RawHook } from './api.ts';
import { elementType } from './dtype.ts';
import { classOfObject } from './state.ts';
import { DictValue, SequenceValue, type ObjectValue } from './values.ts';

/** An array of more bytes than this is not in a file. */
const MAX_ARRAY = Number.MAX_SAFE_INTEGER;

function elements(shape: SequenceValue): number {
  if (shape.items.length < shape.size) throw new ParseError('array shape is not known');
  let count = 1;
  for (const length of shape.items) {
    if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) throw new ParseError('array shape is not made of sizes');
    count *= length;
    if (count > MAX_ARRAY) throw new ParseError('array shape is beyond any file');
  }
  return count;
}

async function rawArray(
  object: ObjectValue,
  position: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<RawData | undefined> {
  const { state } = object;
  if (!(state instanceof DictValue)) return undefined;
  const shape = state.get('shape');
  const element = elementType(state.get('dtype'));
  if (!(shape instanceof SequenceValue) || element === undefined) throw new ParseError('array wrapper without shape or dtype', position);
  if (element.objects) return { type: 'pickle' };
  const alignment = state.get('numpy_array_alignment_bytes');
  let padding = 0;
  if (alignment !== undefined && alignment !== null) {
    const [length] = await read(position, 1);
    if (length === undefined) throw new ParseError('array data was truncated', position);
    padding = 1 + length;
  }
  return { type: 'skip', length: padding + elements(shape) * element.size };
}

/**
 * joblib 0.10 and later write an array as a pickled `NumpyArrayWrapper` and, right behind its
 * BUILD, the raw bytes (`joblib/numpy_pickle.py`, `NumpyArrayWrapper.read_array`). Older versions
 * name separate files and need nothing here.
 */
export const joblibArrays: RawHook = (built, position, read) => {
  const cls = classOfObject(built);
  if (cls?.name !== 'NumpyArrayWrapper' || !/(?:^|\.)joblib\.numpy_pickle$/.test(cls.module)) return undefined;
  return rawArray(built, position, read);
};
