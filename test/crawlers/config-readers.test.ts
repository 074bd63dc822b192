import { array, assert, constantFrom, jsonValue, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveIntrinsics } from '../../src/crawlers/config/kinds/intrinsics.ts';
import { readHocon } from '../../src/crawlers/config/readers/hocon.ts';
import { formatOf, readConfig, type ConfigFormat } from '../../src/crawlers/config/readers/index.ts';
import { get, MAX_DEPTH, MAX_NODES, textOf, type ConfigNode } from '../../src/crawlers/config/readers/node.ts';
import { MAX_YAML, plainTemplate } from '../../src/crawlers/config/readers/yaml.ts';

const FORMATS: readonly ConfigFormat[] = ['json', 'yaml', 'toml', 'ini', 'properties', 'dotenv', 'make', 'xcode', 'hcl', 'bicep'];

/** A tree as nested plain values. */
function plain(node: ConfigNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar')
    return node.type === 'number'
      ? Number(node.value)
      : node.type === 'boolean'
        ? node.value === 'true'
        : node.type === 'null'
          ? null
          : node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)]));
}

const at = (format: ConfigFormat, text: string, ...path: string[]): string => {
  const node = get(readConfig(format, text).documents[0], ...path);
  return `${textOf(node)}@${node?.line}`;
};

describe('formatOf', () => {
  it.each([
    ['.env', 'dotenv'],
    ['Makefile', 'make'],
    ['tools/build.mk', 'make'],
    ['justfile', 'make'],
    ['App/Config/Release.xcconfig', 'xcode'],
    ['App/Info.plist', 'xcode'],
    ['config/params.env.example', 'dotenv'],
    ['.env.local', 'dotenv'],
    ['config.template.yaml', 'yaml'],
    ['application.properties.template', 'properties'],
    ['settings.json.example', 'json'],
    ['terraform.tfvars', 'hcl'],
    ['main.bicep', 'bicep'],
    ['src/env.ts', undefined],
    ['README.md', undefined],
  ] as const)('%s', (path, format) => {
    expect(formatOf(path)).toBe(format);
  });
});

describe('readHocon', () => {
  it('reads keys by their path, without what other keys make up', () => {
    const text =
      'app {\n  llm = {\n    model = "gpt-4o" # the default\n    model = ${?CHAT_MODEL}\n  },\n  "host" : localhost\n}\nopenai.url="https://api.openai.com"\n';
    expect(at('ini', text, 'app.llm.model')).toBe('gpt-4o@3');
    expect(at('ini', text, 'app.host')).toBe('localhost@6');
    expect(at('ini', text, 'openai.url')).toBe('https://api.openai.com@8');
  });

  it('reads objects in one row, lists, texts side by side, and values in the row below their key', () => {
    const text =
      'ai {\n  embedding { name = text-embedding-3-large }, chat { model = "gpt-4o", temperature = 0.2 }\n  joined = "gpt-4o"-2024-08-06 // the first\n  long = """two\nrows"""\n  below =\n    "gpt-5"\n  list = [\n    "a"\n    "b"\n  ]\n  rows = [{ model = "c" }]\n  base = ${ai.chat} { model = "d" }\n}\ninclude "other"\n"x".y = z\n';
    const found = readHocon(text).map(({ name, value, line }) => `${name}=${value}@${line}`);
    expect(found).toEqual([
      'ai.embedding.name=text-embedding-3-large@2',
      'ai.chat.model=gpt-4o@2',
      'ai.chat.temperature=0.2@2',
      'ai.joined=gpt-4o-2024-08-06@3',
      'ai.long=two\nrows@4',
      'ai.below=gpt-5@7',
      'ai.list=a@9',
      'ai.list=b@10',
      'ai.rows.model=c@12',
      'ai.base.model=d@13',
      'x.y=z@16',
    ]);
  });

  it('survives what is no configuration, in one pass', () => {
    for (const text of [
      '{'.repeat(50_000),
      '"\\"'.repeat(100_000),
      '"'.repeat(100_001),
      '"""'.repeat(50_001),
      '${'.repeat(100_000),
      'a = b '.repeat(50_000),
      '}'.repeat(50_000),
      '[['.repeat(50_000),
    ]) {
      const start = performance.now();
      expect(readHocon(text).length).toBeLessThan(10);
      expect(performance.now() - start).toBeLessThan(1_000);
    }
    expect(readHocon(`${'a'.repeat(500)} {\n${'b = c\n'.repeat(1_000)}`)).toEqual([]);
    expect(readHocon(`a {\n${'b {\n'.repeat(100)}c = d`)).toEqual([]);
  });

  it('leaves sections alone', () => {
    expect(at('ini', '[llm]\nmodel = gpt-4o\n', 'llm.model')).toBe('gpt-4o@2');
  });
});

