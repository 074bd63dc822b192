// What people who label repositories by hand found and a scan did not, kept in small trees, each with what must stay silent.
import { describe, expect, it } from 'vitest';
import { places } from './scan-tree.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const rows = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('unpinned-revision of models that variables name', () => {
  const compose = (...environment: readonly string[]) =>
    places('unpinned-revision', {
      'compose.yaml': rows('services:', '  speech:', '    build: .', '    environment:', ...environment.map((row) => `      - ${row}`)),
    });

  it('is where a container that keeps a cache of the Hub is told the model', async () => {
    expect(await compose('HF_HOME=/cache', 'ASR_MODEL=acme-lab/asr-1b', 'ALIGNER_MODEL=acme-lab/aligner')).toEqual([
      'compose.yaml:6',
      'compose.yaml:7',
    ]);
  });

  it('is not where another server is asked for it', async () => {
    expect(await compose('HF_HOME=/cache', 'LLM_BASE_URL=http://vllm:8000/v1', 'LLM_MODEL=acme-lab/chat-7b')).toEqual([]);
    expect(await compose('LLM_MODEL=acme-lab/chat-7b')).toEqual([]);
    expect(await compose('HF_HOME=/cache', 'ASR_MODEL=acme-lab/asr-1b', `ASR_REVISION=${COMMIT}`)).toEqual([]);
  });

  it('is where a command names no commit', async () => {
    const serve = (...args: readonly string[]) =>
      places('unpinned-revision', {
        'compose.yaml': rows('services:', '  llm:', '    image: vllm/vllm-openai:v0.11.0', '    command: >-', ...args.map((arg) => `      ${arg}`)),
      });
    expect(await serve('--model acme-lab/chat-7b')).toEqual(['compose.yaml:5']);
    expect(await serve('acme-lab/chat-7b', '--revision main')).toEqual(['compose.yaml:5']);
    expect(await serve('acme-lab/chat-7b', `--revision ${COMMIT}`)).toEqual([]);
    expect(await serve('--model ${MODEL:-acme-lab/chat-7b}', `--revision ${'${REVISION:-'}${COMMIT}}`)).toEqual([]);
    expect(await serve('--model acme-lab/chat-7b', '--revision ${REVISION}')).toEqual([]);
    expect(await serve('--model acme-lab/chat-7b', `--revision=${COMMIT}`, '--speculative-model acme-lab/draft-1b')).toEqual(['compose.yaml:7']);
  });

  it('is where a runtime reads it', async () => {
    const pod = rows(
      'apiVersion: v1',
      'kind: Pod',
      'metadata: { name: tgi }',
      'spec:',
      '  containers:',
      '    - image: ghcr.io/huggingface/text-generation-inference:3.0.0',
      '      env:',
      '        - name: MODEL_ID',
      '          value: acme-lab/chat-7b',
    );
    expect(await places('unpinned-revision', { 'pod.yaml': pod })).toEqual(['pod.yaml:9']);
  });

  it('is where an image sets what its command reads', async () => {
    const file = rows('FROM python:3.12-slim', 'ENV MODEL_ID=acme-lab/chat-7b', 'CMD vllm serve $MODEL_ID');
    expect(await places('unpinned-revision', { Dockerfile: file })).toEqual(['Dockerfile:2']);
  });
});

