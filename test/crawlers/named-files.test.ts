import { describe, expect, test } from 'vitest';
import { buildInventory } from '../../src/core/inventory.ts';
import { fileCrawler } from '../../src/crawlers/crawl-file.ts';
import { crawlers } from '../../src/crawlers/index.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { memorySource } from '../../src/source/memory.ts';
import { crawlAll } from './crawl-all.ts';

const knowledge = loadKnowledge();

/** Data sets and prompts of the product, `kind path`, that a tree of files has. */
async function filesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const source = memorySource(files);
  const { entries } = await source.list();
  const crawlFiles = fileCrawler({ source, crawlers, knowledge });
  const { discoveries } = await crawlAll({ entries, crawlers, knowledge, crawlFiles, concurrency: 1 });
  return buildInventory(discoveries)
    .components.filter(
      ({ kind, occurrences }) => kind === 'dataset' || (kind === 'prompt' && occurrences.some(({ crawler }) => crawler !== 'agent-files')),
    )
    .map(({ kind, name }) => `${kind} ${name}`)
    .sort();
}

const ASKS = 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o-mini", messages=[])\n';
const TRAINS = 'import xgboost\nxgboost.XGBClassifier().fit(x, y)\n';
const INDEXES = 'from langchain_openai import OpenAIEmbeddings\nOpenAIEmbeddings(model="text-embedding-3-small")\n';

