import { LimitError, ParseError } from '../../core/errors.ts';

/**
 * A Snappy block (https://github.com/google/snappy/blob/main/format_description.txt): its length, then
 * literals and copies. Throws `ParseError` for damage and `LimitError` where it says to be longer than `limit`.
 */
export function unsnappy(input: Uint8Array, limit: number): Uint8Array {
  let at = 0;
  const byte = (): number => {
    const value = input[at];
    if (value === undefined) throw new ParseError('Snappy data are cut off', at);
    at += 1;
    return value;
  };
  const little = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1) value += byte() * 2 ** (8 * index);
    return value;
  };
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    if (shift > 28) throw new ParseError('Snappy length is too long', at);
    const part = byte();
    size += (part & 0x7f) * 2 ** shift;
    if (part < 0x80) break;
  }
  if (size > limit) throw new LimitError('MAX_BLOCK', `Snappy block of ${size} bytes`);
  const out = new Uint8Array(size);
  let length = 0;
  while (at < input.length) {
    const tag = byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const count = (short < 60 ? short : little(short - 59)) + 1;
      if (count > size - length || count > input.length - at) throw new ParseError('Snappy literal overruns', at);
      out.set(input.subarray(at, at + count), length);
      at += count;
      length += count;
      continue;
    }
    const count = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const distance = kind === 1 ? ((tag >> 5) << 8) | byte() : little(kind === 2 ? 2 : 4);
    if (distance === 0 || distance > length || count > size - length) throw new ParseError('Snappy copy reaches out of the data', at);
    for (let index = 0; index < count; index += 1) out[length + index] = out[length + index - distance] ?? 0;
    length += count;
  }
  if (length !== size) throw new ParseError('Snappy block is shorter than it says', at);
  return out;
}
