import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { buildInventory } from '../../src/core/inventory.ts';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import type { Setting } from '../../src/core/setting.ts';
import type { FileFacts, Project } from '../../src/crawlers/crawler.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { SourceFacts } from '../../src/lang/facts.ts';

const root = fileURLToPath(new URL('../../fixtures/discovery/code/', import.meta.url));
const knowledge = loadKnowledge();

interface Expected {
  /** `kind name` of every component: no more, no less. */
  readonly finds: readonly string[];
  readonly settings?: readonly {
    readonly name: string;
    readonly value: string;
    readonly scope: Setting['scope'];
    readonly path: string;
    readonly line: number;
  }[];
}

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

async function scan(folder: string): Promise<{ readonly found: string[]; readonly expected: Expected; readonly places: string[] }> {
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected;
  const paths = filesIn(folder)
    .map((path) => relative(folder, path))
    .filter((path) => path !== 'expected.json');
  const facts: FileFacts<SourceFacts>[] = [];
  for (const path of paths) {
    if (!codeCrawler.wants({ path, size: 1 })) continue;
    const extraction = await codeCrawler.extract({ path, text: readFileSync(join(folder, path), 'utf8') }, knowledge);
    // Facts cross worker boundaries.
    if (extraction.facts) facts.push({ path, facts: structuredClone(extraction.facts) });
  }
  const settings = (expected.settings ?? []).map(({ name, value, scope, path, line }): Setting => ({
    name,
    value,
    scope,
    location: { path, line },
  }));
  const project: Project = {
    entries: paths.map((path) => ({ path, size: 1 })),
    has: (path) => paths.includes(path),
    settings,
    factsOf: () => [],
    found: [],
    knowledge,
  };
  const { components } = buildInventory([codeCrawler.detect(facts, project)]);
  const places = components.flatMap((component) => component.occurrences.map(({ location }) => `${location.path}:${location.line}`));
  return { found: components.map(({ kind, name }) => `${kind} ${name}`).sort(), expected, places };
}

for (const language of readdirSync(root)) {
  describe(language, () => {
    test.each(readdirSync(join(root, language)))('%s', async (name) => {
      const { found, expected, places } = await scan(join(root, language, name));
      expect(found).toEqual([...expected.finds].sort());
      expect(places.every((place) => /:\d+$/.test(place))).toBe(true);
    });
  });
}
