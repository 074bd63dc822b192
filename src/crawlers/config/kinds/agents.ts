import type { AgentComponent } from '../../../core/component.ts';
import { foldKey } from '../../../knowledge/config.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { isInstructed } from './instruction-files.ts';

/** Longest name of an agent; a longer text is an instruction. */
const MAX_NAME = 120;

const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');

function addAgent(sink: Sink, name: string, line: number, node: MapNode, framework: string | undefined, aliases: readonly string[]): void {
  const clean = plain(name);
  if (clean === '' || clean.length > MAX_NAME) return;
  const tools = itemsOf(get(node, 'tools')).flatMap((item) => textOf(item) ?? textOf(get(item, 'name')) ?? textOf(get(item, 'type')) ?? []);
  const model = textOf(get(node, 'llm')) ?? textOf(get(node, 'model')) ?? textOf(get(node, 'model', 'id'));
  const others = aliases.filter((alias) => alias !== clean && alias !== '');
  const component: AgentComponent = {
    kind: 'agent',
    name: clean,
    occurrences: [sink.occurrence(line, 'agent', 'high')],
    ...(framework !== undefined && { framework }),
    ...(others.length > 0 && { aliases: others }),
    ...(tools.length > 0 && { tools: tools.slice(0, 50) }),
    ...(model !== undefined && { model }),
  };
  sink.add(component);
  const llm = get(node, 'llm') ?? get(node, 'function_calling_llm');
  const found = llm?.kind === 'scalar' ? sink.model(llm.value, { position: 'argument', key: 'llm' }, llm.line, 'llm') : undefined;
  // The framework asks the maker of a model that only its maker serves, or whom the prefix names.
  if (llm && found?.origin === 'api' && found.provider !== undefined && framework === 'crewai')
    sink.service(found.provider, llm.line, 'llm', { confidence: 'medium' });
}

const INSTRUCTIONS = [
  'instructions',
  'systemprompt',
  'systemmessage',
  'prompt',
  'instruction',
  'backstory',
  'goal',
  'persona',
  'systeminstruction',
  'roledefinition',
  'baseprompt',
];
const SUPPORT = [
  'model',
  'llm',
  'tools',
  'llmconfig',
  'modelclient',
  'handoffs',
  'subagents',
  'allowedtools',
  'temperature',
  'memory',
  'tasks',
  'role',
  'description',
  'mcpservers',
];

const has = (node: MapNode, names: readonly string[]): boolean => node.entries.some(({ key }) => names.includes(foldKey(key)));

/** CrewAI: role with goal and backstory. */
const isCrewAgent = (node: MapNode): boolean =>
  textOf(get(node, 'role')) !== undefined && get(node, 'goal') !== undefined && get(node, 'backstory') !== undefined;

/** `./src/agent.py:graph`: a file of code and the name in it. */
const GRAPH = /^[\w./@-]{1,300}\.(?:py|[cm]?[jt]sx?):[A-Za-z_]\w*$/;

/** `graphs` of a LangGraph deployment (`langgraph.json`): each is served under its key. */
function readGraphs(sink: Sink, root: ConfigNode): void {
  const graphs = get(root, 'graphs');
  if (graphs?.kind !== 'map') return;
  for (const { key, value, line } of graphs.entries)
    if (GRAPH.test(textOf(value) ?? textOf(get(value, 'path')) ?? ''))
      addAgent(sink, key, line, { ...graphs, entries: [] }, 'langgraph', []);
}

/** `ai: {agent: {chat: {model: …}}}` of Symfony's AI bundle. https://symfony.com/doc/current/ai/bundles/ai-bundle.html */
function readBundle(sink: Sink, root: ConfigNode): void {
  const agents = get(root, 'ai', 'agent');
  if (agents?.kind !== 'map') return;
  for (const { key, value, line } of agents.entries)
    if (value.kind === 'map' && get(value, 'model') !== undefined) addAgent(sink, key, line, value, 'symfony-ai', []);
}

