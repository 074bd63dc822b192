import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitError } from '../../src/core/errors.ts';
import { readCells } from '../../src/crawlers/code/cells.ts';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { extractFacts, MAX_SOURCE_BYTES, type ExtractOptions } from '../../src/lang/extract.ts';
import type { SourceFacts } from '../../src/lang/facts.ts';
import type { Interest } from '../../src/lang/frontend.ts';
import { frontendOf } from '../../src/lang/index.ts';
import { scriptBlocks } from '../../src/lang/script-blocks.ts';
import { shellFacts } from '../../src/lang/shell.ts';
import { withoutLongComments } from '../../src/lang/python-comments.ts';
import { olderSwift } from '../../src/lang/swift-source.ts';

const EXTENSIONS = ['py', 'js', 'ts', 'tsx', 'java', 'kt', 'scala', 'swift', 'dart', 'go', 'cs', 'rs', 'rb', 'php'] as const;

/** Everything interests: the most work that a file can make. */
const interest: Interest = {
  calls: new Set(['f', 'load', 'create', 'from_pretrained', 'new']),
  methods: new Set(['get']),
  helpers: new Set(['join']),
  options: new Set(['trust_remote_code']),
  constant: () => true,
  keyed: /model/,
  files: /\.csv$/,
  literal: () => true,
  variable: () => true,
};

async function parse(extension: string, text: string, options: ExtractOptions = {}): Promise<SourceFacts> {
  const frontend = frontendOf(`a.${extension}`);
  if (!frontend) throw new Error(`no front-end for ${extension}`);
  return extractFacts(extension === 'php' ? `<?php ${text}` : text, frontend, interest, options);
}

const HOSTILE: Readonly<Record<string, string>> = {
  'nested parentheses': `x = ${'('.repeat(2_000)}1${')'.repeat(2_000)}`,
  'open brackets': '['.repeat(8_000),
  'nested calls': `${'f('.repeat(800)}"a"${')'.repeat(800)}`,
  'a long sum': `x = ${Array.from({ length: 3_000 }, () => '"a"').join(' + ')}`,
  'a chain of members': `x = a${'.b'.repeat(2_000)}`,
  'a chain of calls': `x = f("a")${'.load("b")'.repeat(800)}`,
  'a wide dictionary': `x = {${Array.from({ length: 4_000 }, (_, index) => `"k${index}": "gpt-4o-${index}"`).join(', ')}}`,
  'control characters': 'f("\u0000\u0001\u202e\ufffe")',
  'unfinished strings': `f("${'\\'.repeat(2_001)}`,
  'keys of the prototype': 'x = {"__proto__": {"model": "a"}, "constructor": "b"}\nf(__proto__="c", hasOwnProperty="d")',
};

describe.each(EXTENSIONS)('%s', (extension) => {
  test.each(Object.entries(HOSTILE))('survives %s', async (_, text) => {
    // To give up is an answer too: the file is then reported as not read.
    const facts = await parse(extension, text).catch((error: unknown) => {
      expect(error).toBeInstanceOf(LimitError);
      return { scopes: [] };
    });
    expect(structuredClone(facts)).toEqual(facts);
    expect(JSON.stringify(facts).length).toBeLessThan(8_000_000);
  });

  test('survives any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        const facts = await parse(extension, text);
        expect(facts.scopes[0]?.kind).toBe('module');
      }),
      { numRuns: 25 },
    );
  });

  test('survives pieces of syntax in any order', async () => {
    const pieces = [
      'class ',
      'def ',
      'func ',
      'import ',
      'use ',
      '{',
      '}',
      '(',
      ')',
      ':',
      ';',
      '=',
      '"m"',
      '${',
      '@',
      '->',
      '=>',
      '\n',
      ' x',
      '.',
      'new ',
      '<?php ',
      'return ',
      '//',
      '#',
      '[',
      ']',
      ',',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), async (parts) => {
        await parse(extension, parts.join(''));
      }),
      { numRuns: 40 },
    );
  });
});

test('a syntax error does not lose the calls after it', async () => {
  const facts = await parse('py', 'def f(:\n  pass\n\nload("gpt-4o")\n');
  expect(facts.calls.map(({ call }) => call.line)).toContain(4);
});

test('columns are UTF-16 code units, lines begin at 1', async () => {
  const { calls } = await parse('py', '\nx = "é😀"; load("m")');
  expect(calls.map(({ call }) => [call.line, call.column])).toEqual([[2, 12]]);
});

test('a source of more than two megabytes is left out, and said to be', async () => {
  const text = `import openai\n${'#'.repeat(MAX_SOURCE_BYTES)}`;
  const extraction = await codeCrawler.extract({ path: 'big.py', text }, loadKnowledge());
  expect(extraction.facts).toBeUndefined();
  expect(extraction.skipped).toEqual([
    { path: 'big.py', reason: 'too-large', detail: expect.stringMatching(/^source of \d+ characters$/) as string },
  ]);
});

