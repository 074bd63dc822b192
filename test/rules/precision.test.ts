// Findings of unseen repositories were read one by one. What was wrong in them, or missing, is kept here in small trees.
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { scan } from '../../src/scan.ts';
import { memorySource } from '../../src/source/memory.ts';
import { inlineEngine } from '../../src/workers/engine.ts';

const knowledge = loadKnowledge();

/** Places of a rule's findings, `path:line`. */
async function places(ruleId: string, tree: Readonly<Record<string, string>>): Promise<string[]> {
  const source = memorySource(tree);
  const report = await scan({ source, knowledge, engine: inlineEngine({ source, knowledge, hash: false, now: Date.now }), now: new Date('2026-11-25T12:00:00Z'), trust: [] });
  return report.findings.filter((finding) => finding.ruleId === ruleId).map(({ location }) => `${location.path}:${location.line ?? 0}`);
}

describe('unpinned-image', () => {
  it('takes the tag that Kustomize puts in the place of another', async () => {
    const images = (lines: string): Readonly<Record<string, string>> => ({
      'overlays/kustomization.yaml': `kind: Kustomization\nimages:\n${lines}`,
    });
    expect(await places('unpinned-image', images('  - name: qdrant/qdrant\n    newName: ghcr.io/acme/qdrant\n    newTag: v1.15.5\n'))).toEqual([]);
    expect(await places('unpinned-image', images('  - name: qdrant/qdrant\n    newTag: latest\n'))).toEqual(['overlays/kustomization.yaml:3']);
    expect(await places('unpinned-image', images('  - name: vllm\n    newName: vllm/vllm-openai\n    newTag: nightly\n'))).toEqual([
      'overlays/kustomization.yaml:4',
    ]);
    expect(await places('unpinned-image', images('  - name: qdrant/qdrant\n    newName: ghcr.io/acme/qdrant\n'))).toEqual([]);
  });
});

describe('undeclared-ai-library', () => {
  it('knows a package of the tree by the module that is imported of it', async () => {
    const tree = {
      'k3s/__init__.py': '',
      'k3s/ray/__init__.py': '',
      'k3s/ray/openai_whisper/__init__.py': '',
      'k3s/ray/transformers/__init__.py': '',
      'k3s/ray/transformers/layers.py': '',
      'k3s/ray/helpers/__init__.py': '',
      'k3s/ray/helpers/a.py': 'from transformers.layers import Layer\n',
    };
    expect(await places('undeclared-ai-library', tree)).toEqual([]);
    expect(await places('undeclared-ai-library', { ...tree, 'k3s/ray/helpers/b.py': 'from transformers import AutoModel\n' })).toEqual([
      'k3s/ray/helpers/b.py:1',
    ]);
  });

  it('is content with a library that comes in the image which the code runs in', async () => {
    const code = { 'jobs/main.py': 'import ray\nray.init()\n' };
    expect(await places('undeclared-ai-library', code)).toEqual(['jobs/main.py:1']);
    expect(await places('undeclared-ai-library', { ...code, 'jobs/Dockerfile': 'FROM rayproject/ray:2.9.0-py311\n' })).toEqual([]);
    expect(await places('undeclared-ai-library', { ...code, 'jobs/Dockerfile': 'FROM pytorch/pytorch:2.9.0\n' })).toEqual(['jobs/main.py:1']);
  });
});

describe('unpinned-revision', () => {
  it('leaves a task whose model the library pins', async () => {
    expect(await places('unpinned-revision', { 'a.py': "from transformers import pipeline\np = pipeline('depth-estimation')\n" })).toEqual([]);
    expect(await places('unpinned-revision', { 'a.py': "from transformers import pipeline\np = pipeline('video-to-text')\n" })).toEqual(['a.py:2']);
  });

  it('leaves the id of a hosted model that another branch is called with', async () => {
    const tree = {
      'e.py': `from sentence_transformers import SentenceTransformer
from langchain_google_genai import GoogleGenerativeAIEmbeddings
def embed(provider, name="models/text-embedding-004"):
    if provider == "google":
        return GoogleGenerativeAIEmbeddings(model=name)
    return SentenceTransformer(name)
`,
    };
    expect(await places('unpinned-revision', tree)).toEqual([]);
    expect(await places('end-of-life-model', tree)).toHaveLength(1);
    expect(await places('unpinned-revision', { 'e.py': tree['e.py'].replace('models/text-embedding-004', 'BAAI/bge-m3') })).toEqual(['e.py:6']);
  });
});

describe('unsafe-deserialization', () => {
  const copy = (source: string): Readonly<Record<string, string>> => ({ 'a.py': `import pickle, torch\n${source}`, 'requirements.txt': 'torch==2.4.0\n' });

  it('leaves what the program wrote the line before', async () => {
    expect(await places('unsafe-deserialization', copy('def f(x):\n    data = pickle.dumps(x)\n    return pickle.loads(data)\n'))).toEqual([]);
    expect(await places('unsafe-deserialization', copy('def f(x):\n    data = x.read()\n    return pickle.loads(data)\n'))).toEqual(['a.py:4']);
    expect(await places('unsafe-deserialization', copy('def f(x, y):\n    data = pickle.dumps(x) if y else x\n    return pickle.loads(data)\n'))).toEqual([
      'a.py:4',
    ]);
  });
});

describe('restricted-licence', () => {
  it('does not judge a hosted model by the weights of its maker’s other models', async () => {
    const list = (id: string): Readonly<Record<string, string>> => ({ 'models.ts': `export const MOONSHOT_MODELS = ["${id}"];\n` });
    expect(await places('restricted-licence', list('moonshot-v1-8k'))).toEqual([]);
    expect(await places('end-of-life-model', list('moonshot-v1-8k'))).toEqual(['models.ts:1']);
    expect(await places('restricted-licence', list('kimi-k2-instruct'))).toEqual(['models.ts:1']);
  });
});
