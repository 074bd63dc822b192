// Images of compose files that files of variables name.
import { describe, expect, it } from 'vitest';
import { components, places } from '../rules/scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const STACK = rows(
  'services:',
  '  brain:',
  '    image: ${BRAIN_IMAGE:?set it in pins.env}',
  '    ports:',
  '      - "3003:11434"',
  '    environment:',
  '      - OLLAMA_KEEP_ALIVE=24h',
);

describe('images that a file of variables names', () => {
  it('are those of the stack', async () => {
    const tree = { 'stack/compose.gpu.yml': STACK, 'stack/pins.env': `BRAIN_IMAGE=ollama/ollama@${DIGEST}\n` };
    expect(await components('infra', tree)).toEqual(['ollama/ollama stack/compose.gpu.yml:3']);
    expect(await places('exposed-model-server', tree)).toEqual(['stack/compose.gpu.yml:5']);
    expect(await places('unpinned-image', tree)).toEqual([]);
    const latest = { 'compose.yml': STACK, '.env.example': 'BRAIN_IMAGE=ollama/ollama:latest\n' };
    expect(await places('unpinned-image', latest)).toEqual(['compose.yml:3']);
  });

  it('are each of those that the files name', async () => {
    const tree = {
      'compose.yml': STACK,
      'env/cpu.env': 'BRAIN_IMAGE=ollama/ollama:0.13.0\n',
      'env/amd.env': 'BRAIN_IMAGE=vllm/vllm-openai:v0.11.0\n',
    };
    expect(await components('infra', tree)).toEqual(['ollama/ollama compose.yml:3', 'vllm/vllm-openai compose.yml:3']);
  });

  it('have the tag that the file says', async () => {
    const stack = STACK.replace('${BRAIN_IMAGE:?set it in pins.env}', '${REGISTRY}/ollama/ollama:$TAG');
    expect(await places('unpinned-image', { 'compose.yml': stack, '.env': 'REGISTRY=docker.io\nTAG=0.13.0\n' })).toEqual([]);
    expect(await places('unpinned-image', { 'compose.yml': stack, '.env': 'REGISTRY=docker.io\nTAG=latest\n' })).toEqual(['compose.yml:3']);
    expect(await components('infra', { 'compose.yml': stack, '.env': 'REGISTRY=docker.io\n' })).toEqual([
      'docker.io/ollama/ollama compose.yml:3',
    ]);
  });

  it('stay unknown where no file beside them names one', async () => {
    expect(await components('infra', { 'compose.yml': STACK })).toEqual([]);
    expect(await components('infra', { 'a/compose.yml': STACK, 'b/.env': 'BRAIN_IMAGE=ollama/ollama\n' })).toEqual([]);
    expect(await components('infra', { 'compose.yml': STACK, '.env': 'BRAIN_IMAGE=postgres:17\n' })).toEqual([]);
    // What the service is told is read all the same, once.
    const told = STACK.replace('OLLAMA_KEEP_ALIVE=24h', 'OPENAI_BASE_URL=http://models.acme-labs.io/v1');
    expect(await places('plaintext-endpoint', { 'compose.yml': told })).toEqual(['compose.yml:7']);
  });
});