test('vendored and generated code is not the project', () => {
  for (const path of ['node_modules/a/b.js', 'x/vendor/y.go', 'dist.min.js', 'a_pb2.py', '.venv/lib/x.py', 'types.d.ts'])
    expect(codeCrawler.wants({ path, size: 1 })).toBe(false);
  for (const path of ['src/a.py', 'a.ipynb', 'run.sh', 'App.vue', 'x.tsx']) expect(codeCrawler.wants({ path, size: 1 })).toBe(true);
});

describe('notebooks', () => {
  test('lines are those of the file', () => {
    const text = '{\n "cells": [\n  {\n   "cell_type": "code",\n   "source": [\n    "a\\n",\n    "b"\n   ]\n  }\n ]\n}';
    expect(readCells(text)).toEqual([
      {
        lines: [
          { text: 'a', line: 6 },
          { text: 'b', line: 7 },
        ],
      },
    ]);
  });

  test('one string of lines, old notebooks and other kernels', () => {
    expect(readCells('{"cells":[{"cell_type":"code","source":"a\\nb"}]}')?.[0]?.lines.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(readCells('{"worksheets":[{"cells":[{"cell_type":"code","input":["x"]}]}]}')?.[0]?.lines[0]?.text).toBe('x');
    expect(readCells('{"cells":[{"cell_type":"code","source":"a"}],"metadata":{"kernelspec":{"language":"R"}}}')).toBeUndefined();
  });

  test.each([
    '',
    '{',
    '[]',
    '{"cells":',
    '{"cells":[{"cell_type":"code","source":["a',
    '{"cells":{"a":1}}',
    `{"cells":${'['.repeat(500)}`,
    'null',
    '{"a":"\\ud800"}',
  ])('survives %j', (text) => {
    expect(() => readCells(text)).not.toThrow();
  });

  test('survives any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        readCells(`{"cells":${text}}`);
        readCells(text);
      }),
      { numRuns: 200 },
    );
  });
});

test('scripts of components keep their places', () => {
  const block = scriptBlocks('<template>\n<b>x</b>\n</template>\n<script lang="ts">\nconst a = 1;\n</script>\n');
  expect(block?.frontend.language).toBe('typescript');
  expect(block?.text.split('\n')[4]).toBe('const a = 1;');
  expect(block?.text.split('\n')[1]?.trim()).toBe('');
  expect(scriptBlocks('<template/>')).toBeUndefined();
});

describe('shell variables', () => {
  const commands = (text: string) => shellFacts(text).shell.map((fact) => `${fact.line} ${fact.text}`);

  test('with plain values are filled in', () => {
    expect(commands('M="a/b"\n# M=c\nrun ${M} $M $X\nN=${N:-d}\nrun $N')).toEqual(['3 run a/b a/b $X', '5 run d']);
    expect(commands('M=a\nM=b\nrun $M')).toEqual(['3 run b']);
    expect(shellFacts('M=a\nrun $M').shell).toEqual([{ text: 'run a', line: 2, given: [{ value: 'a', line: 1 }] }]);
  });

  test('have the values of all branches, arrays and loops', () => {
    expect(commands('M=z\nif x; then\n  M="a"\nelse\n  M=b\nfi\nrun $M').slice(-3)).toEqual(['7 run z', '7 run a', '7 run b']);
    expect(commands('case $1 in\n  big) M=a ;;\n  *) M=b ;;\nesac\nrun "$M"').slice(-2)).toEqual(['5 run "a"', '5 run "b"']);
    expect(commands('L=(a "b")\nfor m in "${L[@]}"; do run $m; done')).toEqual(['2  run a; done', '2  run b; done']);
    expect(commands('L=(\n  "a"\n  b # c\n)\nfor m in "${L[@]}"\ndo\n  run $m\ndone')).toEqual([
      '6 do',
      '7   run a',
      '7   run b',
      '8 done',
    ]);
    expect(
      commands(`${'if x; then\nM=a\n'.repeat(3)}${Array.from({ length: 50 }, (_, i) => `M=v${i}\n`).join('')}run $M`).filter((row) =>
        row.includes('run'),
      ),
    ).toHaveLength(8);
  });
});

