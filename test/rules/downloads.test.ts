// Downloads that nothing protects.
import { describe, expect, it } from 'vitest';
import { components, places } from './scan-tree.ts';

const insecure = (tree: Readonly<Record<string, string>>): Promise<string[]> => places('insecure-download', tree);
const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('checks of certificates that a program takes off', () => {
  const load = 'AutoModel.from_pretrained("bert-base-uncased")';

  it.each([
    ['ssl._create_default_https_context = ssl._create_unverified_context', true],
    ['os.environ["CURL_CA_BUNDLE"] = ""', true],
    ['os.environ["PYTHONHTTPSVERIFY"] = "0"', true],
    ['os.environ["REQUESTS_CA_BUNDLE"] = "/etc/ssl/company.pem"', false],
    ['ssl._create_default_https_context = ssl.create_default_context', false],
  ])('%s: %s', async (line, found) => {
    const code = rows('import os, ssl', 'from transformers import AutoModel', 'def main():', `    ${line}`, `    ${load}`);
    expect(await insecure({ 'load.py': code })).toEqual(found ? ['load.py:4'] : []);
  });

  it('reads the variables that JavaScript sets', async () => {
    const code = rows(
      'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";',
      'import { pipeline } from "@huggingface/transformers";',
      'await pipeline("feature-extraction", "Xenova/all-MiniLM-L6-v2");',
    );
    expect(await insecure({ 'load.ts': code })).toEqual(['load.ts:1']);
  });

  it('leaves programs that fetch no models or data', async () => {
    const code = rows('import ssl, openai', 'ssl._create_default_https_context = ssl._create_unverified_context', 'openai.OpenAI()');
    expect(await insecure({ 'ask.py': code })).toEqual([]);
  });
});

it('sees data that hosts of data serve over plain http', async () => {
  const script = rows('wget http://www.openslr.org/resources/11/lexicon.txt', 'wget http://intranet.acme.com/install.txt');
  expect(await insecure({ 'run.sh': script })).toEqual(['run.sh:1']);
});

it('reads a file whose only import of AI stands behind others in its row', async () => {
  const code = rows('import os, json as j, torch', 'torch.hub.load("acme/radar", "radar")');
  expect(await components('model', { 'load.py': code })).toEqual(['radar load.py:2']);
});

it('takes an archive for data by what its repository says, not by who owns it, and never a repository of models', async () => {
  const script = rows(
    'wget https://github.com/CorpusTools/pack/raw/main/en.zip',
    'wget https://github.com/acme/corpus-models/raw/main/models/dataset.zip',
    'wget https://github.com/acme/speech-corpus/raw/main/en.zip',
    'python train.py',
  );
  expect(await components('dataset', { 'run.sh': script, 'train.py': 'import torch\ntorch.nn.Linear(1, 1)\n' })).toEqual([
    'https://github.com/acme/speech-corpus/raw/main/en.zip run.sh:3',
  ]);
});
