import type { McpServerComponent } from '../../../core/component.ts';
import { agentsSection, type AgentsIndex } from '../../../knowledge/agents.ts';
import { foldKey } from '../../../knowledge/config.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import { unfolded } from '../readers/unfolded.ts';
import type { Sink } from '../sink.ts';
import { looksSecret, redact } from '../../secrets/redact.ts';
import { isMcpBridge, packageOf } from './mcp-package.ts';
import { mentionedNames, withDefaults } from './values.ts';

/** MCP servers in any configuration that has a block for them, disabled ones too. */
export function readMcp(sink: Sink, root: ConfigNode): void {
  const agents = sink.knowledge.get(agentsSection);
  const blockKeys = new Set(agents.mcp.block_keys.map(foldKey));
  const nested = new Set(agents.mcp.nested_block_keys.map(foldKey));
  const parents = new Set(agents.mcp.parents.map(foldKey));
  const mcpFile = agents.isMcpFile(sink.path);
  for (const { map, path } of mapsOf(root)) {
    for (const { key: written, value } of map.entries) {
      // `ai.mcpServers`, `mcp.servers`: settings of an editor are flat.
      const [key = '', over = path.at(-1) ?? ''] = written.split('.').reverse();
      const folded = foldKey(key);
      const parent = foldKey(over);
      const block =
        blockKeys.has(folded) ||
        (nested.has(folded) && ((path.length === 0 && (mcpFile || isServerList(agents, map, value))) || parents.has(parent))) ||
        (folded === 'mcp' &&
          value.kind === 'map' &&
          value.entries.some((entry) => entry.value.kind === 'map') &&
          value.entries.every((entry) => entry.value.kind === 'scalar' || isServer(agents, entry.value)));
      if (!block) continue;
      for (const { name, node, line } of serversOf(value)) readServer(sink, agents, name, node, line);
    }
  }
}

function serversOf(block: ConfigNode): { readonly name: string; readonly node: MapNode; readonly line: number }[] {
  if (block.kind === 'map')
    return block.entries.flatMap(({ key, value, line }) => (value.kind === 'map' ? [{ name: key, node: value, line }] : []));
  return itemsOf(block).flatMap((item) => {
    const name = textOf(get(item, 'name')) ?? textOf(get(item, 'id')) ?? textOf(get(item, 'server_label'));
    return item.kind === 'map' && name !== undefined ? [{ name, node: item, line: item.line }] : [];
  });
}

/** `quarkus.langchain4j.mcp.weather.url = …`, `spring.ai.mcp.client.sse.connections.x.url = …`: servers in properties. */
export const readMcpProperties = (sink: Sink, root: ConfigNode): void => readMcp(sink, unfolded(root, /(?:^|\.)mcp\./));

/** Names that programs of frameworks give themselves as servers (`spring.ai.mcp.server.name`). */
export function readMcpNames(sink: Sink, root: ConfigNode): void {
  const names = new Set(sink.knowledge.get(agentsSection).mcp.server_name_keys.map(foldKey));
  for (const { map, path } of mapsOf(root))
    for (const { key, value, line } of map.entries)
      if (/name$/i.test(key) && names.has(foldKey([...path, key].join('.')))) readImplemented(sink, textOf(value), line);
}

function readImplemented(sink: Sink, name: string | undefined, line: number): void {
  const plain = /^\$\{[\w.-]+:([\w .@-]+)\}$/.exec(name ?? '')?.[1] ?? name;
  if (plain === undefined || !SERVER_NAME.test(plain)) return;
  sink.add({ kind: 'mcp-server', name: plain, occurrences: [sink.occurrence(line, plain, 'high')], implemented: true });
}
const SERVER_NAME = /^[\w@][\w .@/-]{0,99}$/;

const field = (node: MapNode, names: readonly string[]): ConfigNode | undefined => {
  for (const name of names) {
    const value = get(node, name);
    if (value) return value;
  }
  return undefined;
};

