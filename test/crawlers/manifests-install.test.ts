import { describe, expect, it } from 'vitest';
import { requirementAt, scan } from './manifests-helper.ts';

describe('Dockerfile', () => {
  it('installs by RUN: continued, quoted, with options, in exec form and in here-documents', async () => {
    const scanned = await scan({
      Dockerfile: [
        'FROM python:3.11 AS build',
        '# RUN pip install openai',
        'RUN --mount=type=cache,target=/root/.cache pip install --no-cache-dir \\',
        '    # the model',
        '    \'torch==2.1.0\' "transformers>=4.51.0" \\',
        '    --index-url https://download.example.org/whl/cpu',
        'RUN apt-get update && apt-get install -y python3 && python3 -m pip install -U vllm && rm -rf /tmp',
        'RUN ["uv", "pip", "install", "--system", "ollama"]',
        'RUN <<EOF',
        'set -e',
        'pip install peft==0.10.0',
        'EOF',
        'RUN npm install -g @anthropic-ai/claude-code@1.0.0 && conda install -y -c conda-forge faiss-gpu=1.8.0',
        'RUN pip install -r requirements.txt ./local "mlx==${MLX_VERSION}" . > log.txt 2>&1',
        'ENV NOTE="pip install anthropic"',
        'CMD ["pip", "install", "anthropic"]',
      ].join('\n'),
    });
    expect(scanned.lines).toEqual([
      'npm/@anthropic-ai/claude-code 1.0.0 runtime Dockerfile:13',
      'pypi/faiss-gpu 1.8.0 runtime Dockerfile:13',
      'pypi/mlx ~==${MLX_VERSION} runtime Dockerfile:14',
      'pypi/ollama - runtime Dockerfile:8',
      'pypi/peft 0.10.0 runtime Dockerfile:11',
      'pypi/torch 2.1.0 runtime Dockerfile:5',
      'pypi/transformers ~>=4.51.0 runtime Dockerfile:5',
      'pypi/vllm - runtime Dockerfile:7',
    ]);
    expect(requirementAt(scanned, 'pypi/vllm', 'Dockerfile:7')).toMatchObject({ deployable: true, locked: false, bounded: false });
    expect(requirementAt(scanned, 'pypi/mlx', 'Dockerfile:14')).toMatchObject({ bounded: true });
  });

  it('is not covered by the lock file of the project', async () => {
    const scanned = await scan({
      'docker/Dockerfile.gpu': 'RUN pip install torch\n',
      'uv.lock': '[[package]]\nname = "torch"\nversion = "2.0.0"\n',
    });
    expect(requirementAt(scanned, 'pypi/torch', 'docker/Dockerfile.gpu:1')).toMatchObject({ locked: false });
  });
});

