import { expect, test } from 'vitest';
import type { Component } from '../../src/core/component.ts';
import { detectCode } from '../../src/crawlers/code/detect.ts';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import type { Project } from '../../src/crawlers/crawler.ts';
import { detectSection } from '../../src/knowledge/detect.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();

async function namesIn(path: string, code: string, found: readonly Component[] = []): Promise<string[]> {
  const { facts } = await codeCrawler.extract({ path, text: code }, knowledge);
  const project: Project = {
    entries: [{ path, size: code.length }],
    has: () => false,
    settings: [],
    factsOf: () => [],
    found: [{ components: found }],
    knowledge,
  };
  const { components } = detectCode(facts ? [{ path, facts }] : [], project, knowledge.get(detectSection));
  return (components ?? []).map(({ kind, name }) => `${kind} ${name}`);
}

test('takes the id of a list of models, not the name that people read', async () => {
  const code = `export const models = [{ id: 'openai/gpt-5.2', name: 'GPT-5.2', description: 'new' }, { id: 'xai/grok-4', name: 'Grok-4' }];`;
  expect(await namesIn('lib/ai/models.ts', code)).toEqual(['model openai/gpt-5.2', 'model xai/grok-4']);
});

test.each([
  ['src/tokens.py', 'def NAME(text: str, model: str = "gpt-4.1") -> int:\n    return tokens(text, model)\n', 'count_messages_tokens'],
  ['src/cost.py', 'class Usage:\n    def NAME(self, usage, *, model="gpt-4.1"):\n        return usage\n', '_estimate_cost_usd'],
  ['src/tokens.ts', 'export function NAME(text: string, model = "gpt-4.1"): number { return length(text, model); }\n', 'numTokensFromText'],
  ['src/tokens.ts', 'const NAME = (text: string, model: string = "gpt-4.1") => length(text, model);\n', 'countTokens'],
])('passes over the default of what counts tokens or costs: %s', async (path, code, counts) => {
  expect(await namesIn(path, code.replace('NAME', counts))).toEqual([]);
  expect(await namesIn(path, code.replace('NAME', 'answer'))).toEqual(['model gpt-4.1']);
});

test.each([
  ['a.py', 'MODEL = "gpt-4" + ".1-mini"\n', ['model gpt-4.1-mini']],
  ['a.py', 'MODEL = ("gpt-4"\n    ".1-mini")\n', ['model gpt-4.1-mini']],
  ['a.py', 'MODEL = "gpt-4" \\\n    ".1-mini"\n', ['model gpt-4.1-mini']],
  ['a.py', 'MODEL = "gpt-4.1"\n"""The model that answers."""\n', ['model gpt-4.1']],
  ['a.py', 'MODEL = "gpt-4" + suffix\n', []],
  ['a.py', 'print("gpt-4" + " is slow")\n', []],
  ['a.js', 'const model = "openai/" + "gpt-4.1";\n', ['model openai/gpt-4.1']],
  ['a.js', 'const model = "gpt-4.1" + "";\n', ['model gpt-4.1']],
  ['A.java', 'class A { static final String MODEL = "gpt-4" + ".1-mini"; }\n', ['model gpt-4.1-mini']],
  ['a.kt', 'val model = "gpt-4" + ".1-mini"\n', ['model gpt-4.1-mini']],
  ['a.scala', 'object A { val model = "gpt-4" + ".1-mini" }\n', ['model gpt-4.1-mini']],
  ['a.swift', 'let model = "gpt-4" + ".1-mini"\n', ['model gpt-4.1-mini']],
  ['a.dart', "const model = 'gpt-4'\n    '.1-mini';\n", ['model gpt-4.1-mini']],
  ['a.php', '<?php $model = "gpt-4" . ".1-mini";\n', ['model gpt-4.1-mini']],
  ['a.php', '<?php $model = "gpt-4" . $size;\n', []],
  ['a.py', 'url = f"https://api.groq.com/openai/v1/{path}"\nmodel = "gpt-4.1"\n', ['service groq', 'model gpt-4.1']],
])('takes a sum of strings for one name: %s %s', async (path, code, names) => {
  expect(await namesIn(path, code)).toEqual(names);
});

