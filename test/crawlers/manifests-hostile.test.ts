import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LimitError, ParseError } from '../../src/core/errors.ts';
import { families } from '../../src/crawlers/manifests/families.ts';
import { MAX_DEPTH, MAX_LOCK, MAX_MANIFEST } from '../../src/crawlers/manifests/limits.ts';
import { joinPath } from '../../src/crawlers/manifests/paths.ts';
import type { ManifestReader } from '../../src/crawlers/manifests/reader.ts';
import { readJson } from '../../src/crawlers/manifests/text/json.ts';
import { readToml } from '../../src/crawlers/manifests/text/toml.ts';
import { readXml } from '../../src/crawlers/manifests/text/xml.ts';
import { readYaml } from '../../src/crawlers/manifests/text/yaml.ts';
import { scan } from './manifests-helper.ts';

const readers = families.flatMap(({ readers: list }) => list);

/** Runs a reader; anything but its two errors is a bug. */
function attempt(reader: ManifestReader, text: string): void {
  try {
    reader.read(text, 'folder/name.txt');
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof LimitError)) throw error;
  }
}

/** Pieces that the formats are made of, so that random texts get past the first character. */
const PIECES = [
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '"',
  "'",
  '"""',
  '\n',
  ' ',
  '=',
  ':',
  ',',
  '.',
  '#',
  '\\',
  '<',
  '>',
  '</',
  '/>',
  '&amp;',
  '$',
  '${',
  '- ',
  '* ',
  '@',
  '/',
  'name',
  'version',
  'openai',
  '1.0',
  'dependencies',
  '[[package]]',
  'RUN pip install ',
  'install_requires',
  '%',
  '"x"',
  'project',
  'require',
  '\u0000',
  '\uD800',
  '__proto__',
  'constructor',
];
const soup = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ maxLength: 6 }) }), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

describe('readers of manifests', () => {
  it.each(readers.map((reader) => [reader.id, reader] as const))('%s throws nothing but its two errors', (_id, reader) => {
    fc.assert(
      fc.property(soup, (text) => attempt(reader, text)),
      { numRuns: 150 },
    );
  });

  // The other YAML readers stand on the same parser.
  const timed = readers.filter(({ id }) => !['conda', 'pnpm-workspace', 'yaml-commands'].includes(id));
  it.each(timed.map((reader) => [reader.id, reader] as const))('%s takes time in proportion to its input', (_id, reader) => {
    const length = 30_000;
    for (const piece of [
      '[',
      '{"a":',
      '(',
      '<a>',
      '"',
      "'",
      '\\\n',
      'a.',
      'a ',
      '# /// script\n',
      '/*',
      '"""',
      '${',
      '= ',
      ':\n',
      '- a\n',
      'RUN pip install \\\n',
      'install_requires=a,',
      'a = a + a\n',
      '[[package]]\n',
      '<!--',
      '&',
      '@',
      '%',
      'gem "a",',
      '\n',
      '\t',
      'a   ',
      '.package(url: "a", from: "1")',
    ]) {
      const started = performance.now();
      attempt(reader, piece.repeat(length / piece.length));
      expect([piece, performance.now() - started < 1500]).toEqual([piece, true]);
    }
  });

  it('stop at their depth', () => {
    const deep = MAX_DEPTH + 2;
    expect(() => readJson('['.repeat(deep) + ']'.repeat(deep))).toThrow(LimitError);
    expect(() => readToml(`a = ${'['.repeat(deep)}${']'.repeat(deep)}`)).toThrow(LimitError);
    expect(() => readToml(`${'a.'.repeat(deep)}b = 1`)).toThrow(LimitError);
    expect(() => readYaml('['.repeat(50_000))).toThrow(LimitError);
    expect(() => readYaml('- '.repeat(deep))).toThrow(LimitError);
    expect(() => readXml('<a>'.repeat(deep) + '</a>'.repeat(deep))).toThrow(LimitError);
  });

  it('never expand entities', () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project><name>&b;</name></project>';
    expect(readXml(bomb).children.map(({ text }) => text)).toEqual(['&b;']);
    expect(readXml('<!DOCTYPE x><p>&b;&lt;</p>').text).toBe('&b;<');
  });

  it('keep keys apart from prototypes', async () => {
    const { lines } = await scan({ 'package.json': '{"dependencies": {"__proto__": "1.0.0", "constructor": "1.0.0", "openai": "1.0.0"}}' });
    expect(lines).toEqual([
      'npm/__proto__ 1.0.0 runtime package.json:1',
      'npm/constructor 1.0.0 runtime package.json:1',
      'npm/openai 1.0.0 runtime package.json:1',
    ]);
    expect(({} as Record<string, unknown>)['version']).toBeUndefined();
  });
});

describe('a tree of hostile manifests', () => {
  it('loses nothing beside a broken file, and says what it could not read', async () => {
    const scanned = await scan({
      'a/package.json': '{"dependencies": {"openai": }',
      'b/pyproject.toml': '[project\n',
      'c/pom.xml': '<project><dependencies>',
      'd/requirements.txt': 'torch\n',
    });
    expect(scanned.lines).toEqual(['pypi/torch - runtime d/requirements.txt:1']);
    expect(scanned.skipped.map(({ path, reason }) => [path, reason])).toEqual([
      ['a/package.json', 'syntax-error'],
      ['b/pyproject.toml', 'syntax-error'],
      ['c/pom.xml', 'syntax-error'],
    ]);
  });

  it('includes in a circle or outside the tree do no harm', async () => {
    const { lines } = await scan({ 'requirements.txt': '-r requirements.txt\n-r ../../etc/passwd\n-c ../c.txt\n-r /etc/passwd\nopenai\n' });
    expect(lines).toEqual(['pypi/openai - runtime requirements.txt:5']);
    expect([joinPath('a/b', '../c'), joinPath('a', '../../c'), joinPath('', '/etc'), joinPath('', 'file:///etc')]).toEqual([
      'a/c',
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('manifests and lock files over their limits are listed, not read', async () => {
    const scanned = await scan({ 'package.json': `{"a": "${'x'.repeat(MAX_MANIFEST)}"}`, 'yarn.lock': `# ${'x'.repeat(MAX_LOCK)}` });
    expect(scanned.skipped.map(({ path, reason }) => [path, reason])).toEqual([
      ['package.json', 'too-large'],
      ['yarn.lock', 'too-large'],
    ]);
  });

  it('a large lock file is read in seconds', async () => {
    const packages = Array.from(
      { length: 20_000 },
      (_, index) =>
        `    "node_modules/p${index}": {"version": "1.0.${index}", "resolved": "https://example.org/${'x'.repeat(80)}", "dependencies": {"a": "1", "b": "2"}}`,
    );
    const started = performance.now();
    const { libraries } = await scan({ 'package-lock.json': `{"lockfileVersion": 3, "packages": {\n${packages.join(',\n')}\n}}` });
    expect(libraries).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('names that are none make no component', async () => {
    const { lines } = await scan({
      'package.json': JSON.stringify({ dependencies: { ['x'.repeat(400)]: '1.0.0', 'a\nb': '1.0.0', '': '1.0.0' } }),
    });
    expect(lines).toEqual([]);
  });
});
