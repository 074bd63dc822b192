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

async function verdictsIn(files: Record<string, string | Uint8Array>): Promise<Record<string, string>> {
  const source = memorySource(files);
  const engine = inlineEngine({ source, knowledge, hash: false, now: Date.now });
  const { artifacts } = await scan({ source, knowledge, engine, now: new Date('2026-01-01') });
  return Object.fromEntries(artifacts.map(({ path, verdict }) => [path, verdict]));
}

const PICKLE = Buffer.from('\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.', 'latin1');

test('finds harm in files whose names promise no model', async () => {
  const files = {
    'a/payload.features': PICKLE,
    'a/payload.pk1': PICKLE,
    'a/late.bin': Buffer.from('N0cos\nsystem\n(S"id"\ntR.'),
    'a/picture.dat': Buffer.concat([Buffer.from('GIF89a\x00\x00\x000'), PICKLE.subarray(2)]),
    'a/params.yaml': 'lr: 1\nx: !!python/object/apply:os.system ["id"]\n',
    'conf/model/trainer.yaml': 'model:\n  _target_: os.system\n  command: id\n',
    'a/state.json': '{"py/reduce": [{"py/function": "os.system"}, {"py/tuple": ["id"]}]}',
    'a/graph.pbtxt': 'node { name: "n" op: "PyFunc" }\n',
    'a/modules.json': '[{"idx": 0, "name": "0", "path": "", "type": "os.system"}]',
    'a/net.xml': '<?xml version="1.0"?><!DOCTYPE net [<!ENTITY e SYSTEM "file:///etc/passwd">]><net name="&e;" version="11"/>',
    'm/config.json': '{"model_type": "x", "architectures": ["X"]}',
    'm/additional_chat_templates/tools.jinja': "{{ ''.__class__.__mro__ }}",
    'm/modeling_x.py': 'import base64\nexec(base64.b64decode("aW1wb3J0IG9z"))\n',
  };
  const { 'm/config.json': config, ...found } = await verdictsIn(files);
  expect(config).toBe('clean');
  expect(found).toEqual(Object.fromEntries(Object.keys(files).flatMap((path) => (path === 'm/config.json' ? [] : [[path, 'malicious']]))));
});

test('says nothing of ordinary files that only look a little like models', async () => {
  expect(
    await verdictsIn({
      'mkdocs.yml': 'markdown_extensions:\n  - emoji:\n      emoji_index: !!python/name:materialx.emoji.twemoji\n',
      'conf/model.yaml': 'model:\n  _target_: project.models.Net\n  size: 3\n',
      'a/data.json': '{"class_name": "lesson", "_type": "event"}',
      'a/words': 'com\norg\nnet\n',
      'a/program.py': 'import subprocess\nsubprocess.run(["id"])\n',
      'a/notes.features': 'Some text about features.\n',
      'a/firmware.bin': Buffer.from('\x7fELF\x02\x01\x01', 'latin1'),
    }),
  ).toEqual({});
});

test('takes a program beside a model for what it is, whatever its name', async () => {
  const files = {
    'm/config.json': '{"model_type": "x"}',
    'm/weights.bin': Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(64)]),
  };
  expect(await verdictsIn(files)).toMatchObject({ 'm/weights.bin': 'suspicious' });
});
