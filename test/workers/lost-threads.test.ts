import { describe, expect, it } from 'vitest';
import { fileCrawler, type FileCrawler } from '../../src/crawlers/crawl-file.ts';
import { defineCrawler, type Crawler } from '../../src/crawlers/crawler.ts';
import { createKnowledge } from '../../src/knowledge/knowledge.ts';
import { memorySource } from '../../src/source/memory.ts';
import { survivingLostThreads } from '../../src/workers/lost-threads.ts';
import { TaskTimeout } from '../../src/workers/pool.ts';

const source = memorySource({ 'a.py': 'one', 'bad.py': 'two', 'c.py': 'three' });
const crawler = (id: string, heavy: boolean): Crawler =>
  defineCrawler<unknown>({ id, heavy, wants: () => true, extract: ({ text }) => ({ facts: text }), detect: () => ({}) });
const options = { source, crawlers: [crawler('light', false), crawler('heavy', true)], knowledge: createKnowledge(() => ({})) };

async function run(lose: (paths: readonly string[]) => Error | undefined) {
  const batches: string[] = [];
  const inThread: FileCrawler = (files) => {
    const paths = files.map(({ path }) => path);
    batches.push(paths.join(' '));
    const lost = lose(paths);
    return lost ? Promise.reject(lost) : fileCrawler(options)(files);
  };
  const { entries } = await source.list();
  const results = await survivingLostThreads(inThread, 2, options)(entries);
  return { batches, read: results.map(({ extractions }) => [...extractions.keys()].join(' ')), results };
}

describe('a thread that is lost', () => {
  it('costs the heavy crawlers of the file that it was lost to, and nothing else', async () => {
    const { batches, read, results } = await run((paths) => (paths.includes('bad.py') ? new TaskTimeout('took longer') : undefined));
    expect(batches).toEqual(['a.py bad.py c.py', 'a.py', 'bad.py', 'c.py']);
    expect(read).toEqual(['light heavy', 'light', 'light heavy']);
    expect(results[1]).toMatchObject({ failed: ['heavy'], skipped: [{ path: 'bad.py', reason: 'timeout', detail: 'heavy: took longer' }] });
  });

  it('is told from one that hung', async () => {
    const { results } = await run((paths) => (paths.includes('bad.py') ? new Error('worker ended with code 1') : undefined));
    expect(results[1]?.skipped).toEqual([{ path: 'bad.py', reason: 'crash', detail: 'heavy: worker ended with code 1' }]);
  });

  it('is ended by an error after which it reads nothing more', async () => {
    const aborted = Object.assign(new Error('Aborted()'), { name: 'RuntimeError' });
    const failing = defineCrawler<unknown>({ id: 'heavy', wants: () => true, extract: () => Promise.reject(aborted), detect: () => ({}) });
    const crawl = (isFatal?: (error: unknown) => boolean) =>
      fileCrawler({ ...options, crawlers: [failing], ...(isFatal && { isFatal }) })([{ path: 'a.py', size: 3 }]);
    expect((await crawl())[0]?.skipped).toEqual([{ path: 'a.py', reason: 'crash', detail: 'heavy: Aborted()' }]);
    await expect(crawl((error) => error === aborted)).rejects.toBe(aborted);
  });

  it('is not missed where none is', async () => {
    expect((await run(() => undefined)).batches).toEqual(['a.py bad.py c.py']);
  });
});
