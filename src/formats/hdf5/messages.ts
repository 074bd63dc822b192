import { LimitError, ParseError } from '../../core/errors.ts';
import { verify } from './checksum.ts';
import type { Fields, Space } from './space.ts';

export const MESSAGE = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  link: 6,
  externalFiles: 7,
  layout: 8,
  filters: 11,
  attribute: 12,
  continuation: 16,
  symbolTable: 17,
  attributeInfo: 21,
} as const;

export interface HeaderMessage {
  readonly type: number;
  readonly shared: boolean;
  readonly data: Uint8Array;
}

/** An object has some dozen messages; a thousand attributes are already stored densely. */
const MAX_MESSAGES = 20_000;
const MAX_CHUNKS = 1000;
const SHARED = 2;

function readV1(fields: Fields, messages: HeaderMessage[], chunks: [number, number][], space: Space): void {
  while (fields.remaining >= 8 && messages.length < MAX_MESSAGES) {
    const type = fields.uint(2);
    const size = fields.uint(2);
    const flags = fields.uint(1);
    fields.skip(3);
    push(type, flags, fields.take(Math.min(size, fields.remaining)), messages, chunks, space);
  }
}

function readV2(fields: Fields, ordered: boolean, messages: HeaderMessage[], chunks: [number, number][], space: Space): void {
  while (fields.remaining >= (ordered ? 6 : 4) && messages.length < MAX_MESSAGES) {
    const type = fields.uint(1);
    const size = fields.uint(2);
    const flags = fields.uint(1);
    if (ordered) fields.skip(2);
    push(type, flags, fields.take(size), messages, chunks, space);
  }
}

function push(type: number, flags: number, data: Uint8Array, messages: HeaderMessage[], chunks: [number, number][], space: Space): void {
  if (type === MESSAGE.continuation) {
    const target = space.of(data);
    const address = target.address();
    const length = target.length();
    if (address !== undefined) chunks.push([address, length]);
  } else if (type !== 0) messages.push({ type, shared: (flags & SHARED) !== 0, data });
}

/** All messages of an object header, version 1 or 2, with its continuations. */
export async function readMessages(space: Space, address: number): Promise<HeaderMessage[]> {
  const messages: HeaderMessage[] = [];
  const chunks: [number, number][] = [];
  const head = await space.fields(address, Math.min(32, space.size - address));
  const v2 = Buffer.from(head.bytes.subarray(0, 4)).toString('latin1') === 'OHDR';
  let ordered = false;
  if (v2) {
    head.skip(5);
    const flags = head.uint(1);
    if ((flags & 0x20) !== 0) head.skip(16);
    if ((flags & 0x10) !== 0) head.skip(4);
    const size = head.uint(1 << (flags & 3));
    ordered = (flags & 4) !== 0;
    await verify(space, address, head.at + size + 4, 'object header');
    readV2(await space.fields(address + head.at, size), ordered, messages, chunks, space);
  } else {
    if (head.uint(1) !== 1) throw new ParseError('unknown HDF5 object header', address);
    head.skip(7);
    readV1(await space.fields(address + 16, head.uint(4)), messages, chunks, space);
  }
  const seen = new Set<number>();
  for (let i = 0; i < chunks.length; i += 1) {
    if (i >= MAX_CHUNKS) throw new LimitError('hdf5-chunks', 'HDF5 object header with too many parts');
    const [start, length] = chunks[i] ?? [0, 0];
    if (seen.has(start)) throw new ParseError('HDF5 object header continues into itself', start);
    seen.add(start);
    if (v2) {
      const chunk = await space.fields(start, length);
      chunk.signature('OCHK');
      await verify(space, start, length, 'object header');
      readV2(space.of(chunk.bytes.subarray(4, Math.max(4, chunk.bytes.length - 4))), ordered, messages, chunks, space);
    } else readV1(await space.fields(start, length), messages, chunks, space);
  }
  if (messages.length >= MAX_MESSAGES) throw new LimitError('hdf5-messages', 'HDF5 object with too many messages');
  return messages;
}