describe('unpinned-revision of programs in other files', () => {
  const script = (...lines: readonly string[]) => places('unpinned-revision', { 'fetch.sh': rows(...lines) });

  it('sees the program that a script carries', async () => {
    expect(await script("python3 - <<'PY'", 'from huggingface_hub import snapshot_download', 'snapshot_download(repo_id="acme-lab/chat-7b")', 'PY')).toEqual([
      'fetch.sh:3',
    ]);
    expect(await script('MODEL="acme-lab/chat-7b"', 'python -c "', 'from huggingface_hub import snapshot_download', `print(snapshot_download(repo_id='$MODEL'))`, '"')).toEqual([
      'fetch.sh:1',
    ]);
    expect(await script("python3 - <<'PY'", 'snapshot_download(', '    repo_id="acme-lab/chat-7b",', `    revision="${COMMIT}",`, ')', 'PY')).toEqual([]);
    expect(await script("python3 - <<'PY'", 'snapshot_download(', '    repo_id="acme-lab/chat-7b",', '    local_dir="x",', ')', 'PY')).toEqual(['fetch.sh:3']);
  });

  it('sees what a script hands on to a runtime', async () => {
    expect(await script('VLLM_MODEL="${VLLM_MODEL:-acme-lab/chat-7b}"', 'run() {', '  VLLM_MODEL="${VLLM_MODEL}" \\', '  PORT=8000 ./serve.sh', '}')).toEqual(['fetch.sh:1']);
    expect(await script('APP_MODEL=acme-lab/chat-7b ./ask.sh')).toEqual([]);
  });

  it('sees the default of an argument, whatever is said beside it', async () => {
    expect(await script('MODEL="${1:-acme-lab/chat-7b}"   # or a larger one', 'vllm serve "$MODEL"')).toEqual(['fetch.sh:1']);
  });

  it('sees the program that an image build runs', async () => {
    const file = rows('FROM python:3.12', `RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('acme-lab/encoder')"`);
    expect(await places('unpinned-revision', { Dockerfile: file })).toEqual(['Dockerfile:2']);
  });

  it('counts the rows of a script in a list of arguments', async () => {
    const job = rows('apiVersion: batch/v1', 'kind: Job', 'spec:', '  containers:', '    - image: alpine:3.22', '      args:', '        - |', '          set -e', '          hf download acme-lab/chat-7b');
    expect(await places('unpinned-revision', { 'job.yaml': job })).toEqual(['job.yaml:9']);
  });
});

describe('exposed-model-server', () => {
  it('reads a port and an image with defaults', async () => {
    const service = (port: string) => places('exposed-model-server', { 'compose.yaml': rows('services:', '  llm:', '    image: ${IMAGE:-acme-vllm:v1}', '    build: .', '    ports:', `      - "${port}"`) });
    expect(await service('${PORT:-8000}:8000')).toEqual(['compose.yaml:6']);
    expect(await service('${PORT}:8000')).toEqual(['compose.yaml:6']);
    expect(await service('127.0.0.1:${PORT:-8000}:8000')).toEqual([]);
  });
});

describe('unpinned-library', () => {
  const image = (url: string) => places('unpinned-library', { Dockerfile: rows('FROM python:3.12', `RUN pip install ${url}`) });

  it('sees what a forge packs of a branch', async () => {
    expect(await image('https://github.com/huggingface/transformers/archive/refs/heads/main.zip')).toEqual(['Dockerfile:2']);
    expect(await image('https://github.com/huggingface/transformers/archive/refs/tags/v4.57.0.zip')).toEqual([]);
    expect(await image(`https://github.com/huggingface/transformers/archive/${COMMIT}.zip`)).toEqual([]);
  });

  it('takes what a container installs at its start for a deployment', async () => {
    const file = rows('services:', '  llm:', '    image: python:3.12', '    command: bash -c "pip install transformers && python serve.py"');
    expect(await places('unpinned-library', { 'docker-compose.yml': file })).toEqual(['docker-compose.yml:4']);
  });
});

describe('insecure-download in an image build or a job', () => {
  const image = (...commands: readonly string[]) => places('insecure-download', { Dockerfile: rows('FROM python:3.12', ...commands) });
  const URL = 'https://models.acme-research.org/weights/detector.onnx';

  it('sees weights that come from a moving address', async () => {
    expect(await image(`RUN mkdir -p /m \\`, `  && wget -O /m/d.onnx ${URL}`)).toEqual(['Dockerfile:3']);
    expect(await image(`ADD ${URL} /m/`)).toEqual(['Dockerfile:2']);
  });

  it('is silent where a digest or a commit fixes them', async () => {
    expect(await image(`ADD --checksum=sha256:${'0'.repeat(64)} ${URL} /m/`)).toEqual([]);
    expect(await image(`RUN wget -O /m/d.onnx ${URL} && echo "${'0'.repeat(64)}  /m/d.onnx" | sha256sum -c -`)).toEqual([]);
    expect(await image(`RUN wget -O /m/d.gguf https://huggingface.co/acme-lab/d/resolve/${COMMIT}/d.gguf`)).toEqual([]);
  });
});