describe('readXcode', () => {
  it('reads build settings, without comments and what other settings make up', () => {
    const text =
      '// Names\n#include "Base.xcconfig"\nCHAT_MODEL[config=Release] = gpt-4o // the large one\nHOST = https:/$()/api.openai.com\nID = $(PREFIX).app\n';
    expect(at('xcode', text, 'CHAT_MODEL')).toBe('gpt-4o@3');
    expect(at('xcode', text, 'HOST')).toBe('https://api.openai.com@4');
    expect(at('xcode', text, 'ID')).toBe('undefined@undefined');
  });

  it('reads entries of a property list that a program asks for', () => {
    const text =
      '<?xml version="1.0"?>\n<plist version="1.0">\n<dict>\n<key>CFBundleName</key>\n<string>App</string>\n<key>GEMINI_MODEL</key>\n<string>gemini-2.5-flash</string>\n<key>API_KEY</key>\n<string>$(API_KEY)</string>\n</dict>\n</plist>';
    expect(at('xcode', text, 'GEMINI_MODEL')).toBe('gemini-2.5-flash@7');
    expect(at('xcode', text, 'CFBundleName')).toBe('undefined@undefined');
    expect(at('xcode', text, 'API_KEY')).toBe('undefined@undefined');
    const camel =
      '<plist><dict>\n<key>ChatModel</key>\n<string>gpt-4.1</string>\n<key>NSFaceIDUsageDescription</key>\n<string>To look</string></dict></plist>';
    expect(at('xcode', camel, 'ChatModel')).toBe('gpt-4.1@3');
    expect(at('xcode', camel, 'NSFaceIDUsageDescription')).toBe('undefined@undefined');
  });
});

describe('readers keep the line of every value', () => {
  it('JSON with comments and trailing commas', () => {
    expect(at('json', '{\n// c\n"a": {\n/* x\n */ "b": "v",\n},}', 'a', 'b')).toBe('v@5');
  });
  it('YAML, folded scalars and merge keys', () => {
    expect(at('yaml', 'base: &b\n  model: m\nuse:\n  <<: *b\n', 'use', 'model')).toBe('m@2');
    expect(at('yaml', 'a:\n  b: >\n    x\n    y\n', 'a', 'b')).toBe('x y\n@2');
  });
  it('TOML tables, arrays of tables, inline tables, multi-line strings', () => {
    const text = '[a.b]\nc = """\nx\n"""\n[[d]]\ne = { f = "g" }\n[[d]]\ne = { f = "h" }\n';
    expect(plain(readConfig('toml', text).documents[0])).toEqual({ a: { b: { c: 'x\n' } }, d: [{ e: { f: 'g' } }, { e: { f: 'h' } }] });
    expect(at('toml', text, 'a', 'b', 'c')).toBe('x\n@2');
  });
  it('properties, INI, dotenv', () => {
    expect(at('properties', '# c\na.b: x \\\n  y\nz=1', 'a.b')).toBe('x y@2');
    expect(at('ini', '[s]\nk = v ; c\n', 's.k')).toBe('v@2');
    expect(at('dotenv', '\nexport A="b # c" # d\n', 'A')).toBe('b # c@2');
    expect(at('dotenv', 'A="open\nB=2\n', 'B')).toBe('2@2');
  });
  it('variables of Makefiles and Justfiles, outside recipes', () => {
    const make = 'LLM_MODEL ?= gpt-4o-mini # small\nexport A::="b"\nC := $(shell cat c)\nrun:\n\tD=e ./run\n';
    expect(at('make', make, 'LLM_MODEL')).toBe('gpt-4o-mini@1');
    expect(at('make', make, 'A')).toBe('b@2');
    expect(at('make', make, 'C')).toBe('undefined@undefined');
    expect(at('make', make, 'D')).toBe('undefined@undefined');
    expect(at('make', 'export M := env_var_or_default("M", "bge-m3")\n', 'M')).toBe('bge-m3@1');
  });

  it('HCL blocks, heredocs, calls, conditionals', () => {
    const text = 'resource "t" "n" {\n  a = cond ? "x" : "y"\n  b = <<-EOT\n    text\n  EOT\n  c = jsonencode({ d = "e" })\n}\n';
    const root = readConfig('hcl', text).documents[0];
    expect(root?.kind === 'map' && root.entries[0]?.labels).toEqual(['t', 'n']);
    expect(plain(get(root, 'resource', 'a'))).toEqual(['x', 'y']);
    expect(plain(get(root, 'resource', 'c'))).toEqual([{ d: 'e' }]);
    expect(get(root, 'resource', 'c')?.line).toBe(6);
  });
  it('Bicep declarations and arrays', () => {
    const text = "param p string = 'v'\nresource r 'T@1' = {\n  list: [\n    'a'\n    {\n      k: 'b'\n    }\n  ]\n}\n";
    const root = readConfig('bicep', text).documents[0];
    expect(at('bicep', text, 'param')).toBe('v@1');
    expect(plain(get(root, 'resource', 'list'))).toEqual(['a', { k: 'b' }]);
  });
  it('Helm templates', () => {
    const text = '{{- if .x }}\nimage: {{ .Values.image }}:1\nargs: ["--m", "{{ .y }}"]\n{{- end }}\n';
    expect(plainTemplate(text).split('\n')).toHaveLength(text.split('\n').length);
    expect(at('yaml', text, 'image')).toBe('{{ .Values.image }}:1@2');
  });
});

