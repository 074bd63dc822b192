import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesOf, scan } from './manifests-helper.ts';

const ROOT = 'fixtures/discovery/manifests';

describe('small repositories', () => {
  it.each(readdirSync(ROOT))('%s', async (name) => {
    const { 'expected.json': expected, ...files } = filesOf(`${ROOT}/${name}`);
    const scanned = await scan(files);
    const ai = scanned.libraries.filter(({ category }) => category !== undefined);
    const open = scanned.requirements.filter(
      ({ facts, component }) =>
        !facts['bounded'] &&
        !facts['locked'] &&
        facts['deployable'] &&
        ai.some(({ name: library, ecosystem }) => component === `library:${ecosystem}/${library}`),
    );
    expect({
      ai: scanned.lines.filter((_line, index) => scanned.libraries[index]?.category !== undefined),
      others: scanned.libraries.filter(({ category }) => category === undefined).map((library) => library.name),
      open: open.map(({ component, location }) => `${component ?? ''} ${location.path}:${location.line ?? 0}`),
      skipped: scanned.skipped,
    }).toEqual(JSON.parse(expected ?? readFileSync(`${ROOT}/${name}/expected.json`, 'utf8')));
  });
});