describe('mcp-unpinned-server outside of configurations', () => {
  it('sees servers that scripts start', async () => {
    const script = (path: string, row: string) => places('mcp-unpinned-server', { [path]: rows('cd /work', row) });
    expect(await script('run.bat', 'npx @acme/browser-mcp-server --headless')).toEqual(['run.bat:2']);
    expect(await script('setup.sh', 'claude mcp add docs -- npx -y @acme/docs-mcp')).toEqual(['setup.sh:2']);
    expect(await script('setup.sh', 'exec uvx mcp-server-ledger')).toEqual(['setup.sh:2']);
    expect(await script('run.sh', 'npx -y @acme/docs-mcp@1.4.0')).toEqual([]);
    expect(await script('run.sh', 'npx @modelcontextprotocol/inspector node build/index.js')).toEqual([]);
    expect(await script('run.sh', 'npx create-mcp-server my-server')).toEqual([]);
  });

  it('sees servers that programs start', async () => {
    const program = (path: string, ...code: readonly string[]) => places('mcp-unpinned-server', { [path]: rows(...code) });
    const spawn = `import { spawn } from 'node:child_process';`;
    const npx = `const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';`;
    expect(await program('start.js', spawn, npx, `spawn(npx, ['-y', '@acme/docs-mcp'], { shell: true });`)).toEqual(['start.js:3']);
    expect(await program('start.js', spawn, npx, `spawn(npx, ['-y', '@acme/docs-mcp@1.4.0']);`)).toEqual([]);
    expect(await program('start.py', 'import subprocess', 'subprocess.run(["uvx", "mcp-server-ledger"])')).toEqual(['start.py:2']);
    expect(await program('start.py', 'import subprocess', 'subprocess.run("npx -y @acme/docs-mcp", shell=True)')).toEqual(['start.py:2']);
  });
});

describe('mcp-remote-without-auth in code', () => {
  const program = (path: string, ...code: readonly string[]) => places('mcp-remote-without-auth', { [path]: rows(...code) });

  it('sees addresses that clients are given', async () => {
    const client = 'from mcp.client.streamable_http import streamablehttp_client';
    expect(await program('a.py', client, 'streamablehttp_client("https://mcp.ledger.io/mcp")')).toEqual(['a.py:2']);
    expect(await program('a.py', client, 'streamablehttp_client("https://mcp.ledger.io/mcp", headers={"Authorization": token})')).toEqual([]);
    expect(await program('a.py', client, 'streamablehttp_client("https://mcp.ledger.io/mcp", headers=headers)')).toEqual([]);
    expect(await program('a.py', client, 'streamablehttp_client("http://localhost:8000/mcp")')).toEqual([]);
    expect(await program('a.py', client, 'streamablehttp_client(url)')).toEqual([]);
  });

  it('sees them in lists and dictionaries of servers', async () => {
    const adapter = 'from crewai_tools import MCPServerAdapter';
    expect(await program('a.py', adapter, 'servers = [{"url": "https://docs.ledger.io/sse"}]', 'MCPServerAdapter(servers)')).toEqual(['a.py:2']);
    const mastra = `import { MCPClient } from '@mastra/mcp';`;
    const entry = (rest: string) => `export const mcp = new MCPClient({ servers: { web: { url: new URL('https://mcp.ledger.io/mcp')${rest} } } });`;
    expect(await program('a.ts', mastra, entry(''))).toEqual(['a.ts:2']);
    expect(await program('a.ts', mastra, entry(`, requestInit: { headers: { Authorization: key } }`))).toEqual([]);
    expect(await program('a.ts', mastra, entry(', ...shared'))).toEqual([]);
  });
});

describe('end-of-life-model', () => {
  it('knows what providers announced in the autumn of 2026', async () => {
    const gemini = rows('from google import genai', 'client = genai.Client()', 'client.models.generate_content(model="gemini-2.5-pro", contents="x")');
    expect(await places('end-of-life-model', { 'a.py': gemini })).toEqual(['a.py:3']);
  });

  it('reads the defaults of azd parameters', async () => {
    const file = JSON.stringify({ parameters: { speechModelName: { value: '${SPEECH_MODEL=gpt-4o-transcribe}' } } }, undefined, 2);
    expect(await places('end-of-life-model', { 'infra/main.parameters.json': file })).toEqual(['infra/main.parameters.json:4']);
  });
});