test.each([
  ['a.scala', 'object A { val models = List("o3-mini", "gpt-4.1") }\n'],
  ['a.scala', 'object A { val models: Seq[String] = Seq("o3-mini", "gpt-4.1") }\n'],
  ['a.swift', 'let models = ["o3-mini", "gpt-4.1"]\n'],
  ['a.dart', "const models = ['o3-mini', 'gpt-4.1'];\n"],
])('knows the models of a list by its name: %s', async (path, code) => {
  expect(await namesIn(path, code)).toEqual(['model o3-mini', 'model gpt-4.1']);
  expect(await namesIn(path, code.replace('models', 'unsupported'))).toEqual([]);
});

test('passes over what a form shows in an empty field', async () => {
  const code = `const field = { placeholder: 'gpt-4o-mini', model: 'gpt-4.1-mini' };`;
  expect(await namesIn('src/form.ts', code)).toEqual(['model gpt-4.1-mini']);
});

test.each([
  ['internal/router/router_test.go', 'package router\nvar cases = []Case{{Model: "qwen3:8b"}}\n'],
  ['spec/ollama/profile_spec.rb', 'profile = { model: "gemma4:12b" }\n'],
  ['tests/test_cost.py', 'ROW = {"model": "gpt-4o-mini"}\n'],
])('believes no string of a unit test: %s', async (path, code) => {
  expect(await namesIn(path, code)).toEqual([]);
  const inProduct = path.replace(/_test|_spec|test_/, '').replace(/^(?:spec|tests)\//, 'src/');
  expect(await namesIn(inProduct, code)).toHaveLength(1);
});

test('knows a repository of data by what else is said of it', async () => {
  const dataset: Component = { kind: 'dataset', name: 'visionlab/faces', origin: 'huggingface', occurrences: [] };
  const code = 'def get(repo_id="visionlab/faces"):\n    return fetch(repo_id, model_id="Qwen/Qwen2.5-7B-Instruct")\n';
  expect(await namesIn('fetch.py', code, [dataset])).toEqual(['model Qwen/Qwen2.5-7B-Instruct']);
});

test('names weights by the file that a URL ends in', async () => {
  const code = `urls = ['https://github.com/xinntao/Real-ESRGAN/releases/download/v0.1.0/RealESRGAN_x4plus.pth', 'https://example.org/a/model.bin']\n`;
  expect(await namesIn('upscale.py', code)).toEqual(['model RealESRGAN_x4plus.pth']);
  expect(await namesIn('tests/test_upscale.py', code)).toEqual([]);
});

test('takes a variant of a gateway for a model whoever made it', async () => {
  const code = `MODELS = [{"id": "arcee-ai/trinity-mini:free", "label": "Trinity"}]\n`;
  expect(await namesIn('llm.py', code)).toEqual(['model arcee-ai/trinity-mini:free']);
});

test('sees the images that a program runs its jobs in, where they are for AI', async () => {
  const code = `from google.cloud import aiplatform
job = component(base_image="gcr.io/deeplearning-platform-release/tf2-cpu.2-6:latest")
serving_container_image_uri = 'us-docker.pkg.dev/vertex-ai/prediction/tf2-cpu.2-8:latest'
web = Container(image="library/nginx:1")
logo = Card(image="logos/ollama-large")
`;
  expect(await namesIn('pipeline.py', code)).toEqual([
    'infra gcr.io/deeplearning-platform-release/tf2-cpu.2-6',
    'infra us-docker.pkg.dev/vertex-ai/prediction/tf2-cpu.2-8',
  ]);
});

test('takes the import of a vector store in Java for its use, not that of a search engine', async () => {
  const code = (imported: string) =>
    `import ${imported};\nclass A { private final Object client; A(Object client) { this.client = client; } }\n`;
  expect(await namesIn('A.java', code('org.springframework.ai.vectorstore.qdrant.QdrantVectorStore'))).toEqual(['vector-store qdrant']);
  expect(await namesIn('A.java', code('co.elastic.clients.elasticsearch.ElasticsearchClient'))).toEqual([]);
});

test('passes over what a comment of the SQL in a string gives as an example', async () => {
  const code = (before: string): string => `package db\nvar schema = fmt.Sprintf(\`\n  model TEXT, ${before} "openai/gpt-4.1"\n\`, 1)\n`;
  expect(await namesIn('db/schema.go', code('--'))).toEqual([]);
  expect(await namesIn('db/schema.go', code('DEFAULT'))).toEqual(['model openai/gpt-4.1']);
});

test('gives the body of a request the provider whose address stands nearest', async () => {
  const code = `import httpx
def groq(prompt):
    return httpx.post("https://api.groq.com/openai/v1/chat/completions", json={
        "model": SETTINGS.model or "llama-3.1-8b-instant", "prompt": prompt})
def local(prompt):
    return httpx.post(URL, json={"model": "llama3.2", "prompt": prompt})
def openai(prompt):
    return httpx.post("https://api.openai.com/v1/chat/completions", json={"model": "gpt-4o-mini"})
`;
  const { facts } = await codeCrawler.extract({ path: 'llm.py', text: code }, knowledge);
  const project: Project = { entries: [], has: () => false, settings: [], factsOf: () => [], found: [], knowledge };
  const { components } = detectCode(facts ? [{ path: 'llm.py', facts }] : [], project, knowledge.get(detectSection));
  const providers = (components ?? []).flatMap((found) => (found.kind === 'model' ? [[found.name, found.provider]] : []));
  expect(providers).toEqual([
    ['llama-3.1-8b-instant', 'groq'],
    ['llama3.2', undefined],
    ['gpt-4o-mini', 'openai'],
  ]);
});

test('knows a runtime by the name and the port of its address', async () => {
  expect(await namesIn('config.py', 'class Settings:\n    ollama_host: str = "http://127.0.0.1:11434"\n')).toEqual(['service ollama']);
  expect(await namesIn('config.py', 'class Settings:\n    backend: str = "http://127.0.0.1:11434"\n')).toEqual([]);
});

test('takes the members of a list that offers models, not of one that names are compared with', async () => {
  expect(await namesIn('src/models.py', 'import openai\nOPENAI = ["gpt-4.1-mini"]\navailable = ["o3-mini"]\n')).toEqual([
    'model gpt-4.1-mini',
    'model o3-mini',
  ]);
  expect(
    await namesIn('src/sees.py', 'import openai\nvision = ["gpt-4.1-mini", "qwen2.5-vl"]\nif any(v in name for v in vision): ...\n'),
  ).toEqual([]);
});

test('reads commands of evaluation harnesses, whose --model is a kind', async () => {
  const script =
    'EMBED_MODEL="quiverai/embed-base"\nlm_eval --model hf --model_args pretrained=quiverai/base-7b,dtype=auto --tasks hellaswag\n';
  expect((await namesIn('eval.sh', script)).sort()).toEqual(['model quiverai/base-7b', 'model quiverai/embed-base']);
});

test('takes the address of a runtime in a file that is named for it', async () => {
  const code = 'import json\nDEFAULT_BASE_URL = "http://localhost:11434"\nMODEL = "llama3.2"\n';
  expect(await namesIn('src/ollama.py', code)).toContain('service ollama');
  expect(await namesIn('src/server.py', code)).not.toContain('service ollama');
});

test('takes a bare name of a typed variable by the runtime that the file asks', async () => {
  const model = '\tMODEL    string = "mistral"\n\tKind     string = "zephyr"\n';
  const address = (host: string) => `\tEndpoint string = "http://" + os.Getenv("${host}")\n`;
  const program = (...rows: readonly string[]) => `package vectors\nimport "os"\nvar (\n${rows.join('')})\n`;
  const go = (host: string) => program(address(host), model);
  expect(await namesIn('vectors/ask.go', go('OLLAMA_HOST'))).toEqual(['service ollama', 'model mistral']);
  expect(await namesIn('vectors/ask.go', program(model, address('OLLAMA_HOST')))).toEqual(['service ollama', 'model mistral']);
  expect(await namesIn('vectors/ask.go', go('CACHE_HOST'))).toEqual([]);
});

test('takes a folder of models for no model, and a short name by its library', async () => {
  const code = `
from faster_whisper import WhisperModel
class Settings:
    whisper_model_path: str = "models/whisper"
def load(size="tiny"):
    WhisperModel(size)
load("small")
`;
  expect([...new Set(await namesIn('src/stt.py', code))]).toEqual(['model whisper-small', 'model whisper-tiny']);
});

test('takes the image that an option names', async () => {
  const code = `
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--model", default="gpt-4o")
parser.add_argument("--vllm-image", default="vllm/vllm-openai:v0.6.3")
parser.add_argument("--app-image", default="zephyrlab/app:1")
`;
  expect(await namesIn('src/run.py', code)).toContain('infra vllm/vllm-openai');
  expect(await namesIn('src/run.py', code)).not.toContain('infra zephyrlab/app');
});

test.each([
  ['a.tsx', 'const [selectedModel, setSelectedModel] = useState<string>("gpt-4.1");\n', ['model gpt-4.1']],
  ['a.tsx', 'const [label, setLabel] = useState("gpt-4.1");\n', []],
  ['a.vue', '<script setup>\nconst model = ref("gpt-4.1")\n</script>\n', ['model gpt-4.1']],
  ['a.kt', 'val model = MutableStateFlow("gpt-4.1")\n', ['model gpt-4.1']],
])('takes what a state begins with for what its name says: %s %s', async (path, code, names) => {
  expect(await namesIn(path, code)).toEqual(names);
});

test.each([
  ['a.go', 'package a\nfunc (p *P) AvailableModels() []string {\n\treturn []string{LIST}\n}\n'],
  ['a.py', 'class P:\n    def available_models(self):\n        return [LIST]\n'],
  ['a.ts', 'class P { availableModels(): string[] { return [LIST]; } }\n'],
  ['a.ts', 'export const availableModels = async () => [LIST];\n'],
  ['A.java', 'class A { String[] models() { return new String[] {LIST}; } }\n'],
  ['a.rb', 'class P\n  def available_models\n    [LIST]\n  end\nend\n'],
  ['a.rb', 'def models\n  return [LIST]\nend\n'],
  ['a.rs', "fn models() -> [&'static str; 2] {\n    [LIST]\n}\n"],
  ['a.cs', 'class A { List<string> Models => new List<string> { LIST }; }\n'],
  ['a.cs', 'class A { string[] Models() { return new[] { LIST }; } }\n'],
  ['a.php', '<?php class A { function models(): array { return [LIST]; } }\n'],
  ['a.kt', 'class A { fun models() = listOf(LIST) }\n'],
  ['a.kt', 'class A { val models get() = listOf(LIST) }\n'],
  ['a.swift', 'struct A { func models() -> [String] { return [LIST] } }\n'],
  ['a.dart', 'class A { List<String> models() { return [LIST]; } }\n'],
  ['a.scala', 'class A { def models: Seq[String] = Seq(LIST) }\n'],
])('takes what a function lists that is called after models: %s %s', async (path, code) => {
  expect(await namesIn(path, code.replace('LIST', '"gpt-4.1", "gpt-4.1-mini"'))).toEqual(['model gpt-4.1', 'model gpt-4.1-mini']);
});

test.each([
  ['a.rb', 'require "openai"\nMODELS = %w[gpt-4.1 gpt-4.1-mini].freeze\n', ['model gpt-4.1', 'model gpt-4.1-mini']],
  ['a.rb', 'require "openai"\nMODELS = ["gpt-4.1", "gpt-4.1-mini"].freeze\n', ['model gpt-4.1', 'model gpt-4.1-mini']],
  ['a.py', 'def is_vision(model):\n    return model in ["gpt-4.1"]\n', []],
  ['a.ts', 'const vision = (model: string) => ["gpt-4.1"].includes(model);\n', []],
  ['a.go', 'package a\nfunc prefixes() []string {\n\treturn []string{"gpt-4.1"}\n}\n', []],
  ['a.py', 'def models():\n    check(["gpt-4.1"])\n    return 1\n', []],
])('tells a list of models from what a name is compared with: %s %s', async (path, code, names) => {
  expect(await namesIn(path, code)).toEqual(names);
});

test.each([
  ['a.rb', 'def sample\n  <<~YML\n    api_key: #{key}\n    model: gpt-4.1\n  YML\nend\n', ['model gpt-4.1']],
  ['a.py', 'SAMPLE = """\n[llm]\nmodel = gpt-4.1\n"""\n', ['model gpt-4.1']],
  ['a.go', 'package a\n\nconst sample = `provider: openai\nmodel: gpt-4.1\n`\n', ['model gpt-4.1']],
  ['a.ts', 'writeFileSync(".env", `\nOPENAI_MODEL=gpt-4.1\n`);\n', ['model gpt-4.1']],
  ['a.py', 'def ask(model):\n    """Asks.\n\n    model: gpt-4.1\n    """\n', []],
  ['a.py', '# model: gpt-4.1\nMODEL = None\n', []],
  ['a.py', 'SAMPLE = """\nmodel: str\nmodel: none\n"""\n', []],
])('takes models of a text of settings that a program writes: %s %s', async (path, code, names) => {
  expect(
    await namesIn(
      path,
      path.endsWith('.py') ? `import openai\n${code}` : path.endsWith('.ts') ? `import OpenAI from "openai";\n${code}` : code,
    ),
  ).toEqual(names);
});
