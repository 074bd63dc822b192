import { UserError } from '../core/errors.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { directorySource } from '../source/directory.ts';
import { commitSource, ObjectStore, readTree } from '../source/git-objects/index.ts';
import type { GitFacts } from '../source/git.ts';
import type { Source } from '../source/source.ts';
import { inlineEngine, threadEngine, type Engine } from '../workers/engine.ts';
import type { Context } from './context.ts';
import type { HeadCommit } from './head-commit.ts';
import { asWalked, listedOnce } from './same-tree.ts';

/** What is judged. */
export interface Head {
  readonly source: Source;
  engine(source: Source, knowledge: Knowledge): Engine;
  close(): Promise<void>;
}

/** `undefined` where the commit is to be read from the object files and was not fetched. */
export async function openHead(
  root: string,
  context: Context,
  git: GitFacts | undefined,
  { commit, laidOut }: HeadCommit,
  exclude: readonly string[],
): Promise<Head | undefined> {
  if (laidOut) {
    const source = listedOnce(await directorySource(root, { exclude }));
    const small = await isSmall(source);
    return { source, engine: (inner, knowledge) => threads(inner, knowledge, root, small), close: () => Promise.resolve() };
  }
  if (!git || commit === undefined) return undefined;
  const store = new ObjectStore(git.commonDir);
  try {
    const source = listedOnce(
      asWalked(commitSource(store, commit, await readTree(store, commit), `${context.owner}/${context.repo}`), exclude),
    );
    const small = await isSmall(source);
    return {
      source,
      // Threads open files of the work tree; this head has none.
      engine: (inner, knowledge) => withInlineSurvey(threads(inner, knowledge, root, small), inner, knowledge),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Starting threads costs as long as reading so much. */
const SMALL = { files: 60, bytes: 300_000 };

async function isSmall(source: Source): Promise<boolean> {
  const { entries } = await source.list();
  return entries.length <= SMALL.files && entries.reduce((sum, entry) => sum + entry.size, 0) <= SMALL.bytes;
}

const threads = (source: Source, knowledge: Knowledge, root: string, small: boolean): Engine =>
  threadEngine({ source, knowledge, hash: true, now: Date.now, root, small });

/** Source code is parsed by the threads of `engine`; weights are read by this thread, from `source`. */
export function withInlineSurvey(engine: Engine, source: Source, knowledge: Knowledge): Engine {
  const inline = inlineEngine({ source, knowledge, hash: true, now: Date.now });
  return { ...engine, survey: (path) => inline.survey(path) };
}