describe('options that a dictionary gets after it is made', () => {
  const load = (...code: readonly string[]) => ({ 'a.py': rows('from transformers import AutoModel', 'def load(gpu):', ...code.map((row) => `    ${row}`)) });
  const call = 'return AutoModel.from_pretrained("acme-lab/encoder", **options)';

  it('count at the call', async () => {
    expect(await places('trust-remote-code', load('options = {}', 'if gpu:', '    options["trust_remote_code"] = True', call))).toEqual(['a.py:6']);
    expect(await places('trust-remote-code', load('options = dict(device="cpu")', 'options.update(trust_remote_code=True)', call))).toEqual(['a.py:5']);
    expect(await places('trust-remote-code', load('options = {"trust_remote_code": True}', 'options["trust_remote_code"] = False', call))).toEqual([]);
    expect(await places('unpinned-revision', load('options = {}', `options["revision"] = "${COMMIT}"`, call))).toEqual([]);
  });

  it('count in a dictionary that is an option itself', async () => {
    const code = load('settings = {"device": "cpu"}', 'settings["trust_remote_code"] = True', 'return HuggingFaceEmbeddings(model_name="acme-lab/encoder", model_kwargs=settings)');
    const tree = { 'a.py': code['a.py'].replace('transformers import AutoModel', 'langchain_huggingface import HuggingFaceEmbeddings') };
    expect(await places('trust-remote-code', tree)).toEqual(['a.py:5']);
  });
});

describe('unsandboxed-tool in other languages', () => {
  const tool = (path: string, ...code: readonly string[]) => places('unsandboxed-tool', { [path]: rows(...code) });

  it('sees the shell of a tool in Java and C#', async () => {
    const java = (body: string) => tool('A.java', 'import dev.langchain4j.agent.tool.Tool;', 'class A {', '  @Tool("run")', '  String run(String command) throws Exception {', `    ${body}`, '  }', '}');
    expect(await java('return new ProcessBuilder("bash", "-c", command).start().toString();')).toEqual(['A.java:5']);
    expect(await java('return Runtime.getRuntime().exec(command).toString();')).toEqual(['A.java:5']);
    expect(await java('return new ProcessBuilder("date").start().toString();')).toEqual([]);
    const csharp = (body: string) => tool('A.cs', 'using Microsoft.SemanticKernel;', 'using System.Diagnostics;', 'public class A {', '  [KernelFunction]', '  public void Run(string command) {', `    ${body}`, '  }', '}');
    expect(await csharp('Process.Start("/bin/sh", "-c " + command);')).toEqual(['A.cs:6']);
    expect(await csharp('Process.Start("date", "-u");')).toEqual([]);
  });

  it('sees the shell of a tool in Go and TypeScript', async () => {
    const go = (body: string) => tool('a.go', 'package main', 'import (', '  "os/exec"', '  "github.com/mark3labs/mcp-go/server"', ')', 'func main() { s := server.NewMCPServer("x", "1"); s.AddTool(def, run) }', 'func run(ctx context.Context, command string) ([]byte, error) {', `  return ${body}.Output()`, '}');
    expect(await go('exec.CommandContext(ctx, "sh", "-c", command)')).toEqual(['a.go:8']);
    expect(await go('exec.CommandContext(ctx, "git", "log")')).toEqual([]);
    const spawn = (call: string) => tool('a.ts', `import { tool } from 'ai';`, `import { spawn } from 'node:child_process';`, 'export const shell = tool({', `  execute: async ({ command }) => ${call},`, '});');
    expect(await spawn(`spawn('sh', ['-c', command])`)).toEqual(['a.ts:4']);
    expect(await spawn(`spawn('node', ['worker.js', command])`)).toEqual([]);
  });
});

