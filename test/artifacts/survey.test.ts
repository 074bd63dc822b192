import { expect, test } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { scan } from '../../src/scan.ts';
import { memorySource } from '../../src/source/memory.ts';
import { inlineEngine } from '../../src/workers/engine.ts';

const knowledge = loadKnowledge();

async function artifactsIn(files: Record<string, string>): Promise<string[]> {
  const source = memorySource(files);
  const engine = inlineEngine({ source, knowledge, hash: false, now: Date.now });
  const { components } = await scan({ source, knowledge, engine, now: new Date('2026-01-01') });
  return components.filter(({ kind }) => kind === 'artifact').map(({ name }) => name);
}

test('takes a list of names for a text, though it begins like an import of a pickle', async () => {
  const ignored = 'compiled.php\nconfig.php\ndown\nevents.scanned.php\nmaintenance.php\nroutes.php\nservices.json\n';
  expect(await artifactsIn({ 'storage/framework/.gitignore': ignored })).toEqual([]);
});

test('finds a pickle of protocol 0 whatever its name', async () => {
  expect(await artifactsIn({ 'storage/cache': 'cos\nsystem\n(S"id"\ntR.' })).toEqual(['storage/cache']);
});
