import { describe, expect, it } from 'vitest';
import { scan, type Files } from './manifests-helper.ts';

const undeclared = async (files: Files): Promise<unknown[]> =>
  (await scan(files)).inventory.observations
    .filter(({ type }) => type === 'import')
    .map(({ component, location, facts }) => [component, `${location.path}:${location.line ?? 0}`, facts['module']]);

describe('imports', () => {
  it('without a manifest are shadow AI, by the longest known prefix', async () => {
    expect(
      await undeclared({
        'app.py': 'import os\nimport sklearn.svm SVC\nimport google genai\nimport google.cloud aiplatform\nimport numpy\n',
      }),
    ).toEqual([
      ['library:pypi/scikit-learn', 'app.py:2', 'sklearn'],
      ['library:pypi/google-genai', 'app.py:3', 'google.genai'],
      ['library:pypi/google-cloud-aiplatform', 'app.py:4', 'google.cloud.aiplatform'],
    ]);
  });

  it('declared anywhere in the repository are declared, whichever distribution supplies the module', async () => {
    const scanned = await scan({
      'deploy/requirements.txt': 'faiss-gpu==1.7.2\ntf-nightly\n',
      'app.py': 'import faiss\nimport tensorflow keras\n',
    });
    expect(scanned.inventory.observations.filter(({ type }) => type === 'import')).toEqual([]);
    expect(
      scanned.libraries.map(({ name, declared, occurrences }) => [name, declared, occurrences.map(({ location }) => location.path)]),
    ).toEqual([
      ['faiss-gpu', true, ['app.py', 'deploy/requirements.txt']],
      ['tf-nightly', true, ['app.py', 'deploy/requirements.txt']],
    ]);
  });

  it('do not widen the scope of a declared library', async () => {
    const { lines } = await scan({ 'requirements-dev.txt': 'ragas==0.1.0\n', 'eval.py': 'import ragas\n' });
    expect(lines).toEqual(['pypi/ragas 0.1.0 development eval.py:1']);
  });

  it('of what only a lock file names are no shadow AI, but direct', async () => {
    const scanned = await scan({
      'pyproject.toml': '[project]\ndependencies = ["langchain"]\n',
      'uv.lock':
        '[[package]]\nname = "langchain"\nversion = "0.2.0"\n[[package]]\nname = "langchain-core"\nversion = "0.2.1"\n[[package]]\nname = "openai"\nversion = "1.0.0"\n',
      'app.py': 'import langchain_core.tools tool\n',
    });
    expect(scanned.lines).toEqual([
      'pypi/langchain 0.2.0 runtime pyproject.toml:2',
      'pypi/langchain-core 0.2.1 runtime app.py:1 !',
      'pypi/openai 1.0.0 runtime uv.lock:8 *',
    ]);
    expect(scanned.inventory.observations.filter(({ type }) => type === 'import')).toEqual([]);
  });

  it('from a namespace that packages share name the package of the module, or the folder of the tree', async () => {
    expect(
      await undeclared({
        'src/haystack_integrations/components/scanner/__init__.py': '',
        'examples/run.py': 'import haystack_integrations.components.scanner Scanner\n',
        'app.py': 'import haystack_integrations.components.generators.ollama OllamaChatGenerator\n',
        'other.py': 'import haystack_integrations.components.generators.nobody Generator\n',
      }),
    ).toEqual([['library:pypi/ollama-haystack', 'app.py:1', 'haystack_integrations.components.generators.ollama']]);
    expect(
      await undeclared({
        'src/langchain_core/house/rules.py': '',
        'examples/run.py': 'import langchain_core.house.rules Rules\nimport langchain_core.tools tool\n',
      }),
    ).toEqual([['library:pypi/langchain-core', 'examples/run.py:2', 'langchain_core']]);
  });

  it('of local modules are no packages', async () => {
    expect(
      await undeclared({
        'main.py': 'import openai\nimport agents Agent\nimport datasets load_dataset\nimport .torch\nimport chromadb\n',
        'openai.py': '',
        'lib/agents/core.py': '',
        'datasets/__init__.py': '',
        'src/chromadb/__init__.py': '',
      }),
    ).toEqual([]);
  });

  it('of a file beside one of the same name in a package are packages', async () => {
    expect(
      await undeclared({
        'app/providers/__init__.py': '',
        'app/__init__.py': '',
        'app/providers/openai.py': 'import openai OpenAI\n',
        'app/providers/factory.py': 'import openai\n',
      }),
    ).toEqual([
      ['library:pypi/openai', 'app/providers/factory.py:1', 'openai'],
      ['library:pypi/openai', 'app/providers/openai.py:1', 'openai'],
    ]);
  });

  it('of general names count by what is imported of them', async () => {
    expect(
      await undeclared({
        'a.py': 'import agents Agent\nimport datasets load_dataset\nimport mcp.server.fastmcp FastMCP\nimport whisper\n',
      }),
    ).toHaveLength(4);
    expect(
      await undeclared({
        'a.py': 'import agents MyThing\nimport datasets my_loader\nimport trainer\nimport llm\nimport models\nimport model Model\n',
      }),
    ).toEqual([]);
  });

  it('are sighted once in each file', async () => {
    expect(await undeclared({ 'a/tests/t.py': 'import torch\n', 'z/train.py': 'import os\nimport torch nn\nimport torch.nn\n' })).toEqual([
      ['library:pypi/torch', 'a/tests/t.py:1', 'torch'],
      ['library:pypi/torch', 'z/train.py:2', 'torch'],
    ]);
  });

  it('of JavaScript: bare and inline specifiers, not aliases or own packages', async () => {
    const scanned = await scan({
      'package.json': '{"name": "app", "dependencies": {"ai": "^3.0.0"}}',
      'packages/x/package.json': '{"name": "@mastra/own"}',
      'src/a.ts':
        'import openai/resources\nimport ./openai\nimport @/ai\nimport node:fs\nimport ai\nimport @langchain/core/messages\nimport npm:@anthropic-ai/sdk@0.20.0\nimport @mastra/own\nimport transformers\n',
    });
    expect(scanned.lines).toEqual([
      'npm/@anthropic-ai/sdk 0.20.0 runtime src/a.ts:7',
      'npm/@langchain/core - runtime src/a.ts:6 !',
      'npm/ai ~^3.0.0 runtime package.json:1',
      'npm/openai - runtime src/a.ts:1 !',
    ]);
  });

  it('of languages with compulsory manifests count only where there is none', async () => {
    const source = {
      'Main.java': 'import com.theokanning.openai.service.OpenAiService\n',
      'main.go': 'import github.com/sashabaranov/go-openai/jsonschema\n',
    };
    expect((await scan(source)).libraries.map(({ ecosystem, declared }) => [ecosystem, declared])).toEqual(
      expect.arrayContaining([['golang', false]]),
    );
    const scanned = await scan({
      ...source,
      'go.mod': 'module x\nrequire github.com/openai/openai-go v1.0.0\n',
      'pom.xml': '<project></project>',
    });
    expect(scanned.lines).toEqual(['golang/github.com/openai/openai-go v1.0.0 runtime go.mod:2']);
  });

  it('of the repository itself are no dependencies', async () => {
    const { lines } = await scan({
      'pyproject.toml': '[project]\nname = "openai"\nclassifiers = []\ndependencies = ["httpx"]\n',
      'src/openai/__init__.py': '',
      'examples/demo.py': 'import openai\n',
    });
    expect(lines).toEqual(['pypi/httpx - runtime pyproject.toml:4']);
  });

  it('of R scripts need no manifest', async () => {
    expect(
      await undeclared({
        'fit.R': 'library(xgboost)\n# library(torch)\nif (require("caret")) x <- dplyr::filter(y)\n',
        DESCRIPTION: 'Imports: caret\n',
      }),
    ).toEqual([['library:cran/xgboost', 'fit.R:1', 'xgboost']]);
  });
});