describe('data that somebody names', () => {
  test('documents that a reader of any library is given, where the program looks things up', async () => {
    const reader = 'from pypdf import PdfReader\nimport torch\nreader = PdfReader("../../public/handbook.pdf")\n';
    const files = { 'src/rag/read.py': reader, 'public/handbook.pdf': '%PDF', 'docs/licence.pdf': '%PDF' };
    expect(await filesOf({ ...files, 'src/rag/embed.py': INDEXES })).toEqual(['dataset public/handbook.pdf']);
    expect(await filesOf({ ...files, 'src/app.py': ASKS })).toEqual([]);
  });

  test('of several programs in one tree, the ones that index', async () => {
    const upload = `${ASKS}client.read("demo/plan.pdf")\n`;
    const others = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`examples/e${index}/run.py`, ASKS]));
    const files = { ...others, 'examples/rag/embed.py': INDEXES, 'examples/chat/run.py': upload, 'examples/chat/demo/plan.pdf': '%PDF' };
    expect(await filesOf(files)).toEqual([]);
    expect(await filesOf({ ...files, 'run.py': INDEXES })).toEqual([]);
    expect(await filesOf({ ...files, 'examples/chat/embed.py': INDEXES })).toEqual(['dataset examples/chat/demo/plan.pdf']);
  });

  test('documents that configuration gives a program which looks things up', async () => {
    const files = {
      'src/main/resources/docs/faq.csv': 'a',
      'src/main/resources/banner.txt': 'b',
      'src/main/resources/prompts/system.md': 'c',
    };
    const yaml = 'app:\n  faq:\n    file: classpath:docs/faq.csv\nspring:\n  banner:\n    location: classpath:banner.txt\n';
    const store = 'spring:\n  ai:\n    vectorstore:\n      pgvector:\n        dimensions: 1536\n';
    expect(await filesOf({ ...files, 'src/main/resources/application.yaml': yaml })).toEqual([]);
    expect(
      await filesOf({ ...files, 'src/main/resources/application.yaml': `${yaml}model: gpt-4o\n`, 'src/main/resources/store.yaml': store }),
    ).toContain('dataset src/main/resources/docs/faq.csv');
  });

  test('a text for a model that configuration gives is a prompt', async () => {
    const yaml =
      'app:\n  chat:\n    system-prompt:\n      resource: "classpath:/chat/system-message.txt"\n  data: classpath:faq-data.json\nmodel: gpt-4o\n';
    const store = 'spring:\n  ai:\n    vectorstore:\n      pgvector:\n        dimensions: 1536\n';
    const resources = 'src/main/resources';
    const text = 'You are the assistant of a shop. Answer the user question from the context: {context}\n';
    const files = {
      [`${resources}/application.yaml`]: yaml,
      [`${resources}/store.yaml`]: store,
      [`${resources}/chat/system-message.txt`]: text,
      [`${resources}/faq-data.json`]: '[]',
    };
    expect(await filesOf(files)).toEqual([`dataset ${resources}/faq-data.json`, `prompt ${resources}/chat/system-message.txt`]);
  });

  test('a text that says where it comes from reads no file', async () => {
    const code = `import { MemoryVectorStore } from "langchain/vectorstores/memory";
import { OpenAIEmbeddings } from "@langchain/openai";
const docs = [new Document({ pageContent: "x", metadata: { source: "docs/faq.md" } })];
await MemoryVectorStore.fromDocuments(docs, new OpenAIEmbeddings({ model: "text-embedding-3-small" }));
`;
    expect(await filesOf({ 'src/rag.ts': code, 'docs/faq.md': '# FAQ' })).toEqual([]);
  });

  test('what a notebook fetches to index', async () => {
    const cell = (source: string[]) => JSON.stringify({ nbformat: 4, cells: [{ cell_type: 'code', source }] });
    const indexes = 'from llama_index.core import VectorStoreIndex';
    const paper = '!wget -q https://arxiv.org/pdf/2005.11401.pdf -O paper.pdf';
    expect(await filesOf({ 'rag.ipynb': cell([`${indexes}\n`, paper]) })).toEqual(['dataset https://arxiv.org/pdf/2005.11401.pdf']);
    expect(await filesOf({ 'rag.ipynb': cell(['import requests\n', paper]) })).toEqual([]);
    expect(await filesOf({ 'fetch.ipynb': cell(['!kaggle datasets download zephyrlab/shop-reviews']) })).toEqual([
      'dataset zephyrlab/shop-reviews',
    ]);
  });

  test('a path whose folder only a run knows', async () => {
    const code = `from pathlib import Path
from langchain_community.document_loaders import PyPDFLoader
HERE = Path(__file__).parent
PyPDFLoader(str(HERE / "manuals" / "pump.pdf"))
PyPDFLoader(HERE.joinpath("manuals", "valve.pdf"))
`;
    expect(await filesOf({ 'app/read.py': code, 'app/manuals/pump.pdf': '%PDF', 'app/manuals/valve.pdf': '%PDF' })).toEqual([
      'dataset app/manuals/pump.pdf',
      'dataset app/manuals/valve.pdf',
    ]);
  });

  test('what is shown, told or left out is not used', async () => {
    const told = `${TRAINS}print("data/pairs.jsonl")\nst.markdown("data/pairs.jsonl")\nread("data", exclude=["data/pairs.jsonl"])\n`;
    const page = `<script>import xgboost; const graph = load("data/pairs.jsonl")</script>`;
    const files = { 'train.py': told, 'graph.html': page, '.tool/run.py': `${TRAINS}read("data/pairs.jsonl")\n`, 'data/pairs.jsonl': '{}' };
    expect(await filesOf(files)).toEqual([]);
    expect(await filesOf({ ...files, 'more.py': `${TRAINS}read("data/pairs.jsonl")\n` })).toEqual(['dataset data/pairs.jsonl']);
  });

  test('a name alone only beside its program', async () => {
    const others = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`examples/e${index}/run.py`, ASKS]));
    const code = `${TRAINS}pairs = read("pairs.jsonl")\n`;
    expect(await filesOf({ ...others, 'examples/a/train.py': code, 'examples/b/pairs.jsonl': '{}' })).toEqual([]);
    expect(await filesOf({ 'experiments/train.py': code, 'data/pairs.jsonl': '{}' })).toEqual(['dataset data/pairs.jsonl']);
  });

  test('tables that a program puts into an index', async () => {
    const code = `${INDEXES}from langchain_chroma import Chroma\nrows = read_rows("products.csv")\n`;
    expect(await filesOf({ 'index.py': code, 'products.csv': 'a\n1\n' })).toEqual(['dataset products.csv']);
    expect(await filesOf({ 'app.py': `${ASKS}rows = read_rows("products.csv")\n`, 'products.csv': 'a\n1\n' })).toEqual([]);
  });

  test('questions and answers that an evaluation opens', async () => {
    const evaluation = `${ASKS}with open("../public/questions.txt", "r") as file:\n    pass\nopen("../public/log.txt")\n`;
    const files = { 'public/questions.txt': 'What is it?\n', 'public/log.txt': 'x' };
    expect(await filesOf({ ...files, 'evaluation/run.py': evaluation })).toEqual(['dataset public/questions.txt']);
    expect(await filesOf({ ...files, 'quiz/run.py': evaluation.replaceAll('../', '../') })).toEqual([]);
  });

  test('records by their format, wherever a program that trains names them, and not what it writes', async () => {
    const code = `${TRAINS}rows = read_rows("corpus/pairs.jsonl")\nopen("corpus/written.jsonl", "w")\ndf.to_parquet("corpus/frame.parquet")\nrun(log_file="corpus/events.jsonl")\n`;
    const files = ['pairs.jsonl', 'written.jsonl', 'frame.parquet', 'events.jsonl'].map((name) => [`corpus/${name}`, '{}']);
    expect(await filesOf({ 'train.py': code, ...(Object.fromEntries(files) as Record<string, string>) })).toEqual([
      'dataset corpus/pairs.jsonl',
    ]);
  });

  test('records that a configuration or a command names', async () => {
    const files = { 'app.py': ASKS, 'data/cases.jsonl': '{}', 'data/pairs.jsonl': '{}', 'data/out.jsonl': '{}', 'data/seen.jsonl': '{}' };
    expect(
      await filesOf({
        ...files,
        'eval.yaml': 'judge:\n  model: gpt-4o-mini\n  prompts_file: data/cases.jsonl\n  output_file: data/seen.jsonl\n',
        'run.sh': 'python judge.py data/pairs.jsonl -o data/out.jsonl\ncp data/seen.jsonl /tmp\n',
      }),
    ).toEqual(['dataset data/cases.jsonl', 'dataset data/pairs.jsonl']);
    // The same tree without a model.
    expect(await filesOf({ ...files, 'app.py': 'print(1)\n', 'run.sh': 'python judge.py data/pairs.jsonl\n' })).toEqual([]);
  });

  test('what is held out of the training, though its name ends as that of a test does', async () => {
    const code = `import pandas as pd\n${TRAINS}y = pd.read_csv(root / "data" / "y_test.csv")\n`;
    expect(await filesOf({ 'notebooks/fit.py': code, 'data/y_test.csv': 'y\n1\n', 'tests/data/x_test.csv': 'x\n' })).toEqual([
      'dataset data/y_test.csv',
    ]);
  });

  test('addresses of data in programs that train', async () => {
    const code = `${TRAINS}URL = "https://www.kaggle.com/api/v1/datasets/download/someone/engines"\nwine = fetch("https://example.net/data/wine.csv?raw=1")\nprint("https://www.kaggle.com/datasets/someone/shown")\n`;
    expect(await filesOf({ 'get.py': code })).toEqual(['dataset https://example.net/data/wine.csv', 'dataset someone/engines']);
    expect(await filesOf({ 'get.py': code.replace(/^import xgb.*\nxgb.*\n/, '') })).toEqual([]);
  });

  test('nothing that a test of the program reads', async () => {
    const code = `${TRAINS}load("fixtures/pairs.jsonl")\n`;
    expect(await filesOf({ 'tests/test_load.py': code, 'tests/fixtures/pairs.jsonl': '{}', 'src/train.py': TRAINS })).toEqual([]);
  });
});