describe('privileged-container of programs of one\'s own', () => {
  const compose = (...lines: readonly string[]) => rows('services:', '  agent:', ...lines.map((line) => `    ${line}`));
  const socket = ['volumes:', '  - ./data:/data', '  - /var/run/docker.sock:/var/run/docker.sock'];
  const code = { 'agent/main.py': 'from openai import OpenAI\n\nOpenAI().responses.create(model="gpt-5.1", input="x")\n' };
  const found = (tree: Readonly<Record<string, string>>) => places('privileged-container', tree);

  it('is where the code that it is built from uses AI', async () => {
    expect(await found({ ...code, 'compose.yaml': compose('build: ./agent', ...socket) })).toEqual(['compose.yaml:6']);
    expect(await found({ ...code, 'deploy/compose.yaml': compose('build:', '  context: ..', ...socket) })).toEqual(['deploy/compose.yaml:7']);
    expect(await found({ ...code, 'compose.yaml': compose('build: ./web', ...socket) })).toEqual([]);
    expect(await found({ ...code, 'compose.yaml': compose('build: ./agent', 'volumes:', '  - ./data:/data') })).toEqual([]);
  });

  it('is where it is told of a service of AI', async () => {
    expect(await found({ 'compose.yaml': compose('image: acme/agent:1', 'environment:', '  - ANTHROPIC_API_KEY', '  - LLM_MODEL=claude-sonnet-4-5', 'privileged: true') })).toEqual(['compose.yaml:7']);
    expect(await found({ 'run.sh': rows('docker run -d -v /var/run/docker.sock:/var/run/docker.sock -e OPENAI_API_KEY acme/agent:1') })).toEqual(['run.sh:1']);
    const pod = rows('apiVersion: v1', 'kind: Pod', 'metadata: { name: agent }', 'spec:', '  containers:', '    - image: acme/agent:1', '      env:', '        - name: OPENAI_API_KEY', '          value: x', '      volumeMounts:', '        - name: sock', '          mountPath: /var/run/docker.sock');
    expect(await found({ 'pod.yaml': pod })).toEqual(['pod.yaml:11']);
  });

  it('is not where another program has them', async () => {
    expect(await found({ ...code, 'compose.yaml': compose('image: acme/log-shipper:2', ...socket) })).toEqual([]);
    expect(await found({ 'run.sh': rows('docker run -d -v /var/run/docker.sock:/var/run/docker.sock -e TZ=UTC acme/updater:1') })).toEqual([]);
  });
});

describe('unpinned-image in the values of charts', () => {
  const values = (...lines: readonly string[]) => places('unpinned-image', { 'chart/values.yaml': rows(...lines) });

  it('reads a repository with its tag wherever it stands', async () => {
    expect(await values('image:', '  repository: vllm/vllm-openai', '  tag: latest')).toEqual(['chart/values.yaml:2']);
    expect(await values('vllm:', '  repository: vllm/vllm-openai', '  tag: nightly')).toEqual(['chart/values.yaml:2']);
    expect(await values('images:', '  ollama:', '    repository: ollama/ollama', '    tag: latest')).toEqual(['chart/values.yaml:3']);
    expect(await values('ollama:', '  image: ollama/ollama', '  imageTag: latest')).toEqual(['chart/values.yaml:2']);
  });

  it('leaves a version, and a tag that the chart gives', async () => {
    expect(await values('vllm:', '  repository: vllm/vllm-openai', '  tag: v0.9.2')).toEqual([]);
    expect(await values('ollama:', '  image: ollama/ollama', '  imageTag: 0.5.1')).toEqual([]);
    expect(await values('image:', '  repository: qdrant/qdrant', '  tag: ""')).toEqual([]);
    expect(await values('image:', '  repository: qdrant/qdrant', '  pullPolicy: Always')).toEqual([]);
    expect(await values('repository:', '  repository: acme/site', '  tag: latest')).toEqual([]);
  });

  it('reads those that an application of Argo CD carries as text', async () => {
    const application = rows('kind: Application', 'spec:', '  source:', '    helm:', '      values: |', '        image:', '          repository: ollama/ollama', '          tag: latest');
    expect(await places('unpinned-image', { 'app.yaml': application })).toEqual(['app.yaml:7']);
  });
});

describe('images of AI that a compose file names alone', () => {
  it('are seen', async () => {
    const service = (image: string) => places('unpinned-image', { 'docker-compose.yml': rows('services:', '  a:', `    image: ${image}`) });
    for (const image of ['infiniflow/ragflow', 'firecrawl/firecrawl', 'letta/letta:latest']) expect(await service(image), image).toEqual(['docker-compose.yml:3']);
    expect(await service('acme/site:latest')).toEqual([]);
  });
});

