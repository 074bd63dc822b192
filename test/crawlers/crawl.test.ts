import { describe, expect, it } from 'vitest';
import { fileCrawler } from '../../src/crawlers/crawl-file.ts';
import { crawlAll } from './crawl-all.ts';
import { defineCrawler, type Crawler } from '../../src/crawlers/crawler.ts';
import { MAX_TEXT_FILE } from '../../src/crawlers/text.ts';
import { createKnowledge } from '../../src/knowledge/knowledge.ts';
import { memorySource } from '../../src/source/memory.ts';
import type { Source } from '../../src/source/source.ts';

const knowledge = createKnowledge(() => ({}));

/** Lists the first line of every .py file as a prompt. */
const firstLines = defineCrawler<string>({
  id: 'first-lines',
  wants: (entry) => entry.path.endsWith('.py'),
  prefilter: (latin1) => !latin1.startsWith('# skip'),
  extract: ({ path, text }) => {
    if (text.startsWith('# crash')) throw new Error('no such luck');
    return { facts: text.split('\n')[0] ?? '', settings: [{ name: 'X', value: path, scope: 'env', location: { path, line: 1 } }] };
  },
  detect: (files, project) => ({
    components: files.map(({ path, facts }) => ({
      kind: 'prompt',
      name: `${path}: ${facts} (${project.settings.length})`,
      occurrences: [{ location: { path, line: 1 }, technique: 'other', crawler: 'first-lines', confidence: 'high' }],
    })),
  }),
});

async function run(source: Source, crawlers: readonly Crawler[] = [firstLines]) {
  const { entries } = await source.list();
  const result = await crawlAll({
    entries,
    crawlers,
    knowledge,
    concurrency: 3,
    crawlFiles: fileCrawler({ source, crawlers, knowledge }),
  });
  return { ...result, names: result.discoveries.flatMap((discovery) => (discovery.components ?? []).map((component) => component.name)) };
}

describe('crawl', () => {
  it('gives each wanted file to its crawlers, in the order of the paths', async () => {
    const result = await run(memorySource({ 'b.py': 'two', 'a.py': 'one\nmore', 'c.txt': 'no' }));
    expect(result.names).toEqual(['a.py: one (2)', 'b.py: two (2)']);
    expect(result.crawlers).toEqual([{ id: 'first-lines', status: 'ok', files: 2 }]);
  });

  it('keeps going when a crawler throws on a file, and says so', async () => {
    const result = await run(memorySource({ 'a.py': '# crash', 'b.py': 'fine' }));
    expect(result.names).toEqual(['b.py: fine (1)']);
    expect(result.skipped).toEqual([{ path: 'a.py', reason: 'crash', detail: 'first-lines: no such luck' }]);
    expect(result.crawlers[0]).toMatchObject({ status: 'partial' });
  });

  it('keeps going when detect throws, and says so', async () => {
    const broken = defineCrawler<string>({
      ...firstLines,
      id: 'broken',
      detect: () => {
        throw new Error('bug');
      },
    });
    const result = await run(memorySource({ 'a.py': 'x' }), [broken, firstLines]);
    expect(result.crawlers).toEqual([
      { id: 'broken', status: 'failed', files: 1, reason: 'bug' },
      { id: 'first-lines', status: 'ok', files: 1 },
    ]);
    expect(result.names).toHaveLength(1);
  });

  it('lists binary, oversized and unreadable files with their reason', async () => {
    const files = memorySource({
      'a.py': Buffer.from([0x80, 0, 1, 2]),
      'big.py': 'x'.repeat(MAX_TEXT_FILE + 1),
      'c.py': 'fine',
      'd.py': 'secret',
    });
    const source: Source = {
      ...files,
      open: (path) => (path === 'd.py' ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) : files.open(path)),
    };
    const result = await run(source);
    expect(result.names).toEqual(['c.py: fine (1)']);
    expect(result.skipped.map((item) => [item.path, item.reason])).toEqual([
      ['a.py', 'binary'],
      ['big.py', 'too-large'],
      ['d.py', 'unreadable'],
    ]);
  });

  it('reads UTF-16 with a byte-order mark and drops the mark of UTF-8', async () => {
    const result = await run(memorySource({ 'a.py': Buffer.from('﻿wide', 'utf16le'), 'b.py': '﻿plain' }));
    expect(result.names).toEqual(['a.py: wide (2)', 'b.py: plain (2)']);
  });

  it('does not decode what the prefilter drops', async () => {
    expect((await run(memorySource({ 'a.py': '# skip' }))).names).toEqual([]);
  });
});