describe('prompts that no name tells', () => {
  const EXPERT = 'You are an expert designer of databases. Answer the question of the user in JSON.\n';

  test('injected by a framework from a folder of the project', async () => {
    const handler =
      "<?php\nfinal class Handler {\n  public function __construct(#[Autowire('%kernel.project_dir%/templates/ai/diagram.txt')] private string $template) {}\n}\n";
    expect(
      await filesOf({
        'src/Handler.php': handler,
        'templates/ai/diagram.txt': 'Using the following tables, draw a diagram: ___DATA___\n',
        '.env': 'OPENAI_API_KEY=\n',
      }),
    ).toEqual(['prompt templates/ai/diagram.txt']);
  });

  test('beginning as texts to a model do, in any language, beside a program that asks one', async () => {
    const files = {
      'agents/researcher/system.md': `# Researcher\n\n${EXPERT}`,
      'flows/resume.txt': 'Du bist ein Assistent. Generate JSON for the user input {input}.\n',
      'README.md': EXPERT,
      'docs/guide.md': EXPERT,
      'mails/welcome.txt': 'You are now a member, {name}. Your role: user. Chat history is kept.\n',
      'plugins/review/agents/reviewer.md': `---\nname: reviewer\ndescription: Reviews.\n---\n${EXPERT}`,
      '.worker/task_1.md': EXPERT,
      'story.txt': 'You are in a dark room.\n',
    };
    expect(await filesOf({ ...files, 'app.py': ASKS })).toEqual(['prompt agents/researcher/system.md', 'prompt flows/resume.txt']);
    expect(await filesOf({ ...files, 'app.py': 'print(1)\n' })).toEqual([]);
  });

  test('given by a program to its call', async () => {
    const code = `${ASKS}from pathlib import Path\nprompt = Path("texts/summary.txt").read_text()\nterms = Path("texts/terms.txt").read_text()\n`;
    expect(
      await filesOf({
        'app.py': code,
        'texts/summary.txt': 'Summarize the conversation below.\n{transcript}\n',
        'texts/terms.txt': 'The terms of use of this service.\n',
      }),
    ).toEqual(['prompt texts/summary.txt']);
  });

  test('skills that a program gives to its own agents, not those of the people who write it', async () => {
    const skill = '---\nname: writing\ndescription: Writes.\n---\nWrite well.\n';
    const java =
      'package a;\nimport com.alibaba.cloud.ai.graph.skills.registry.classpath.ClasspathSkillRegistry;\nclass Hook {\n  Object r = ClasspathSkillRegistry.builder().basePath("skills").build();\n}\n';
    expect(
      await filesOf({
        'agent/src/main/java/a/skills/Hook.java': java,
        'agent/src/main/resources/skills/writing/SKILL.md': skill,
        'skills/skills/writing/SKILL.md': skill,
        '.claude/skills/writing/SKILL.md': skill,
      }),
    ).toEqual(['prompt agent/src/main/resources/skills/writing/SKILL.md']);
  });

  test('not a manual about prompts', async () => {
    expect(
      await filesOf({ 'app.py': ASKS, 'PROMPT_API_QUICKSTART.md': `# Prompts\nThe assistant translates {{text}} for the user query.\n` }),
    ).toEqual([]);
  });
});
