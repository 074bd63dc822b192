import { expect, test } from 'vitest';
import { detectCode } from '../../src/crawlers/code/detect.ts';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import type { Project } from '../../src/crawlers/crawler.ts';
import { detectSection } from '../../src/knowledge/detect.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();

async function datasetsOf(code: string, files: readonly string[]): Promise<string[]> {
  const { facts } = await codeCrawler.extract({ path: 'train.py', text: code }, knowledge);
  const entries = files.map((path) => ({ path, size: 10 }));
  const project: Project = { entries, has: (path) => files.includes(path), settings: [], factsOf: () => [], found: [], knowledge };
  const { components } = detectCode(facts ? [{ path: 'train.py', facts }] : [], project, knowledge.get(detectSection));
  return (components ?? []).filter(({ kind }) => kind === 'dataset').map(({ name }) => name);
}

const TRAINS = 'import xgboost\nimport sys\nimport pandas as pd\nmodel = xgboost.XGBClassifier().fit(pd.read_csv(sys.argv[1]))\n';

test('sees the tables beside a program that gets their paths as arguments', async () => {
  const files = ['fraud/data/train.csv', 'data/raw/customer_churn_dataset.csv', 'data/processed/test_xgb.csv'];
  expect(
    await datasetsOf(TRAINS, [...files, 'data/columns.csv', 'data/train_labels.csv', 'reports/train.csv', 'tests/data/train.csv']),
  ).toEqual(files);
});

test('passes over collections, and over programs that train nothing', async () => {
  const many = Array.from({ length: 9 }, (_, index) => `data/train_${index}_raw.csv`);
  expect(await datasetsOf(TRAINS, many)).toEqual([]);
  expect(await datasetsOf('import pandas as pd\npd.read_csv(path)\n', ['data/train.csv'])).toEqual([]);
});

test('sees files that options, constants and parameters name for training', async () => {
  const code = `${TRAINS}
import argparse
p = argparse.ArgumentParser()
p.add_argument("--train_file", default="corpus/pairs.json")
p.add_argument("--output_file", default="corpus/out.json")
EVAL_DATA = "corpus/eval.jsonl"
LABELS_FILE = "corpus/names.txt"
def run(golden_set="corpus/golden.csv", config_path="corpus/run.json"):
    pass
`;
  const files = ['pairs.json', 'out.json', 'eval.jsonl', 'names.txt', 'golden.csv', 'run.json'].map((name) => `corpus/${name}`);
  expect((await datasetsOf(code, files)).sort()).toEqual(['corpus/eval.jsonl', 'corpus/golden.csv', 'corpus/pairs.json']);
  expect(await datasetsOf('DATA_PATH = "corpus/pairs.json"\n', files)).toEqual([]);
});

test('sees what Kaggle mounts for a notebook', async () => {
  const code = `import pandas as pd
pd.read_csv("/kaggle/input/titanic/train.csv")
BASE = "/kaggle/input/competitions/house-prices"
EXTRA = "/kaggle/input/datasets/someone/old-houses/data.csv"
WEIGHTS = "/kaggle/input/models/someone/bert"
OLD = "../input/digit-recognizer/train.csv"
LOCAL = "../input/train.csv"
`;
  expect((await datasetsOf(code, [])).sort()).toEqual(['digit-recognizer', 'house-prices', 'someone/old-houses', 'titanic']);
});

test('sees what a program that trains nothing evaluates its model on', async () => {
  const code = `import json
from pathlib import Path
from openai import OpenAI
DATASET = Path(__file__).parent / "questions.json"
SITES = Path(__file__).parent / "sites.json"
training_file_name = "./data/pairs.jsonl"
other = "./data/other.jsonl"
OpenAI().chat.completions.create(model="gpt-4o-mini", messages=json.loads(DATASET.read_text()))
`;
  expect(await datasetsOf(code, ['questions.json', 'sites.json', 'data/pairs.jsonl', 'data/other.jsonl'])).toEqual([
    'questions.json',
    'data/pairs.jsonl',
  ]);
  expect(await datasetsOf(code.replace('gpt-4o-mini', ''), ['questions.json'])).toEqual([]);
});

test('sees a file of the tree behind a joined path', async () => {
  const code = `${TRAINS}gold_path = raw_dir / "gold.jsonl"\nout_path = raw_dir / "results.jsonl"\n`;
  expect(await datasetsOf(code, ['data/gold.jsonl', 'data/results.jsonl'])).toEqual(['data/gold.jsonl']);
});
