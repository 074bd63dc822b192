import { ParseError } from '../../core/errors.ts';
import type { ObjectStore } from './store.ts';

export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** Seconds since 1970, as the committer's clock said. */
  readonly time: number;
}

/** Where two branches parted lies rarely a few thousand commits back; a search that goes on costs more than it tells. */
export const MAX_COMMITS = 20_000;

/** @throws ParseError where the object is missing or no commit. */
export async function readCommit(store: ObjectStore, id: string): Promise<Commit> {
  const { type, data } = await store.read(id);
  const header = type === 'commit' ? data.toString('latin1').split('\n\n', 1)[0] : undefined;
  const tree = header === undefined ? undefined : /^tree ([0-9a-f]{40})(?:\n|$)/.exec(header)?.[1];
  if (header === undefined || tree === undefined) throw new ParseError(`${id} is not a commit`);
  return {
    tree,
    parents: [...header.matchAll(/^parent ([0-9a-f]{40})$/gm)].map((match) => match[1] ?? ''),
    time: Number(/^committer .*> (\d{1,12}) /m.exec(header)?.[1] ?? 0),
  };
}

/**
 * The newest commit that both have in their history. `undefined` where the clone does not reach that far
 * (a shallow one) or where there is none.
 */
export async function mergeBase(store: ObjectStore, one: string, other: string): Promise<string | undefined> {
  const seen = new Map<string, number>();
  const queue: { readonly id: string; readonly commit: Commit }[] = [];
  const visit = async (id: string, side: number): Promise<void> => {
    const before = seen.get(id) ?? 0;
    if ((before | side) === before) return;
    seen.set(id, before | side);
    // Queued already: it carries both sides when its turn comes. Popped already: clocks were wrong, and its parents are tried again.
    if (before !== 0 && queue.some((item) => item.id === id)) return;
    const commit = await readCommit(store, id).catch(() => undefined);
    if (!commit) return;
    const at = queue.findIndex((item) => item.commit.time < commit.time);
    queue.splice(at < 0 ? queue.length : at, 0, { id, commit });
  };
  await visit(one, 1);
  await visit(other, 2);
  for (let read = 0; read < MAX_COMMITS; read++) {
    const next = queue.shift();
    if (!next) return undefined;
    const sides = seen.get(next.id) ?? 0;
    if (sides === 3) return next.id;
    for (const parent of next.commit.parents) await visit(parent, sides);
  }
  return undefined;
}
