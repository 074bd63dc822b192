import { foldKey } from '../../../knowledge/config.ts';
import { get, itemsOf, keysOf, mapsOf, textOf, type ConfigNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** A node of a visual builder: what it is and what it is called. */
interface FlowNode {
  readonly kind: 'model' | 'store' | 'agent';
  /** Provider or store, as the builder spells it (`OpenAi`, `chatAnthropic`). */
  readonly word: string;
  readonly name: string | undefined;
  readonly line: number;
}

const N8N = '@n8n/n8n-nodes-langchain.';

function n8nNode(node: ConfigNode): FlowNode | undefined {
  const type = textOf(get(node, 'type')) ?? '';
  if (!type.startsWith(N8N)) return undefined;
  const what = type.slice(N8N.length);
  const name = textOf(get(node, 'name'));
  const line = get(node, 'type')?.line ?? node.line;
  if (/^(?:agent|openAiAssistant)$/.test(what)) return { kind: 'agent', word: what, name, line };
  const model = /^(?:lmChat|lm|embeddings|openAi$)(.*)$/.exec(what);
  if (model) return { kind: 'model', word: model[1] === '' ? 'openai' : (model[1] ?? ''), name, line };
  const store = /^vectorStore(.*)$/.exec(what);
  return store ? { kind: 'store', word: store[1] ?? '', name, line } : undefined;
}

const CATEGORIES: Readonly<Record<string, FlowNode['kind']>> = {
  'chat models': 'model',
  llms: 'model',
  embeddings: 'model',
  'vector stores': 'store',
  agents: 'agent',
  'agent flows': 'agent',
  'multi agents': 'agent',
};

function flowiseNode(node: ConfigNode): FlowNode | undefined {
  const data = get(node, 'data');
  const category = textOf(get(data, 'category'))?.toLowerCase();
  const kind = category === undefined ? undefined : CATEGORIES[category];
  const word = textOf(get(data, 'name'));
  if (kind === undefined || word === undefined || !data || (kind === 'agent' && !/agent/i.test(word))) return undefined;
  return { kind, word, name: textOf(get(data, 'label')), line: get(data, 'name')?.line ?? data.line };
}

function langflowNode(node: ConfigNode): FlowNode | undefined {
  const data = get(node, 'data');
  const type = textOf(get(data, 'type'));
  const template = get(data, 'node', 'template');
  if (type === undefined || !data || template === undefined) return undefined;
  const line = get(data, 'type')?.line ?? data.line;
  if (/agent$/i.test(type)) return { kind: 'agent', word: type, name: textOf(get(data, 'node', 'display_name')), line };
  if (/(?:Model|Embeddings)$/.test(type)) return { kind: 'model', word: type, name: undefined, line };
  return { kind: 'store', word: type, name: undefined, line };
}

const plainWord = (word: string): string =>
  word.replace(/^(?:chat|llm)(?=[A-Z])/, '').replace(/(?:Model|Embeddings?|Chat|LLM|_LlamaIndex)+$/i, '');

/** Exports of n8n, Flowise and Langflow. Model names in them are found by their keys. */
function readFlow(sink: Sink, root: ConfigNode): void {
  const nodes = itemsOf(get(root, 'nodes') ?? get(root, 'data', 'nodes'));
  for (const node of nodes) {
    const found = n8nNode(node) ?? flowiseNode(node) ?? langflowNode(node);
    if (!found) continue;
    const { kind, word, name, line } = found;
    if (kind === 'agent') {
      if (name !== undefined && name !== '') sink.add({ kind: 'agent', name, occurrences: [sink.occurrence(line, word, 'medium')] });
    } else if (kind === 'store') {
      const store = sink.stores.byWord(word);
      if (store) sink.store(store.slug, line, word);
    } else {
      const provider = sink.providers.byWord(word) ?? sink.providers.byWord(plainWord(word));
      if (provider !== undefined) sink.service(provider, line, word);
    }
  }
}

/** promptfoo and others: `providers: [openai:gpt-4o, anthropic:messages:claude-…]`, and the one that grades: `provider: {text: {id: openai:gpt-4.1}}`. */
function readRouted(sink: Sink, root: ConfigNode): void {
  const grades = /promptfoo/i.test(sink.path);
  for (const { map, path } of mapsOf(root)) {
    for (const { key, value } of map.entries) {
      const folded = foldKey(key);
      const grader = grades && value.kind === 'scalar' && (folded === 'provider' || (folded === 'id' && path.includes('provider')));
      if (!grader && (!/^(?:providers|targets)$/.test(folded) || value.kind !== 'list')) continue;
      for (const item of value.kind === 'list' ? value.items : [value]) {
        const node = item.kind === 'scalar' ? item : (get(item, 'id') ?? get(item, 'provider'));
        const text = textOf(node)?.replace(/:(?:chat|messages|responses|completion|embedding|embeddings):/, ':');
        const vendor = text?.includes(':') ? text.slice(0, text.indexOf(':')) : undefined;
        const provider =
          text === undefined || vendor === undefined
            ? undefined
            : (sink.models.canonicalise(text)?.route.at(-1) ?? (grader ? sink.providers.byWord(vendor) : undefined));
        if (text === undefined || !node || provider === undefined) continue;
        const model = text.slice(text.indexOf(':') + 1);
        if (sink.model(model, { position: 'argument', key: 'model', provider }, node.line, key)) sink.service(provider, node.line, key);
      }
    }
  }
}

const WRANGLER = /^wrangler(?:\.[\w-]+)?\.(?:toml|jsonc?)(?:[._-](?:example|sample|template|dist|tpl))?$/;
/** Cloudflare Workers: what a binding in `wrangler.toml`, or in one of its environments, gives the program. https://developers.cloudflare.com/workers/wrangler/configuration/ */
function readBindings(sink: Sink, root: ConfigNode): void {
  const environments = get(root, 'env');
  for (const scope of [root, ...(environments?.kind === 'map' ? environments.entries.map(({ value }) => value) : [])]) {
    const ai = get(scope, 'ai', 'binding');
    if (ai) sink.service('cloudflare-workers-ai', ai.line, 'ai.binding');
    for (const item of itemsOf(get(scope, 'vectorize'))) {
      const index = get(item, 'index_name') ?? get(item, 'binding');
      if (index) sink.store('cloudflare-vectorize', index.line, 'vectorize');
    }
  }
}

/** Kaggle kernels, LangGraph deployments, MCP server manifests, Cloudflare's bindings. */
function readManifests(sink: Sink, root: ConfigNode): void {
  const file = sink.path.slice(sink.path.lastIndexOf('/') + 1);
  const name = textOf(get(root, 'name'));
  if (file === 'kernel-metadata.json') {
    for (const item of itemsOf(get(root, 'dataset_sources'))) {
      const text = textOf(item);
      if (text !== undefined && /^[\w-]+\/[\w-]+$/.test(text)) sink.dataset(text, 'kaggle', item.line, 'dataset_sources');
    }
    for (const item of itemsOf(get(root, 'competition_sources'))) {
      const text = textOf(item);
      if (text !== undefined && /^[a-z][\w-]+$/.test(text)) sink.dataset(text, 'kaggle', item.line, 'competition_sources');
    }
    // owner/model/framework/variation/version
    for (const item of itemsOf(get(root, 'model_sources'))) {
      const text = textOf(item);
      const id = /^([\w.-]+\/[\w.-]+)(?:\/[\w.-]+){2,3}$/.exec(text ?? '')?.[1];
      if (text !== undefined && id !== undefined)
        sink.model(id, { position: 'argument', key: 'model_id', loader: 'kagglehub' }, item.line, 'model_sources', { aliases: [text] });
    }
  } else if (file === 'langgraph.json') {
    const embed = get(root, 'store', 'index', 'embed');
    if (embed?.kind === 'scalar')
      sink.model(embed.value, { position: 'argument', key: 'embedding_model' }, embed.line, 'store.index.embed');
  } else if (WRANGLER.test(file)) {
    readBindings(sink, root);
  } else if (file === 'server.json' && name !== undefined && /modelcontextprotocol/.test(textOf(get(root, '$schema')) ?? '')) {
    sink.add({
      kind: 'mcp-server',
      name,
      implemented: true,
      occurrences: [sink.occurrence(get(root, 'name')?.line ?? 1, 'server.json', 'high')],
    });
  } else if (file === 'manifest.json' && name !== undefined && get(root, 'server', 'mcp_config')) {
    sink.add({
      kind: 'mcp-server',
      name,
      implemented: true,
      transport: 'stdio',
      occurrences: [sink.occurrence(get(root, 'name')?.line ?? 1, 'mcp_config', 'high')],
    });
  }
}

export function readPlatforms(sink: Sink, root: ConfigNode): void {
  if (root.kind !== 'map') return;
  const keys = keysOf(root);
  if (keys.includes('nodes') || keys.includes('data')) readFlow(sink, root);
  readRouted(sink, root);
  readManifests(sink, root);
}