function isServer(agents: AgentsIndex, node: ConfigNode): boolean {
  return node.kind === 'map' && (field(node, agents.mcp.fields.command) !== undefined || field(node, agents.mcp.fields.url) !== undefined);
}

/** Ways to reach a server of MCP, as its clients write them. */
const TRANSPORT = /^(?:stdio|sse|https?|streamable[-_]?https?)$/i;

/** Paths under which servers of MCP answer: `/mcp`, `/gradio_api/mcp/sse`. */
const ENDPOINT = /^https?:\/\/[^?#]*\/mcp(?:\/(?:sse|stream|messages?))?\/?(?:[?#]|$)/;

/** The configuration of an editor under any name: `{"servers": {"x": {"type": "stdio", "command": …}}, "inputs": […]}`. */
function isServerList(agents: AgentsIndex, root: MapNode, servers: ConfigNode): boolean {
  if (servers.kind !== 'map' || servers.entries.length === 0 || !servers.entries.every(({ value }) => isServer(agents, value)))
    return false;
  const types = servers.entries.map(({ value }) => (value.kind === 'map' && textOf(field(value, agents.mcp.fields.type))) || '');
  return (
    types.every((type) => TRANSPORT.test(type)) ||
    (types.some((type) => TRANSPORT.test(type)) && get(root, 'inputs')?.kind === 'list') ||
    servers.entries.every(({ value }) => value.kind === 'map' && ENDPOINT.test(textOf(field(value, agents.mcp.fields.url)) ?? ''))
  );
}

/** `transport: {type: stdio, command: npx}`: how the server is reached may stand one map deeper. */
function withTransport(agents: AgentsIndex, node: MapNode): MapNode {
  if (isServer(agents, node)) return node;
  const inner = node.entries.find(
    ({ key, value }) =>
      /^(?:transport|connection|params|serverparams|config|server|stdio|http|sse)$/.test(foldKey(key)) && isServer(agents, value),
  )?.value;
  return inner?.kind === 'map' ? { ...node, entries: [...inner.entries, ...node.entries] } : node;
}

/** Adds one server as its entry of a configuration describes it. */
export function readServer(sink: Sink, agents: AgentsIndex, called: string, written: MapNode, line: number): void {
  const { fields } = agents.mcp;
  const node = withTransport(agents, written);
  const commandNode = field(node, fields.command);
  const urlNode = field(node, fields.url);
  if (called === '' || (!commandNode && !urlNode)) return;
  const command = commandNode?.kind === 'list' ? textOf(commandNode.items[0]) : textOf(commandNode);
  const argsNode = field(node, fields.args);
  const listed = [...(commandNode?.kind === 'list' ? commandNode.items.slice(1) : []), ...itemsOf(argsNode)].flatMap((item) => {
    const text = textOf(item);
    return text === undefined ? [] : [{ text, line: item.line }];
  });
  // A property holds a list as one text.
  if (argsNode?.kind === 'scalar') listed.push(...argsNode.value.split(',').map((item) => ({ text: item.trim(), line: argsNode.line })));
  const rawArgs = listed.map(({ text }) => text);
  const url = textOf(urlNode) ?? rawArgs.find((argument) => /^https?:\/\//.test(argument) && isMcpBridge(rawArgs.join(' ')));
  const env = field(node, fields.env);
  const headers = field(node, fields.headers);
  const names = env?.kind === 'map' ? env.entries.map(({ key }) => key) : itemsOf(env).flatMap((item) => textOf(item)?.split('=')[0] ?? []);
  const headerNames = headers?.kind === 'map' ? headers.entries.map(({ key }) => key) : [];
  const pairs = [...(env?.kind === 'map' ? env.entries : []), ...(headers?.kind === 'map' ? headers.entries : [])];
  const secretLines = [
    ...pairs.filter(({ key, value }) => looksSecret(key, textOf(value) ?? '')),
    ...listed.filter(({ text }, i) => looksSecret('argument', text) || looksSecret(flagName(rawArgs[i - 1]), text)),
    ...(secretInUrl(url) ? [urlNode ?? node] : []),
  ].map((at) => at.line);
  const type = textOf(field(node, fields.type))?.toLowerCase() ?? '';
  const disabled = textOf(field(node, fields.disabled)) === 'true' || textOf(field(node, fields.enabled)) === 'false';
  const auth =
    headerNames.some((header) => /auth|key|token/i.test(header)) ||
    field(node, fields.auth) !== undefined ||
    names.some((variable) => /KEY|TOKEN|SECRET/i.test(variable));
  const pkg = command === undefined ? undefined : packageOf(agents, [...command.trim().split(/\s+/), ...rawArgs]);
  const name = TRANSPORT.test(called) ? (pkg?.name ?? programOf(agents, command) ?? called) : called;
  const component: McpServerComponent = {
    kind: 'mcp-server',
    name,
    occurrences: [sink.occurrence(line, called, 'high')],
    transport: url !== undefined && command === undefined ? (type.includes('sse') || /\/sse\b/.test(url) ? 'sse' : 'http') : 'stdio',
    ...(command !== undefined && {
      command,
      args: rawArgs.map((argument) => (looksSecret('argument', argument) ? redact(argument) : argument)),
    }),
    ...(pkg && { package: pkg, ...(pkg.name !== name && { aliases: [pkg.name] }) }),
    ...(url !== undefined && { url: cleanUrl(url) }),
    ...(names.length > 0 && { env: names }),
    ...(headerNames.length > 0 && { headers: headerNames }),
    ...(disabled && { disabled: true }),
  };
  const ref = sink.add(component);
  sink.observe(
    'mcp-server',
    (commandNode ?? urlNode ?? node).line,
    {
      ...(command !== undefined && { command, shell: agents.isShell(command.split(/\s+/)[0] ?? command) }),
      ...(pkg && { package: pkg.name, ...(pkg.version !== undefined && { version: pkg.version }) }),
      ...(url !== undefined && { url: cleanUrl(url) }),
      auth,
      inlineSecret: secretLines.length > 0,
      ...(secretLines.length > 0 && { secretLines: [...new Set(secretLines)] }),
      disabled,
    },
    ref,
  );
  if (env?.kind === 'map')
    for (const entry of env.entries)
      for (const variable of [entry.key, ...mentionedNames(textOf(entry.value) ?? '')]) readVariable(sink, variable, entry.line);
}

/** `mcp.stdio.command: ${MCP_COMMAND:/opt/bin/mcp-server-x}`: how a server is reached is no name of it, its program is. */
function programOf(agents: AgentsIndex, command: string | undefined): string | undefined {
  const [program = ''] = (withDefaults(command ?? '').text ?? '').trim().split(/\s+/);
  const name = program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
  return SERVER_NAME.test(name) && agents.runner(name) === undefined && !agents.isShell(name) ? name : undefined;
}

/** A server that is given a provider's key calls that provider. */
function readVariable(sink: Sink, name: string, line: number): void {
  const known = sink.providers.byEnv(name);
  if (known?.role === 'credential' && !known.shared)
    sink.service(known.provider, line, name, { confidence: 'medium', authenticated: true });
}

/** `--api-key` says what the next argument is. */
const flagName = (argument: string | undefined): string => (argument?.startsWith('--') === true ? argument.slice(2) : 'argument');

/** `https://host/mcp?api_key=…`. */
export const secretInUrl = (url: string | undefined): boolean =>
  [...(url ?? '').matchAll(/[?&]([\w.-]{1,60})=([^&#\s]{1,300})/g)].some(([, key, value]) => looksSecret(key ?? '', value ?? ''));

export const cleanUrl = (url: string): string => url.replace(/\/\/[^/@\s]*@/, '//').split(/[?#]/)[0] ?? '';
