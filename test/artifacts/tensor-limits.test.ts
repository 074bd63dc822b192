import { describe, expect, test } from 'vitest';
import { assemble, file } from '../../fixtures/artifacts/tensor/safetensors.ts';
import { gguf, string } from '../../fixtures/artifacts/tensor/gguf.ts';
import { bytes, concat, text, u64, zeros } from '../../fixtures/artifacts/tensor/bytes.ts';
import { bin, int, msg, str } from '../../fixtures/artifacts/graph/proto.ts';
import { longVariable, manyCells } from '../../fixtures/artifacts/graph/matlab.ts';
import { node, onnxModel } from '../../fixtures/artifacts/graph/onnx.ts';
import { inspectBytes } from './harness.ts';

const many = (count: number, make: (i: number) => string): string => Array.from({ length: count }, (_, i) => make(i)).join('');

/** Small files that ask for much work. None may be clean by giving up, take long, or fill memory. */
const BOMBS: readonly (readonly [name: string, path: string, make: () => Uint8Array])[] = [
  [
    'template: lists of lists of long strings',
    'chat_template.jinja',
    () =>
      text(
        `{% set a = 'x' * 4096 %}${many(20, (i) => `{% set a${i} = [${`${i === 0 ? 'a' : `a${i - 1}`},`.repeat(250)}] %}`)}{{ a19|join|fetch }}`,
      ),
  ],
  [
    'template: replacing with itself',
    'chat_template.jinja',
    () => text(`{% set a = 'x' * 4096 %}${many(500, () => "{% set a = a|replace('x', a) %}")}{{ a|fetch }}`),
  ],
  [
    'template: thousands of open names in one expression',
    'chat_template.jinja',
    () => text(many(50, () => `{{ ${'a ~ '.repeat(1900)}a }}`) + '{{ fetch() }}'),
  ],
  ['MATLAB: cells without end', 'a.mat', manyCells],
  ['MATLAB: variable without end', 'a.mat', longVariable],
  ['template: tags without end', 'chat_template.jinja', () => text('{{ '.repeat(300_000))],
  ['template: raw blocks without end', 'chat_template.jinja', () => text(`{% raw %}${'{% raw %}'.repeat(100_000)}`)],
  ['template: strings without end', 'chat_template.jinja', () => text("{{ '".repeat(100_000))],
  ['JSON: five million empty objects', 'config.json', () => text(`[${'{},'.repeat(5_000_000)}{}]`)],
  ['JSON: fragments in fragments', 'config.json', () => text('{"class_name":'.repeat(70_000))],
  ['JSON: digits without end', 'config.json', () => text(`[${'9'.repeat(5_000_000)}]`)],
  [
    'YAML: aliases of aliases',
    'model_config.yaml',
    () =>
      text(
        `a: &a [x,x,x,x,x,x,x,x,x]\n${many(20, (i) => `a${i}: &a${i} [${`*a${i === 0 ? '' : i - 1},`.repeat(9)}]\n`)}_target_: os.system\n`,
      ),
  ],
  ['YAML: a megabyte of keys', 'model_config.yaml', () => text(many(60_000, (i) => `key${i}: value number ${i}\n`))],
  ['XML: attributes without values', 'model.pmml', () => text(`<PMML version="4.4" ${'a'.repeat(1_000_000)}></PMML>`)],
  ['XML: includes', 'model.pmml', () => text(`<PMML version="4.4">XInclude${'<include/>'.repeat(200_000)}</PMML>`)],
  ['XML: entities', 'model.pmml', () => text(`<!DOCTYPE x [${'<!ENTITY a'.repeat(100_000)}`)],
  [
    'safetensors: header of small tensors',
    'm.safetensors',
    () =>
      assemble(
        `{${many(150_000, (i) => `"t${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},`)}"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`,
        zeros(2),
      ),
  ],
  ['safetensors: header of open brackets', 'm.safetensors', () => assemble(`{"a":${'['.repeat(5_000_000)}`)],
  [
    'gguf: array of short strings',
    'm.gguf',
    () =>
      gguf({
        metadata: [
          ['tokens', { type: 'raw', id: 9, bytes: concat(bytes(8, 0, 0, 0), u64(1_000_000), zeros(8_000_000)) }],
          ['tokenizer.chat_template', string('{{ fetch() }}')],
        ],
      }),
  ],
  [
    'onnx: nodes of the same name',
    'm.onnx',
    () => onnxModel({ nodes: [Buffer.concat(Array.from({ length: 50_000 }, () => node('Relu'))), node('X', 'unknown')] }),
  ],
  [
    'onnx: a hundred thousand domains',
    'm.onnx',
    () => onnxModel({ nodes: [Buffer.concat(Array.from({ length: 50_000 }, (_, i) => node('X', `d${i}`)))] }),
  ],
  [
    'tensorflow: functions without bodies',
    'saved_model.pb',
    () =>
      concat(
        int(1, 1),
        msg(
          2,
          msg(
            2,
            msg(1, str(1, 'x'), str(2, 'MatchingFiles')),
            bin(
              2,
              new Uint8Array(400_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0)),
            ),
          ),
        ),
      ),
  ],
  ['msgpack: arrays in arrays', 'm.msgpack', () => concat(bytes(0x81, 0xa1, 0x61), new Uint8Array(1_000_000).fill(0x91))],
  [
    'ubjson: containers of nothing',
    'm.ubj',
    () => concat(text('{L'), bytes(0, 0, 0, 0, 0, 0, 0, 7), text('learner'), text('['.repeat(99)), text('Z'.repeat(3_000_000))),
  ],
  ['engine: path without end', 'm.engine', () => text(`ptrt${'/a'.repeat(2_000_000)}`)],
];

describe('work is bounded', () => {
  test.each(BOMBS)('%s', async (_, path, make) => {
    const content = make();
    const before = process.cpuUsage();
    const { verdict, findings } = await inspectBytes(content, path);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(4000);
    expect(verdict).not.toBe('clean');
    expect(findings.filter(({ args }) => args['reason'] === 'crash')).toEqual([]);
    expect(findings.length).toBeLessThan(600);
  });

  test('a finding survives the flood before it', async () => {
    const flood = Array.from({ length: 300 }, (_, i) => `{{ unknown${i}() }}`).join('');
    expect((await inspectBytes(text(`${flood}{{ x.__class__ }}`), 'chat_template.jinja')).verdict).toBe('malicious');
  });

  test('a long header of an honest file is read', async () => {
    const header = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, i) => [`model.layers.${i}.weight`, { dtype: 'U8', shape: [1], data_offsets: [i, i + 1] }]),
    );
    const { verdict, facts } = await inspectBytes(file(header, zeros(50_000)), 'm.safetensors');
    expect([verdict, facts['tensorCount']]).toEqual(['clean', 50_000]);
  });
});