describe('bad and hostile input', () => {
  it('reads JSON as JSON.parse does', () => {
    assert(
      property(jsonValue({ maxDepth: 5 }), (value) => {
        const { documents, problem } = readConfig('json', JSON.stringify(value));
        expect(problem).toBeUndefined();
        // Doubled keys cannot occur, and __proto__ is a key like any other.
        expect(JSON.stringify(plain(documents[0]))).toBe(JSON.stringify(JSON.parse(JSON.stringify(value))));
      }),
      { numRuns: 200 },
    );
  });

  it('never throws on any text', () => {
    const noise = oneof(
      string({ maxLength: 300 }),
      array(
        constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          "'",
          '=',
          ':',
          '\n',
          ' ',
          '${',
          '<<A',
          '- ',
          '&a',
          '*a',
          '#',
          '//',
          '/*',
          '\\',
          'a',
          '"""',
          "'''",
          '(',
          ')',
          '{{',
          '}}',
          ',',
          '.',
        ),
        { maxLength: 80 },
      ).map((parts) => parts.join('')),
    );
    assert(
      property(constantFrom(...FORMATS), noise, (format, text) => {
        const { documents } = readConfig(format, text);
        const lines = text.split('\n').length;
        for (const root of documents) expect(root.line).toBeLessThanOrEqual(lines + 1);
      }),
      { numRuns: 1500 },
    );
  });

  it('stops at depth and count, and says so', () => {
    for (const format of ['json', 'hcl', 'bicep'] as const) {
      const deep = format === 'json' ? '['.repeat(MAX_DEPTH + 10) : 'a {\n'.repeat(MAX_DEPTH + 10);
      expect(readConfig(format, deep).problem?.reason).toBe('limit');
    }
    expect(readConfig('json', `[${'1,'.repeat(MAX_NODES + 5)}1]`).problem?.reason).toBe('limit');
    expect(readConfig('yaml', 'a: b\n'.repeat(MAX_YAML / 5 + 1)).problem?.reason).toBe('limit');
  });

  it('does not let depth reach the end of the stack', () => {
    for (const text of [
      '['.repeat(100_000),
      '- '.repeat(100_000),
      '{a: '.repeat(50_000),
      '? '.repeat(100_000),
      Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    ]) {
      expect(readConfig('yaml', text).problem?.reason).toBe('limit');
    }
  });

  it('survives aliases that multiply', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i]}`).join(',')}]`),
    ].join('\n');
    const start = performance.now();
    expect(readConfig('yaml', bomb).problem?.reason).toBe('limit');
    expect(readConfig('yaml', 'a: &a [*a]').documents).toHaveLength(1);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('is linear in long lines', () => {
    const start = performance.now();
    for (const format of FORMATS)
      for (const unit of ['a', '{{', '${', '"', '<<A\n', 'a=b ', '- ', '(', '[', "'", '&a ', '? ']) readConfig(format, unit.repeat(4000));
    expect(performance.now() - start).toBeLessThan(8000);
  });
});

describe('intrinsic functions of CloudFormation', () => {
  const template = (value: unknown): ConfigNode => {
    const body = {
      Parameters: { A: { Default: 'x' }, B: { AllowedValues: ['y', 'z'] } },
      Resources: { R: { Type: 'AWS::S3::Bucket', V: value } },
    };
    const [root] = readConfig('json', JSON.stringify(body)).documents;
    if (!root) throw new Error('no document');
    return resolveIntrinsics(root);
  };
  const valueOf = (value: unknown): unknown => {
    const node = get(template(value), 'Resources', 'R', 'V');
    return node?.kind === 'list'
      ? node.items.map(textOf)
      : node?.kind === 'scalar' && node.type === 'expression'
        ? undefined
        : textOf(node);
  };

  it.each([
    [{ Ref: 'A' }, 'x'],
    [{ Ref: 'B' }, ['y', 'z']],
    [{ Ref: 'AWS::Region' }, undefined],
    [{ 'Fn::Sub': 'a-${A}-${!B}' }, 'a-x-${B}'],
    [{ 'Fn::Sub': ['${C}/${B}', { C: 'c' }] }, ['c/y', 'c/z']],
    [{ 'Fn::Sub': '${AWS::Region}-a' }, undefined],
    [{ 'Fn::Join': ['.', ['a', { Ref: 'A' }]] }, 'a.x'],
    [{ 'Fn::Select': [1, ['a', { Ref: 'A' }]] }, 'x'],
    [{ 'Fn::GetAtt': ['R', 'Arn'] }, undefined],
  ])('%j', (value, expected) => {
    expect(valueOf(value)).toEqual(expected);
  });

  it('leaves other trees alone', () => {
    const [root] = readConfig('json', '{"a": {"Ref": "A"}}').documents;
    expect(root && resolveIntrinsics(root)).toBe(root);
  });

  it('never throws', () => {
    const names = constantFrom('Ref', 'Fn::Sub', 'Fn::Join', 'Fn::FindInMap', 'Fn::If', 'Fn::Select');
    assert(
      property(names, jsonValue(), (name, value) => {
        template({ [name]: value });
        template({ [name]: [value, { [name]: value }] });
      }),
    );
  });
});
