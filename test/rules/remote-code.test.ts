// Evaluation harnesses and runtimes take the switch in texts of options, in commands and in settings.
import { describe, expect, it } from 'vitest';
import { places } from './scan-tree.ts';

const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('trust-remote-code in a text of options', () => {
  const python = (...lines: readonly string[]) => places('trust-remote-code', { 'evaluate.py': rows(...lines) });

  it('is seen in the call of a harness, wherever its model comes from', async () => {
    expect(await python('from lm_eval import evaluator', 'def run(path):', '    return evaluator.simple_evaluate(', '        model="hf",', '        model_args=f"pretrained={path},dtype=auto,trust_remote_code=True",', '    )')).toEqual([
      'evaluate.py:5',
    ]);
    expect(await python('import lm_eval', 'ARGS = "pretrained=acme-lab/chat-7b,trust_remote_code=true"', 'lm_eval.simple_evaluate("hf", ARGS)')).toEqual(['evaluate.py:2']);
    expect(await python('import lm_eval', 'lm_eval.simple_evaluate(model="hf", model_args={"pretrained": "acme-lab/chat-7b", "trust_remote_code": True})')).toEqual(['evaluate.py:2']);
    expect(await python('import lm_eval', 'lm_eval.simple_evaluate("hf", "pretrained=acme-lab/chat-7b,trust_remote_code=False")')).toEqual([]);
    expect(await python('import lm_eval', 'lm_eval.simple_evaluate("hf", "pretrained=acme-lab/chat-7b")')).toEqual([]);
  });

  it('is seen in commands that a program runs', async () => {
    expect(await python('import os', 'os.system("lm_eval --model hf --model_args pretrained=acme-lab/chat-7b,trust_remote_code=True")')).toEqual(['evaluate.py:2']);
    expect(await python('import subprocess', 'def run(name):', '    subprocess.run(f"vllm serve {name} --trust-remote-code", shell=True)')).toEqual(['evaluate.py:3']);
    expect(await python('import subprocess', 'def run(name):', '    subprocess.run(["lm_eval", "--model_args", f"pretrained={name},trust_remote_code=True"])')).toEqual(['evaluate.py:3']);
    expect(await python('import subprocess', 'print("pass trust_remote_code=True to allow code")', 'subprocess.run("ls -l", shell=True)')).toEqual([]);
  });

  it('is seen in scripts, Makefiles, jobs and settings', async () => {
    const files = {
      'run.sh': rows('accelerate launch -m lm_eval --model hf \\', '  --model_args pretrained=acme-lab/a,trust_remote_code=True \\', '  --tasks mmlu'),
      'bench.sh': rows('lighteval accelerate "model_name=acme-lab/a,trust_remote_code=True" "leaderboard|mmlu"'),
      'train.sh': rows('python3 -m acme.train data.files=x ++actor.model.trust_remote_code=True'),
      Makefile: rows('MODEL ?= acme-lab/a', 'eval:', '\tlm_eval --model_args pretrained=$(MODEL),trust_remote_code=True'),
      'compose.yaml': rows('services:', '  eval:', '    image: acme/eval:1', '    command: ["lm_eval", "--model_args", "pretrained=acme-lab/a,trust_remote_code=True"]'),
      'job.yaml': rows('apiVersion: batch/v1', 'kind: Job', 'spec:', '  containers:', '    - image: acme/eval:1', '      command: [lm_eval]', '      args:', '        - --model_args', '        - pretrained=acme-lab/a,trust_remote_code=True'),
      'eval.yaml': rows('model: hf', 'model_args: pretrained=acme-lab/a,trust_remote_code=True'),
      'lmeval.yaml': rows('kind: LMEvalJob', 'spec:', '  modelArgs:', '    - name: pretrained', '      value: acme-lab/a', '    - name: trust_remote_code', '      value: "true"'),
    };
    expect((await places('trust-remote-code', files)).toSorted()).toEqual([
      'Makefile:3',
      'bench.sh:1',
      'compose.yaml:4',
      'eval.yaml:2',
      'job.yaml:9',
      'lmeval.yaml:7',
      'run.sh:2',
      'train.sh:1',
    ]);
  });
});

describe('unpinned-revision in a text of options', () => {
  it('is the model of the harness, unless a commit stands beside it', async () => {
    const make = (args: string) => places('unpinned-revision', { Makefile: rows('eval:', `\tlm_eval --model_args ${args}`) });
    expect(await make('pretrained=acme-lab/a,dtype=auto')).toEqual(['Makefile:2']);
    expect(await make('pretrained=acme-lab/a,revision=main')).toEqual(['Makefile:2']);
    expect(await make(`pretrained=acme-lab/a,revision=${COMMIT}`)).toEqual([]);
    expect(await make('model=acme-chat,base_url=http://localhost:8000/v1')).toEqual([]);
    const call = (args: string) => places('unpinned-revision', { 'evaluate.py': rows('import lm_eval', `lm_eval.simple_evaluate(model="hf", model_args=${args})`) });
    expect(await call('"pretrained=acme-lab/a"')).toEqual(['evaluate.py:2']);
    expect(await call(`"pretrained=acme-lab/a,revision=${COMMIT}"`)).toEqual([]);
    expect(await places('unpinned-revision', { 'eval.yaml': rows('evaluation:', '  model_args:', '    pretrained: acme-lab/a') })).toEqual(['eval.yaml:3']);
  });

  it('is what a Makefile serves', async () => {
    expect(await places('unpinned-revision', { Makefile: rows('MODEL ?= acme-lab/a', '.PHONY: serve', 'serve:', '\t@vllm serve $(MODEL)') })).toEqual(['Makefile:1']);
  });
});
