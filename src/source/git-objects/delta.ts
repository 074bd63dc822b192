import { ParseError } from '../../core/errors.ts';

/**
 * Applies a pack delta: copy instructions over `base` and literal bytes.
 * Source: https://git-scm.com/docs/pack-format ("Deltified representation")
 * @throws ParseError where an instruction leaves base or result.
 */
export function applyDelta(base: Buffer, delta: Buffer): Buffer {
  let at = 0;
  const byte = (): number => {
    const value = delta[at++];
    if (value === undefined) throw new ParseError('delta ends inside an instruction', at);
    return value;
  };
  const size = (): number => {
    let value = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const next = byte();
      value += (next & 0x7f) * 2 ** shift;
      if ((next & 0x80) === 0) return value;
    }
    throw new ParseError('delta size is not a number', at);
  };
  if (size() !== base.length) throw new ParseError('delta is for another base', 0);
  const result = Buffer.allocUnsafe(size());
  let written = 0;
  while (at < delta.length) {
    const instruction = byte();
    if (instruction & 0x80) {
      let offset = 0;
      let length = 0;
      for (let i = 0; i < 4; i++) if (instruction & (1 << i)) offset += byte() * 2 ** (8 * i);
      for (let i = 0; i < 3; i++) if (instruction & (0x10 << i)) length += byte() * 2 ** (8 * i);
      if (length === 0) length = 0x10000;
      if (offset + length > base.length || written + length > result.length) throw new ParseError('delta copies outside its base', at);
      written += base.copy(result, written, offset, offset + length);
    } else if (instruction > 0) {
      if (at + instruction > delta.length || written + instruction > result.length)
        throw new ParseError('delta inserts outside its result', at);
      written += delta.copy(result, written, at, at + instruction);
      at += instruction;
    } else throw new ParseError('delta has a reserved instruction', at);
  }
  if (written !== result.length) throw new ParseError('delta result is short', at);
  return result;
}

/** Size of what a delta makes, from its first bytes. */
export function deltaResultSize(head: Buffer): number {
  let at = 0;
  let value = 0;
  for (let numbers = 0; numbers < 2; numbers++) {
    value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = head[at++];
      if (next === undefined || shift > 49) throw new ParseError('delta header is not complete', at);
      value += (next & 0x7f) * 2 ** shift;
      if ((next & 0x80) === 0) break;
    }
  }
  return value;
}