/** Agents that YAML and JSON define: CrewAI, Semantic Kernel, ADK, AutoGen, agent lists, agent cards. */
export function readAgents(sink: Sink, root: ConfigNode): void {
  readSingle(sink, root);
  readGraphs(sink, root);
  readBundle(sink, root);
  for (const { map, path } of mapsOf(root)) {
    if (isCrewAgent(map)) {
      const role = get(map, 'role');
      addAgent(sink, textOf(role) ?? '', map.line, map, 'crewai', [path.at(-1) ?? '']);
      continue;
    }
    for (const { key, value } of map.entries) {
      const folded = foldKey(key);
      if (folded !== 'agents' && folded !== 'subagents' && folded !== 'custommodes' && folded !== 'assistants') continue;
      if (value.kind === 'map') {
        for (const child of value.entries)
          if (child.value.kind === 'map' && isAgent(child.value))
            addAgent(sink, nameOf(child.value) ?? child.key, child.line, child.value, undefined, [child.key]);
      } else {
        for (const item of itemsOf(value))
          if (item.kind === 'map' && isAgent(item))
            addAgent(sink, nameOf(item) ?? '', item.line, item, undefined, [textOf(get(item, 'id')) ?? textOf(get(item, 'slug')) ?? '']);
      }
    }
    const component = textOf(get(map, 'component_type'));
    const autogen = textOf(get(map, 'provider'));
    const config = get(map, 'config');
    if (component === 'agent' && autogen?.startsWith('autogen') && config?.kind === 'map')
      addAgent(sink, textOf(get(config, 'name')) ?? '', map.line, config, 'autogen', []);
  }
}

const nameOf = (node: MapNode): string | undefined =>
  textOf(get(node, 'name')) ?? textOf(get(node, 'role')) ?? textOf(get(node, 'title')) ?? textOf(get(node, 'id'));

const isAgent = (node: MapNode): boolean => !isCrewAgent(node) && ((has(node, INSTRUCTIONS) && has(node, SUPPORT)) || isInstructed(node));

/** A file that is one agent. */
function readSingle(sink: Sink, root: ConfigNode): void {
  if (root.kind !== 'map') return;
  const name = textOf(get(root, 'name'));
  const type = textOf(get(root, 'type')) ?? '';
  if (name === undefined) return;
  if (
    /^(?:chat_completion_agent|azure_foundry_agent|foundry_agent|openai_assistant|openai_responses|azureai_agent|bedrock_agent)$/.test(type)
  )
    addAgent(sink, name, root.line, root, 'semantic-kernel', []);
  else if (textOf(get(root, 'agent_class')) !== undefined || (get(root, 'instruction') && get(root, 'sub_agents')))
    addAgent(sink, name, root.line, root, 'google-adk', []);
  else if (textOf(get(root, 'kind')) === 'Prompt' && get(root, 'instructions'))
    addAgent(sink, name, root.line, root, 'microsoft-agent-framework', []);
  else if (
    /(?:^|\/)\.well-known\/agent(?:-card)?\.json$/.test(sink.path) ||
    (get(root, 'skills')?.kind === 'list' &&
      get(root, 'capabilities')?.kind === 'map' &&
      get(root, 'url') &&
      get(root, 'defaultInputModes'))
  )
    addAgent(sink, name, root.line, root, 'a2a', []);
  else if (isInstructed(root)) addAgent(sink, name, root.line, root, undefined, []);
  else if (/declarativeAgent[\w.-]*\.json$/i.test(sink.path)) addAgent(sink, name, root.line, root, 'copilot', []);
  else if (textOf(get(root, 'apiVersion'))?.startsWith('kagent.dev/') && textOf(get(root, 'kind')) === 'Agent')
    addAgent(sink, textOf(get(root, 'metadata', 'name')) ?? name, root.line, root, 'kagent', []);
}
