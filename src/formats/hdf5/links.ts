import { LimitError, ParseError } from '../../core/errors.ts';
import { heapString, readLocalHeap } from './heaps.ts';
import type { Fields, Space } from './space.ts';

export type Link =
  | { readonly type: 'hard'; readonly name: string; readonly address: number }
  | { readonly type: 'soft'; readonly name: string; readonly path: string }
  | { readonly type: 'external'; readonly name: string; readonly file: string };

const MAX_LINKS = 200_000;
const MAX_LEVEL = 32;
const HARD = 0;
const SOFT = 1;
const EXTERNAL = 64;

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** A link message of a new-style group. */
export function readLink(fields: Fields): Link | undefined {
  fields.skip(1);
  const flags = fields.uint(1);
  const type = (flags & 8) === 0 ? HARD : fields.uint(1);
  if ((flags & 4) !== 0) fields.skip(8);
  if ((flags & 16) !== 0) fields.skip(1);
  const name = text(fields.take(fields.uint(1 << (flags & 3))));
  if (type === HARD) {
    const address = fields.address();
    return address === undefined ? undefined : { type: 'hard', name, address };
  }
  const value = fields.take(fields.uint(2));
  if (type === SOFT) return { type: 'soft', name, path: text(value) };
  if (type !== EXTERNAL) return { type: 'external', name, file: `user-defined link ${type}` };
  const end = value.indexOf(0, 1);
  return { type: 'external', name, file: text(value.subarray(1, end < 0 ? value.length : end)) };
}

/** Links of an old-style group: a version 1 B-tree of symbol table nodes. */
export async function readSymbolTable(space: Space, tree: number, heapAddress: number): Promise<Link[]> {
  const heap = await readLocalHeap(space, heapAddress);
  const links: Link[] = [];
  const seen = new Set<number>();
  const visit = async (address: number, level: number): Promise<void> => {
    if (level > MAX_LEVEL || links.length > MAX_LINKS) throw new LimitError('hdf5-links', 'HDF5 group is too large');
    if (seen.has(address)) throw new ParseError('HDF5 B-tree with a loop', address);
    seen.add(address);
    const signature = text(await space.read(address, 4));
    if (signature === 'SNOD') return readNode(space, address, heap, links);
    const head = await space.fields(address, 8 + 2 * space.offsetSize);
    head.signature('TREE');
    if (head.uint(1) !== 0) throw new ParseError('HDF5 B-tree of another kind', address);
    head.skip(1);
    const entries = head.uint(2);
    const body = await space.fields(address + 8 + 2 * space.offsetSize, entries * (space.lengthSize + space.offsetSize));
    for (let i = 0; i < entries; i += 1) {
      body.length();
      const child = body.address();
      if (child !== undefined) await visit(child, level + 1);
    }
  };
  await visit(tree, 0);
  return links;
}

async function readNode(space: Space, address: number, heap: Uint8Array, links: Link[]): Promise<void> {
  const head = await space.fields(address, 8);
  head.skip(6);
  const count = head.uint(2);
  const size = 2 * space.offsetSize + 24;
  const body = await space.fields(address + 8, count * size);
  for (let i = 0; i < count; i += 1) {
    const name = heapString(heap, body.uint(space.offsetSize));
    const target = body.address();
    const cache = body.uint(4);
    body.skip(4);
    const scratch = body.take(16);
    if (cache === 2) links.push({ type: 'soft', name, path: heapString(heap, space.of(scratch).uint(4)) });
    else if (target !== undefined) links.push({ type: 'hard', name, address: target });
  }
}
