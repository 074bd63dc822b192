import type { Discovery } from '../../core/inventory.ts';
import type { Component } from '../../core/component.ts';
import { configSection } from '../../knowledge/config.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { defineCrawler, type FileFacts, type Project } from '../crawler.ts';
import { readAgents } from './kinds/agents.ts';
import { readComfy, readDvc, readHubFiles, readUltralytics } from './kinds/artifacts.ts';
import { readBicep, readTemplates, readTerraform } from './kinds/cloud.ts';
import { readContainer, readContainers } from './kinds/containers.ts';
import { readEnvironment } from './kinds/environment.ts';
import { MODELFILE, readModelfile } from '../modelfile.ts';
import { joinReachability } from './kinds/exposure.ts';
import { readInstructionFiles } from './kinds/instruction-files.ts';
import { resolveIntrinsics } from './kinds/intrinsics.ts';
import { readKeys } from './kinds/keys.ts';
import { isKnowledgeFile, readKnowledgePages } from './kinds/knowledge-pages.ts';
import { readMcp, readMcpNames, readMcpProperties } from './kinds/mcp.ts';
import { joinOverrides } from './kinds/overrides.ts';
import { readModelSwap } from './kinds/model-swap.ts';
import { variablesAround, withImages } from './kinds/pending.ts';
import { readPlatforms } from './kinds/platforms.ts';
import { readPromptFile } from './kinds/prompts.ts';
import { readScripts } from './kinds/scripts.ts';
import { hasTasks, readTasks } from './kinds/tasks.ts';
import { readWorkflow } from './kinds/workflows.ts';
import { manifestsIn } from './readers/heredoc.ts';
import { readTorchtune } from './kinds/torchtune.ts';
import { formatOf, readConfig, type ConfigFormat } from './readers/index.ts';
import { get, itemsOf, MAX_VALUE, textOf, type ConfigNode } from './readers/node.ts';
import { Sink, type ConfigFacts } from './sink.ts';

/** Words that stand in every file that could name an AI component. One test over the raw bytes. */
const AI_WORDS =
  /model|llm|hf download|gpt|claude|gemini|openai|anthropic|mistral|llama|hugging|\bhf[_-]|embed|vector|bedrock|sagemaker|vertex|cognitive|mcp|agent|prompt|dataset|nvidia|amd\.com\/gpu|cuda|torch|tensor|chroma|qdrant|pinecone|weaviate|milvus|pgvector|safetensors|gguf|ckpt|whisper|rerank|together|groq|cohere|replicate|wandb|langsmith|langfuse|mlflow|azureml|serving\.|ray\.io|kubeflow|kserve|triton|diffusion|comfy|inference|deepseek|qwen|gemma|voyage|tavily|elevenlabs|deepgram|assemblyai|watsonx|dashscope|\.dvc|dvc|train|_API_KEY|backstory|template_format|input_variables|execution_settings|Microsoft\.Search|flowise|langflow|ragflow|langgenius|langchain|sglang|lmdeploy|web-?ui|local-?ai|speech|docling|ray(?:project|-operator)|ultralytics|label-studio|"graphs"|\bkind: ?(?:Service|Ingress|Route|HTTPRoute|IngressRoute)\b|privileged: ?true|machine_?learning|docker\.sock|\[(?:env\.\w+\.)?ai\]|"ai":/i;

/** A configuration group (Hydra): what it is of is said by its folder alone. */
const GROUP =
  /(?:^|\/)(?:models?|llms?|encoders?|backbones?|tokenizers?|embedd\w{1,6}|generators?|retrievers?|rerankers?|data|datasets?|corpus)\/[^/]{1,80}\.ya?ml$/;

/** An image of AI may be all that such a file names; a repository has few of them. */
const COMPOSE = /(?:^|\/)[\w.-]*compose[\w.-]*\.ya?ml$/i;

const SCRIPT = /\.(?:sh|bash|zsh)$/;

/** What stands for a file that DVC keeps elsewhere. */
const isTracked = (path: string): boolean => path.endsWith('.dvc');

/** Lines of one file kept for the facts of a format that has no nesting. */
const FLAT: ReadonlySet<ConfigFormat> = new Set<ConfigFormat>(['dotenv', 'properties', 'ini']);

