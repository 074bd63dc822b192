import { parentPort, workerData } from 'node:worker_threads';
import type { ByteReader } from './core/byte-reader.ts';
import { fileCrawler } from './crawlers/crawl-file.ts';
import { crawlers } from './crawlers/index.ts';
import { surveyFile } from './crawlers/artifacts/survey.ts';
import type { DetectRule } from './knowledge/detect/shapes.ts';
import { loadKnowledgeWith } from './knowledge/load.ts';
import { fileReaderInside } from './source/directory.ts';
import { hashFile } from './workers/hash-file.ts';
import type { Reply, Task } from './workers/protocol.ts';

/** With the user's own detection rules, which the main thread has read and checked. */
const knowledge = loadKnowledgeWith((workerData as readonly DetectRule[] | null | undefined) ?? []);

/** A parser that aborted, for want of memory, aborts whatever it is asked next: its thread ends, and a new one takes over. */
const isFatal = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError';

/** Entry of a worker thread: crawling of files and inspection of artifacts, off the main thread. */
async function perform(task: Task): Promise<unknown> {
  if (task.kind === 'crawl') {
    const open = (path: string): Promise<ByteReader> => fileReaderInside(task.root, path);
    return fileCrawler({ source: { open }, crawlers, knowledge, isFatal })(task.files);
  }
  if (task.kind === 'hash') return hashFile(task);
  const reader = await fileReaderInside(task.root, task.path);
  try {
    return await surveyFile({ path: task.path, reader }, { knowledge, hash: task.hash, now: Date.now });
  } finally {
    await reader.close?.();
  }
}

parentPort?.on('message', (task: Task) => {
  perform(task)
    .then((value): Reply => ({ ok: true, value }))
    .catch((error: unknown): Reply => {
      if (isFatal(error)) throw error;
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    })
    .then((reply) => parentPort?.postMessage(reply))
    .catch(() => process.exit(1));
});
