// Code that a model wrote and a program runs, without a framework's tools.
import { describe, expect, it } from 'vitest';
import { places } from './scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const runs = (tree: Readonly<Record<string, string>>): Promise<string[]> => places('unsandboxed-tool', tree);

const ASK = rows(
  'from groq import Groq',
  'client = Groq()',
  'def ask(messages):',
  '    response = client.chat.completions.create(messages=messages, model="openai/gpt-oss-20b")',
  '    return response.choices[0].message.content',
);

describe('a model\'s code that is run', () => {
  it('is followed to a function of another file that says that it runs code', async () => {
    const execute = rows('def execute_code(code):', '    exec(code, {}, {})');
    const report = rows('# What the LLM writes', 'from api import ask', 'from execute import execute_code', 'answer = ask([]).split("x")[1]', 'execute_code(answer)');
    expect(await runs({ 'api.py': ASK, 'execute.py': execute, 'report.py': report })).toEqual(['execute.py:2']);
  });

  it('is found where a longer way to the same name was given up before', async () => {
    const code = rows(
      ASK,
      'def execute_code(code, left=1):',
      '    try:',
      '        exec(code)',
      '    except Exception as error:',
      '        repaired = repair(code, str(error))',
      '        return execute_code(repaired, left - 1)',
      'def repair(code, message):',
      '    answer = ask([code, message])',
      '    repaired = answer.split("```")[1]',
      '    return repaired',
      'execute_code(ask([]))',
    );
    expect(await runs({ 'main.py': code })).toEqual(['main.py:9']);
  });

  it('is told by a function that says that it asks a model, or is given one', async () => {
    const given = rows('import openai', 'from plots import run_request', 'answer = run_request("draw", "gpt-4", key=KEY)', 'exec(answer, globals(), {})');
    const said = rows('import openai', 'def draw(query_llm):', '    for task in query_llm("plan"):', '        exec(f"df[\'{task}\']")');
    expect(await runs({ 'given.py': given })).toEqual(['given.py:4']);
    expect(await runs({ 'said.py': said })).toEqual(['said.py:4']);
  });

  it('goes to the kernel of a notebook', async () => {
    const kernel = rows(
      'from jupyter_client import KernelManager',
      'class Notebook:',
      '    def __init__(self):',
      '        self.km = KernelManager()',
      '        self.kc = self.km.client()',
      '    def add_and_run(self, code_string):',
      '        def inside():',
      '            self.kc.execute(code_string)',
      '        inside()',
    );
    const chat = rows('from api import ask', 'from kernel import Notebook', 'import openai', 'notebook = Notebook()', 'code_block = ask([])', 'notebook.add_and_run(code_block)');
    expect(await runs({ 'api.py': ASK, 'kernel.py': kernel, 'chat.py': chat })).toEqual(['kernel.py:8']);
  });

  it('is none of these', async () => {
    const own = rows('import openai', 'from plots import run_request', 'answer = run_request("draw", "bar", key=KEY)', 'exec(answer)');
    const file = rows('import openai', 'def execute_code(code):', '    exec(code)', 'execute_code(open("setup.py").read())');
    const train = rows('import openai, subprocess, yaml', 'config = yaml.safe_load(open("c.yaml"))', 'subprocess.run(["python", "-m", "train", config.get("model", "gpt-4")])');
    expect(await runs({ 'own.py': own, 'file.py': file, 'train.py': train })).toEqual([]);
  });
});
