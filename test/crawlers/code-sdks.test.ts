import { expect, test } from 'vitest';
import { detectCode } from '../../src/crawlers/code/detect.ts';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import type { Project } from '../../src/crawlers/crawler.ts';
import { detectSection } from '../../src/knowledge/detect.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();

async function namesIn(path: string, code: string, tree: readonly string[] = []): Promise<string[]> {
  const { facts } = await codeCrawler.extract({ path, text: code }, knowledge);
  const paths = new Set([path, ...tree]);
  const project: Project = {
    entries: [...paths].map((entry) => ({ path: entry, size: 1 })),
    has: (entry) => paths.has(entry),
    settings: [],
    factsOf: () => [],
    found: [],
    knowledge,
  };
  const { components } = detectCode(facts ? [{ path, facts }] : [], project, knowledge.get(detectSection));
  return [...new Set((components ?? []).map(({ kind, name }) => `${kind} ${name}`))].sort();
}

test.each([
  ['a name of its own', 'const lm = createOllama({ baseURL });\nconst model = lm("acme-tuned-7b");'],
  ['the call itself', 'export const model = createOllama({ baseURL })("acme-tuned-7b");'],
  ['inside a function', 'export function make() {\n  const lm = createOllama();\n  return lm("acme-tuned-7b");\n}'],
])('what a factory makes takes the id of a model: %s', async (_, code) => {
  const source = `import { createOllama } from "ollama-ai-provider-v2";\n${code}`;
  expect(await namesIn('src/model.ts', source)).toEqual(['model acme-tuned-7b', 'service ollama']);
});

test('what another factory makes takes no model', async () => {
  const source = 'import { createStore } from "redux";\nconst store = createStore(reducer);\nstore("acme-tuned-7b");';
  expect(await namesIn('src/store.ts', source)).toEqual([]);
});

test.each([
  ['Lib/Prompts.cs', 'var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Prompts", "system.txt"));', 'Prompts/system.txt'],
  ['Lib/Prompts.cs', 'var dir = Root(); var text = File.ReadAllText(Path.Combine(dir, "Prompts/system.txt"));', 'Prompts/system.txt'],
  [
    'src/Prompts.java',
    'import java.nio.file.*;\nclass P { String t = Files.readString(Paths.get(System.getProperty("user.dir"), "prompts", "system.txt")); }',
    'prompts/system.txt',
  ],
  ['app/prompts.rb', 'TEXT = File.read(Rails.root.join("prompts", "system.txt"))', 'prompts/system.txt'],
  ['app/prompts.rb', 'TEXT = File.read(File.join(__dir__, "prompts", "system.txt"))', 'app/prompts/system.txt'],
  ['app/Prompts.php', "<?php\n$text = file_get_contents(resource_path('prompts/system.txt'));", 'resources/prompts/system.txt'],
  ['app/Prompts.php', "<?php\n$text = file_get_contents(__DIR__ . '/prompts/system.txt');", 'app/prompts/system.txt'],
  [
    'cmd/main.go',
    'package main\nimport ("os"; "path/filepath")\nfunc main() { dir, _ := os.Getwd(); b, _ := os.ReadFile(filepath.Join(dir, "prompts", "system.txt")); _ = b }',
    'prompts/system.txt',
  ],
])('finds a prompt whose folder only the running program knows: %s', async (path, code, file) => {
  expect(await namesIn(path, code, [file])).toEqual([`prompt ${file}`]);
  expect(await namesIn(path, code)).toEqual([]);
});

test('an id with the prefix of a gateway is a model wherever it stands', async () => {
  const code = `export const models = [{ id: 'alibaba/qwen3-max' }, { id: 'meta/llama-4-scout' }, { id: 'meta/title' }, { id: 'vercel/next' }];`;
  expect(await namesIn('lib/models.ts', code)).toEqual(['model alibaba/qwen3-max', 'model meta/llama-4-scout']);
});

test('believes each call of a chain that Rust writes', async () => {
  const code = `use qdrant_client::{qdrant::{PointStruct}, Qdrant};
use rig::providers::openai::Client;
fn main() {
    let store = Qdrant::from_url("http://localhost:6334").api_key("k").build();
    let agent = Client::from_env().completions_api()
        .agent("gpt-4o")
        .preamble("x")
        .build();
}`;
  expect(await namesIn('src/main.rs', code)).toEqual(['model gpt-4o', 'service openai', 'vector-store qdrant']);
});

test.each([
  ['src/q.rs', 'impl Q { fn new() -> Self { Self { model: "gpt-4o-mini".to_owned(), n: 1 } } }'],
  ['src/q.rs', 'impl Q { fn new() -> Self { Self { model: Some(String::from("gpt-4o-mini")) } } }'],
  ['q.go', 'package q\nvar input = Input{ModelId: aws.String("gpt-4o-mini")}'],
])('takes a string through what only wraps it: %s', async (path, code) => {
  expect(await namesIn(path, code)).toEqual(['model gpt-4o-mini']);
});

test('the last words of a key say that its value is a model', async () => {
  const code = "<?php\nclass A { protected string $textModel = 'llama3.1:latest'; protected string $text = 'llama3.1:8b'; }";
  expect(await namesIn('app/A.php', code)).toEqual(['model llama3.1:latest']);
});

test('a bare name counts beside the only service of a program', async () => {
  const plain = 'class Q:\n    model = "phi4"\n';
  expect(await namesIn('q.py', plain)).toEqual([]);
  const ollama = 'import ollama\nclient = ollama.Client(host="http://localhost:11434")\n';
  expect(await namesIn('q.py', ollama + plain)).toEqual(['model phi4', 'service ollama']);
  const two = 'import openai\nother = openai.OpenAI()\n';
  expect(await namesIn('q.py', ollama + two + plain)).toEqual(['service ollama', 'service openai']);
});

test('an address of a local runtime in the code is its service, but not in a test', async () => {
  const code = "<?php\n$r = Http::timeout(5)->post('http://localhost:11434/api/chat', []);";
  expect(await namesIn('app/Job.php', code)).toEqual(['service ollama']);
  expect(await namesIn('tests/JobTest.php', code)).toEqual([]);
});

test('an option whose default is read from a name like its own ends', async () => {
  const code = `package main
import "log/slog"
func f(ev Event) {
  on(func(ev Done) { slog.Info("x", slog.String("path", ev.Path)) })
  attach("a", slog.String("prompt", "prompts"), slog.String("path", path))
}`;
  expect(await namesIn('main.go', code)).toEqual([]);
});