describe('scripts', () => {
  it('shell, Make and CI steps install with less certainty and are no deployment', async () => {
    const scanned = await scan({
      'scripts/setup.sh':
        '#!/bin/bash\nif true; then\n  sudo pip3 install "openai>=1" # note\nfi\necho "run pip install anthropic first"\nbash -c "uv pip install crewai"\n',
      Makefile: 'install:\n\tpip install ragas\n',
      '.github/workflows/ci.yml':
        'name: pip install nothing\non: push\njobs:\n  test:\n    steps:\n      - name: Install vllm with pip install vllm\n        run: |\n          pip install --upgrade pip\n          pip install deepeval==1.0.0 "${{ inputs.flags }}"\n      - run: npm ci && npm i -g promptfoo\n',
      'docker-compose.yml': 'services:\n  app:\n    command: sh -c "pip install chromadb && python app.py"\n',
    });
    expect(scanned.lines.filter((line) => !line.includes('/pip '))).toEqual([
      'npm/promptfoo - build .github/workflows/ci.yml:10',
      'pypi/chromadb - runtime docker-compose.yml:3',
      'pypi/crewai - runtime scripts/setup.sh:6',
      'pypi/deepeval 1.0.0 build .github/workflows/ci.yml:9',
      'pypi/openai ~>=1 runtime scripts/setup.sh:3',
      'pypi/ragas - runtime Makefile:2',
    ]);
    expect(requirementAt(scanned, 'pypi/openai', 'scripts/setup.sh:3')).toMatchObject({ deployable: false });
    expect(scanned.requirements.find(({ component }) => component === 'library:pypi/openai')?.confidence).toBe('medium');
  });

  it('notebook cells install by magic, with the lines of the raw file', async () => {
    const cell = (source: unknown, type = 'code'): unknown => ({
      cell_type: type,
      metadata: {},
      outputs: [{ text: ['!pip install anthropic'] }],
      source,
    });
    const scanned = await scan({
      'demo.ipynb': JSON.stringify(
        {
          cells: [
            cell(['import os\n', '!pip install -q openai==1.2.0 \\\n', '    tiktoken\n', '# !pip install vllm']),
            cell('%pip install crewai\nprint(1)'),
            cell(['%%bash\n', 'pip install ragas\n']),
            cell(['!{sys.executable} -m pip install peft\n', 'text = "pip install mlflow"']),
            cell(['!pip install anthropic'], 'markdown'),
          ],
          nbformat: 4,
        },
        null,
        1,
      ),
    });
    expect(scanned.lines).toEqual([
      'pypi/crewai - runtime demo.ipynb:30',
      'pypi/openai 1.2.0 runtime demo.ipynb:15',
      'pypi/peft - runtime demo.ipynb:58',
      'pypi/ragas - runtime demo.ipynb:44',
      'pypi/tiktoken - runtime demo.ipynb:15',
    ]);
    expect(requirementAt(scanned, 'pypi/crewai', 'demo.ipynb:30')).toMatchObject({ deployable: false });
  });

  it('exported notebooks install as their cells did', async () => {
    const { lines } = await scan({
      'exported.py': [
        "get_ipython().system('pip install -q openai==1.2.0')",
        "get_ipython().run_line_magic('pip', 'install crewai')",
        "    get_ipython().getoutput('pip install \\'ragas\\'')",
        "get_ipython().system('ls install')",
        "# get_ipython().system('pip install vllm')",
        `get_ipython().system('pip install ${'x'.repeat(3000)}')`,
      ].join('\n'),
      'bricks.py': '# MAGIC %pip install mlflow\n',
    });
    expect(lines).toEqual([
      'pypi/crewai - runtime exported.py:2',
      'pypi/mlflow - runtime bricks.py:1',
      'pypi/openai 1.2.0 runtime exported.py:1',
      'pypi/ragas - runtime exported.py:3',
    ]);
  });

  it('read templates that are no YAML row by row, and targets of Make', async () => {
    const { lines } = await scan({
      'chart/templates/job.yaml':
        '{{- if .Values.on }}\nspec:\n  args: ["x"]\n  command: pip install vllm=={{ .Values.v }} && run\n  {{ end }}\n  note: "pip install openai"\n',
      Makefile:
        'a:\n\t@pip install ragas\n\t@echo pip install mlflow\n\tCMAKE_ARGS="-DGGML_CUDA=on" pip3 install llama-cpp-python==$(version) -v\n',
    });
    expect(lines).toEqual([
      'pypi/llama-cpp-python ~==$(version) runtime Makefile:4',
      'pypi/openai - runtime chart/templates/job.yaml:6',
      'pypi/ragas - runtime Makefile:2',
    ]);
  });

  it('know a bare install in a notebook, and one behind another command', async () => {
    const { lines } = await scan({
      'a.ipynb':
        '{"cells": [{"cell_type": "code", "source": [\n"pip install openai\\n",\n"!cd /x && pip install ragas\\n",\n"print(\'pip install mlflow\')"]}]}',
    });
    expect(lines).toEqual(['pypi/openai - runtime a.ipynb:2', 'pypi/ragas - runtime a.ipynb:3']);
  });
});

describe('images that are described elsewhere', () => {
  it('in Python, and in the recipes of model packagers', async () => {
    const scanned = await scan({
      'app.py':
        'image = modal.Image.debian_slim().pip_install(\n  "vllm==0.5.0", ["torch"],\n  extra_index_url="anthropic",\n).run_commands("openai")\n',
      'cog.yaml': 'build:\n  gpu: true\n  python_packages:\n    - "diffusers==0.30.0"\n    - transformers\n',
      'bentofile.yaml': 'service: x\npython:\n  packages: [xgboost]\n',
      'truss/config.yaml': 'model_name: x\nrequirements:\n- peft==0.1.0\n',
      'other/config.yaml': 'requirements:\n- openai\n',
    });
    expect(scanned.lines).toEqual([
      'pypi/diffusers 0.30.0 runtime cog.yaml:4',
      'pypi/peft 0.1.0 runtime truss/config.yaml:3',
      'pypi/torch - runtime app.py:2',
      'pypi/transformers - runtime cog.yaml:5',
      'pypi/vllm 0.5.0 runtime app.py:2',
      'pypi/xgboost - runtime bentofile.yaml:3',
    ]);
    expect(requirementAt(scanned, 'pypi/torch', 'app.py:2')).toMatchObject({ deployable: true, bounded: false });
  });
});

describe('programs that install what they need', () => {
  it('in lists that jobs are given, in lists of their own, as the words of a command', async () => {
    const { lines } = await scan({
      'pipeline.py':
        '@component(\n  base_image="python:3.11",\n  packages_to_install=["mlflow==2.9.0",\n    "xgboost"],\n)\ndef train(): ...\nray.init(runtime_env={"pip": ["vllm"]})\n',
      'setup_env.py':
        'REQUIREMENTS = [\n  "numpy>=2",\n  "langchain>=0.3",  # base\n]\ntorch_req = "torch>=2.5"\nsubprocess.run([sys.executable, "-m", "pip", "install", "--upgrade", "openai", "-q"])\nhelp = "pip install crewai"\n',
      'plain.py': 'packages = ["torch"]\nrequirements = load("requirements.txt")\nlabels = {"pip": "x"}\n',
    });
    expect(lines.filter((line) => !line.includes('numpy'))).toEqual([
      'pypi/langchain ~>=0.3 runtime setup_env.py:3',
      'pypi/mlflow 2.9.0 runtime pipeline.py:3',
      'pypi/openai - runtime setup_env.py:6',
      'pypi/torch ~>=2.5 runtime setup_env.py:5',
      'pypi/vllm - runtime pipeline.py:7',
      'pypi/xgboost - runtime pipeline.py:4',
    ]);
  });
});