describe('Swift that is newer than the grammar', () => {
  const calls = async (text: string): Promise<readonly string[]> =>
    (await parse('swift', text)).calls.map(({ call: { callee, args } }) => {
      const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
      return `${name}(${args.map(({ value }) => (value.kind === 'string' ? value.value : value.kind)).join(', ')})`;
    });

  test.each([
    ['a short binding', 'if let client, let other { load("a") }\nload("b")'],
    ['a value of branches', 'let role: String = if flag { "x" } else { "y" }\nload("a"); load("b")'],
    ['a macro', '#Preview { load("a") }\n#expect(x == 1)\nload("b")'],
    ['a raw string with quotes', 'let json = #"{"a": "b\\n"}"#\nload("a"); load("b")'],
    ['conditional compilation', '#if os(iOS)\nload("a")\n#else\nload("b")\n#endif'],
    ['access of a package', 'package struct A { nonisolated(unsafe) package let x = 1 }\nload("a"); load("b")'],
    ['effects in a condition', 'if let x = try? await f.g(C.self) { load("a") }\nload("b")'],
    ['a typed error', 'func f() throws(Oops) -> Int { load("a") }\nload("b")'],
  ])('%s', async (_, text) => {
    expect(await calls(text)).toEqual(expect.arrayContaining(['load(a)', 'load(b)']));
  });

  test('every character keeps its place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('#"', '"#', '"', '#if ', '#m(', 'if let x', ' {', ' = if ', '\n', 'package let ', 'await ', '\\', 'é')),
        (parts) => {
          const text = parts.join('');
          const older = olderSwift(text);
          expect(older).toHaveLength(text.length);
          expect([...older.matchAll(/\n/g)].map(({ index }) => index)).toEqual([...text.matchAll(/\n/g)].map(({ index }) => index));
        },
      ),
    );
  });
});

test('long comments of Python are no source, and hide none', async () => {
  const comment = '  # "gpt-4" é\n'.repeat(20_000);
  const text = `load("a")\n${comment}x = 1 # load("b")\nload("c")\n${comment}# end`;
  const { calls } = await parse('py', text);
  expect(calls.map(({ call }) => call.line)).toEqual([1, 20_003]);
  const older = withoutLongComments(text);
  expect(older).toHaveLength(text.length);
  expect(older.split('\n').map(({ length }) => length)).toEqual(text.split('\n').map(({ length }) => length));
  expect(withoutLongComments('# a\n'.repeat(500))).toBe('# a\n'.repeat(500));
});

describe('limits of one file', () => {
  const rows = (count: number, row: (index: number) => string, glue = '\n'): string =>
    Array.from({ length: count }, (_, index) => row(index)).join(glue);
  /** Seconds that a file may take; each of these took minutes or hours. */
  const LIMIT_MS = 6_000;

  test.each([
    ['characters that the grammar skips', 'swift', '#'.repeat(200_000)],
    ['quotes of another language', 'swift', "'".repeat(200_000)],
    ['letters in no string', 'dart', 'é'.repeat(200_000)],
    ['a tree that is as deep as it is long', 'scala', '/* '.repeat(200_000)],
    ['branches in branches', 'swift', `func f() {${'if let a { '.repeat(6_000)}${'}'.repeat(6_001)}`],
    ['a chain of branches', 'swift', `let x = if a { "x" }${' else if a { "x" }'.repeat(6_000)}`],
    ['an enumeration of constructions', 'dart', `enum A {\n${rows(10_000, (i) => `a${i}('gpt-4-${i}')`, ',\n')};\n const A(this.id);\n}`],
    ['objects beside objects', 'scala', `object M {\n${rows(10_000, (i) => `case object A${i} extends Model("gpt-4-${i}")`)}\n}`],
    ['cases of an enumeration', 'scala', `enum A(val x: String):\n${rows(10_000, (i) => `  case A${i} extends A("gpt-4-${i}")`)}`],
    ['a dictionary in one literal', 'swift', `let model = [${rows(20_000, (i) => `"k${i}": "gpt-4-${i}"`, ',')}]`],
    ['parameters of one function', 'dart', `void f({${rows(10_000, (i) => `String model${i} = 'gpt-4'`, ',')}}) {}`],
    ['arguments of one call', 'py', `f(${rows(20_000, (i) => `"gpt-4-${i}"`, ',')})`],
    ['a sum of strings', 'dart', `final x = 'a'${" + 'gpt-4'".repeat(10_000)};`],
    ['holes of one text', 'swift', `let x = "${'a\\(b) '.repeat(20_000)}"`],
  ])(
    '%s: %s',
    async (_, extension, text) => {
      const start = performance.now();
      const facts = await parse(extension, text, { stepMs: 600 }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(LimitError);
        return undefined;
      });
      expect(performance.now() - start).toBeLessThan(LIMIT_MS);
      expect(JSON.stringify(facts ?? '').length).toBeLessThan(8_000_000);
    },
    30_000,
  );

  test('a source that takes more and more memory is given up, and the next one is read', async () => {
    const growing = parse('java', '%w('.repeat(800), { growth: 16 * 1024 * 1024 });
    await expect(growing).rejects.toMatchObject({ limit: 'MAX_GROWTH' });
    expect(JSON.stringify(await parse('java', 'class A { String model = "gpt-4.1"; }'))).toContain('gpt-4.1');
  });
});