function formatOfFile(path: string): ConfigFormat | undefined {
  return isTracked(path) ? 'yaml' : formatOf(path);
}

function readDocument(sink: Sink, format: ConfigFormat, written: ConfigNode): void {
  const root = resolveIntrinsics(written);
  if (format === 'dotenv' || format === 'make' || format === 'xcode') {
    if (root.kind === 'map')
      for (const { key, value } of root.entries) if (value.kind === 'scalar') readEnvironment(sink, key, value.value, value.line);
    return;
  }
  if (format === 'hcl') {
    readTerraform(sink, root);
    return;
  }
  if (format === 'bicep') {
    readBicep(sink, root);
    return;
  }
  readKeys(sink, root);
  readMcpNames(sink, root);
  if (FLAT.has(format)) {
    readMcpProperties(sink, root);
    return;
  }
  readContainers(sink, root);
  readScripts(sink, root);
  readTasks(sink, root);
  readTemplates(sink, root);
  readMcp(sink, root);
  readAgents(sink, root);
  readInstructionFiles(sink, root);
  readWorkflow(sink, root);
  readComfy(sink, root);
  readHubFiles(sink, root);
  readDvc(sink, root);
  readUltralytics(sink, root);
  readTorchtune(sink, root);
  readPromptFile(sink, root);
  readPlatforms(sink, root);
  readKnowledgePages(sink, root);
  readModelSwap(sink, root);
  readEmbedded(sink, root);
}

/** Variables that tell a runtime what to fetch. */
const RUNTIME_MODEL = /^(?:VLLM|SGLANG|TGI)_MODEL(?:_(?:ID|NAME|REPO))?$/;

/** Files inside a Kubernetes ConfigMap, read with the lines of the outer file. */
function readEmbedded(sink: Sink, root: ConfigNode): void {
  readChartValues(sink, root);
  const data = textOf(get(root, 'kind')) === 'ConfigMap' ? get(root, 'data') : undefined;
  if (data?.kind !== 'map') return;
  for (const { key, value } of data.entries) {
    // Containers get it with `envFrom`, from a file of their own.
    if (value.kind === 'scalar' && RUNTIME_MODEL.test(key))
      sink.hubLoad(sink.model(value.value, { position: 'argument', key }, value.line, key), value.line, key);
    if (MODELFILE.test(key) && value.kind === 'scalar') readModelfile(sink, value.value, value.line + 1);
    const format = formatOf(key);
    if (format === undefined || value.kind !== 'scalar' || !value.value.includes('\n') || value.value.length >= MAX_VALUE) continue;
    // A block scalar begins on the line after its indicator.
    for (const document of readConfig(format, `${'\n'.repeat(value.line)}${value.value}`).documents) {
      if (format === 'dotenv') readDocument(sink, format, document);
      else readKeys(sink, document);
    }
  }
}

/** Values of a chart that an Argo CD application carries as text. */
function readChartValues(sink: Sink, root: ConfigNode): void {
  if (textOf(get(root, 'kind')) !== 'Application') return;
  for (const source of [get(root, 'spec', 'source'), ...itemsOf(get(root, 'spec', 'sources'))]) {
    const values = get(source, 'helm', 'values');
    if (values?.kind !== 'scalar' || !values.value.includes('\n') || values.value.length >= MAX_VALUE) continue;
    for (const document of readConfig('yaml', `${'\n'.repeat(values.line)}${values.value}`).documents) {
      readKeys(sink, document);
      readContainers(sink, document);
      readScripts(sink, document);
    }
  }
}