describe('registries of models that a program keeps', () => {
  const LOAD = rows(
    'import yaml',
    'from transformers import AutoModel',
    'def load(name):',
    '    spec = yaml.safe_load(open("models.yaml"))["models"][name]',
    '    return AutoModel.from_pretrained(spec["hf_id"], revision=spec.get("revision"))',
  );
  const REGISTRY = rows(
    'models:',
    '  small:',
    '    hf_id: acme-lab/chat-7b',
    '    revision: main',
    '  large:',
    '    hf_id: acme-lab/chat-70b',
    '  fixed:',
    '    hf_id: acme-lab/chat-1b',
    `    revision: ${COMMIT}`,
  );

  it('are pinned entry by entry', async () => {
    expect(await places('unpinned-revision', { 'load.py': LOAD, 'models.yaml': REGISTRY })).toEqual(['models.yaml:3', 'models.yaml:6']);
    const list = rows('models:', '  - name: a', '    repo_id: acme-lab/chat-7b');
    expect(await places('unpinned-revision', { 'load.py': LOAD, 'config/models.yaml': list })).toEqual(['config/models.yaml:3']);
  });

  it('are none where nothing is loaded from the Hub, or where they are of data sets', async () => {
    expect(await places('unpinned-revision', { 'models.yaml': REGISTRY })).toEqual([]);
    const told = rows('models:', '  - name: a', '    hugging_face_id: acme-lab/chat-7b');
    expect(await places('unpinned-revision', { 'load.py': LOAD, 'models.yaml': told })).toEqual([]);
  });
});

describe('commands that other files than scripts keep', () => {
  it('are read in a Procfile, in tox and in nox', async () => {
    const serve = 'vllm serve acme-lab/chat-7b --trust-remote-code';
    const nox = rows('import nox', '@nox.session', 'def serve(session: nox.Session):', `    session.run("vllm", "serve", "Qwen/Qwen2.5-7B-Instruct", "--trust-remote-code")`);
    expect(await places('trust-remote-code', { Procfile: rows('web: uvicorn app:app', `llm: ${serve}`) })).toEqual(['Procfile:2']);
    expect(await places('trust-remote-code', { 'tox.ini': rows('[testenv:serve]', 'deps = vllm', 'commands =', `    - ${serve}`) })).toEqual(['tox.ini:4']);
    expect(await places('trust-remote-code', { 'noxfile.py': nox })).toEqual(['noxfile.py:4']);
  });

  it('are not what stands beside them', async () => {
    const tox = rows('[testenv]', 'description =', '    vllm serve acme-lab/chat-7b --trust-remote-code', 'commands = pytest');
    expect(await places('trust-remote-code', { 'tox.ini': tox })).toEqual([]);
  });
});

describe('trust-remote-code of boxes in a form', () => {
  const box = (call: string) => places('trust-remote-code', { 'app.py': rows('import streamlit as st', 'from transformers import AutoModel', `trust = ${call}`) });

  it('is where the box is ticked at first', async () => {
    expect(await box('st.checkbox("trust_remote_code", True)')).toEqual(['app.py:3']);
    expect(await box('st.sidebar.toggle("Trust remote code", value=True)')).toEqual(['app.py:3']);
  });

  it('is not where it is empty, or says something else', async () => {
    expect(await box('st.checkbox("trust_remote_code")')).toEqual([]);
    expect(await box('st.checkbox("trust_remote_code", False)')).toEqual([]);
    expect(await box('st.checkbox("Stream", True)')).toEqual([]);
  });
});

describe('trust-remote-code of a class that is chosen while the program runs', () => {
  const load = (...lines: readonly string[]) => places('trust-remote-code', { 'merge.py': rows('import transformers', ...lines) });

  it('is at the call', async () => {
    const call = ['def merge(kind, base):', '    model_class = choose(kind)', '    return model_class.from_pretrained(', '        base,'];
    expect(await load(...call, '        trust_remote_code=True,', '    )')).toEqual(['merge.py:6']);
    expect(await load(...call, '        trust_remote_code=False,', '    )')).toEqual([]);
  });
});

describe('unpinned-revision of variables in a ConfigMap', () => {
  const map = (key: string) =>
    places('unpinned-revision', {
      'config.yaml': rows('apiVersion: v1', 'kind: ConfigMap', 'metadata: { name: llm }', 'data:', `  ${key}: Qwen/Qwen2.5-Coder-7B`),
    });

  it('is where the variable is one of a runtime', async () => {
    expect(await map('VLLM_MODEL')).toEqual(['config.yaml:5']);
    expect(await map('LLM_MODEL')).toEqual([]);
  });
});

describe('restricted-licence of a family whose models differ', () => {
  const load = (id: string) => places('restricted-licence', { 'train.py': rows('from transformers import AutoModel', `AutoModel.from_pretrained("${id}")`) });

  it('is that of the model itself', async () => {
    expect(await load('MCG-NJU/videomae-base')).toEqual(['train.py:2']);
    expect(await load('Lightricks/LTX-Video')).toEqual([]);
  });
});
