import { LimitError, ParseError } from '../core/errors.ts';
import type { Cursor } from './cursor.ts';

/** What a reader of MessagePack is told, in order. */
export interface MsgpackVisitor {
  /** Text of a key or value, cut at `limit`. */
  readonly text?: (text: string, isKey: boolean) => void | Promise<void>;
  /** Binary data: where it stands. */
  readonly binary?: (start: number, length: number) => void | Promise<void>;
  readonly extension?: (type: number, start: number, length: number) => void | Promise<void>;
  readonly step: () => void;
}

/** flax nests one level per module; the deepest are below 30. */
const MAX_DEPTH = 200;
const MAX_TEXT = 64 * 1024;

/** Walks one value: https://github.com/msgpack/msgpack/blob/master/spec.md. Data is passed over. */
export async function walkMsgpack(cursor: Cursor, visitor: MsgpackVisitor, depth = 0, isKey = false): Promise<void> {
  if (depth > MAX_DEPTH) throw new LimitError('msgpack-depth', `nested deeper than ${MAX_DEPTH}`);
  visitor.step();
  const u8 = async (): Promise<number> => (await cursor.need(1), cursor.u8());
  const u16 = async (): Promise<number> => (await cursor.need(2), cursor.u16());
  const u32 = async (): Promise<number> => (await cursor.need(4), cursor.u32());
  const sized = async (size: number): Promise<number> => (size === 1 ? u8() : size === 2 ? u16() : u32());
  const text = async (length: number): Promise<void> => {
    if (length > cursor.remaining) throw new ParseError('string ends beyond the data', cursor.position);
    const start = cursor.position;
    const bytes = await cursor.bytes(Math.min(length, MAX_TEXT));
    await visitor.text?.(Buffer.from(bytes).toString('utf8'), isKey);
    cursor.seek(start + length);
  };
  const binary = async (length: number, type?: number): Promise<void> => {
    if (length > cursor.remaining) throw new ParseError('data ends beyond the file', cursor.position);
    const start = cursor.position;
    if (type === undefined) await visitor.binary?.(start, length);
    else await visitor.extension?.(type, start, length);
    cursor.seek(start + length);
  };
  const items = async (count: number, map: boolean): Promise<void> => {
    if (count > cursor.remaining) throw new ParseError('collection ends beyond the data', cursor.position);
    for (let i = 0; i < count; i += 1) {
      if (map) await walkMsgpack(cursor, visitor, depth + 1, true);
      await walkMsgpack(cursor, visitor, depth + 1);
    }
  };
  const extension = async (length: number): Promise<void> => {
    await cursor.need(1);
    return binary(length, cursor.i8());
  };
  const code = await u8();
  if (code < 0x80 || code >= 0xe0) return;
  if (code < 0x90) return items(code & 15, true);
  if (code < 0xa0) return items(code & 15, false);
  if (code < 0xc0) return text(code & 31);
  switch (code) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return;
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return binary(await sized(1 << (code - 0xc4)));
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return extension(await sized(1 << (code - 0xc7)));
    case 0xca:
    case 0xce:
    case 0xd2:
      return cursor.skip(4);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return cursor.skip(8);
    case 0xcc:
    case 0xd0:
      return cursor.skip(1);
    case 0xcd:
    case 0xd1:
      return cursor.skip(2);
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return extension(1 << (code - 0xd4));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return text(await sized(1 << (code - 0xd9)));
    case 0xdc:
      return items(await u16(), false);
    case 0xdd:
      return items(await u32(), false);
    case 0xde:
      return items(await u16(), true);
    case 0xdf:
      return items(await u32(), true);
    default:
      throw new ParseError(`invalid MessagePack code ${code}`, cursor.position - 1);
  }
}