/** Configuration of every kind: keys, environments, containers, cloud resources, MCP servers, agents. */
export const configCrawler = defineCrawler<ConfigFacts>({
  id: 'config',
  wants: (entry) => formatOfFile(entry.path) !== undefined || SCRIPT.test(entry.path),
  prefilter: (latin1, path) =>
    SCRIPT.test(path)
      ? latin1.includes('<<') && AI_WORDS.test(latin1)
      : formatOf(path) === 'dotenv' ||
        isTracked(path) ||
        COMPOSE.test(path) ||
        GROUP.test(path) ||
        isKnowledgeFile(path) ||
        AI_WORDS.test(latin1),
  // YAML is slow to parse, and a worker can be given up.
  heavy: true,
  extract(file, knowledge: Knowledge) {
    const { path, text } = file;
    if (SCRIPT.test(path)) return readScript(path, text, knowledge);
    const format = formatOfFile(path);
    const excluded = knowledge.get(configSection).isExcluded(path);
    if (format === undefined || (excluded && !hasTasks(path))) return {};
    const { documents, problem } = readConfig(format, frontMatter(path, text));
    const sink = new Sink(path, knowledge, 'config');
    for (const root of documents.length > MAX_STREAM && format === 'json' ? [] : documents) {
      if (excluded) readTasks(sink, root);
      else readDocument(sink, format, root);
    }
    const facts = sink.facts;
    return {
      ...(facts && { facts }),
      ...(sink.settings.length > 0 && { settings: sink.settings }),
      ...(problem && {
        skipped: [
          {
            path,
            reason: problem.reason,
            detail: `${format}: ${problem.detail}${problem.line === undefined ? '' : ` at line ${problem.line}`}`,
          },
        ],
      }),
    };
  },
  detect: (files, project) => merge(files, project),
});

/** What a script writes to a manifest runs as that manifest. */
function readScript(path: string, text: string, knowledge: Knowledge): { readonly facts?: ConfigFacts } {
  const sink = new Sink(path, knowledge, 'config');
  for (const block of manifestsIn(text))
    for (const document of readConfig('yaml', `${'\n'.repeat(block.line)}${block.text}`).documents) readContainers(sink, document);
  const { facts } = sink;
  return facts ? { facts } : {};
}

/** JSON lines beyond this many are records. */
const MAX_STREAM = 3;

/** A Prompty file is YAML between two lines of dashes, then a prompt. */
function frontMatter(path: string, text: string): string {
  if (!path.endsWith('.prompty')) return text;
  const match = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text);
  return match?.[1] === undefined ? '' : `\n${match[1]}`;
}

/** Keeps what the target confirms: a data file that it holds; a weight file that it holds is an artifact, not a model by name. */
function merge(read: readonly FileFacts<ConfigFacts>[], project: Project): Discovery {
  const files = read.flatMap((file) => [file, ...containersOf(file, project)]);
  const keep = (component: Component, path: string): Component | undefined => {
    if (component.kind === 'dataset' && component.origin === 'file' && !isTracked(path)) return placed(component, path, project);
    if (component.kind === 'prompt' && component.name !== path) return placed(component, path, project);
    return component;
  };
  return {
    components: files.flatMap(({ path, facts }) => facts.components.flatMap((component) => keep(component, path) ?? [])),
    relations: files.flatMap(({ facts }) => facts.relations),
    observations: joinOverrides(joinReachability(files.flatMap(({ facts }) => facts.observations))),
    mentions: files.flatMap(({ facts }) => facts.mentions ?? []),
  };
}

/** What the containers of a file say whose images were left open. */
function containersOf({ path, facts }: FileFacts<ConfigFacts>, project: Project): FileFacts<ConfigFacts>[] {
  const { pending = [] } = facts;
  if (pending.length === 0) return [];
  const values = variablesAround(path, project.settings);
  return pending.flatMap((container) =>
    withImages(container.map, values).flatMap((map) => {
      const sink = new Sink(path, project.knowledge, 'config');
      readContainer(sink, map, container.path);
      return sink.facts ? [{ path, facts: sink.facts }] : [];
    }),
  );
}

/** The path of a file as the target has it: from the root, from the file's folder, or from a folder above. */
function placed(component: Component, path: string, project: Project): Component | undefined {
  const folders = path.split('/').slice(0, -1);
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const candidate = normalise([...folders.slice(0, depth), ...component.name.split('/')]);
    if (candidate !== undefined && project.has(candidate)) return { ...component, name: candidate };
  }
  return project.has(component.name) ? component : undefined;
}

function normalise(parts: readonly string[]): string | undefined {
  const out: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.pop() === undefined) return undefined;
  }
  return out.join('/');
}
