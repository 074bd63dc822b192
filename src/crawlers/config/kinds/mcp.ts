import type { McpServerComponent } from '../../../core/component.ts';
import { agentsSection, type AgentsIndex, type McpRunner } from '../../../knowledge/agents.ts';
import { imageName } from '../../../knowledge/infrastructure.ts';
import { foldKey } from '../../../knowledge/config.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import { unfolded } from '../readers/unfolded.ts';
import type { Sink } from '../sink.ts';
import { looksSecret, redact } from '../../secrets/redact.ts';
import { mentionedNames } from './values.ts';

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
        (nested.has(folded) && ((mcpFile && path.length === 0) || parents.has(parent))) ||
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
export function readServer(sink: Sink, agents: AgentsIndex, name: string, written: MapNode, line: number): void {
  const { fields } = agents.mcp;
  const node = withTransport(agents, written);
  const commandNode = field(node, fields.command);
  const urlNode = field(node, fields.url);
  if (name === '' || (!commandNode && !urlNode)) return;
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
  const component: McpServerComponent = {
    kind: 'mcp-server',
    name,
    occurrences: [sink.occurrence(line, name, 'high')],
    transport: url !== undefined && command === undefined ? (type.includes('sse') || /\/sse\b/.test(url) ? 'sse' : 'http') : 'stdio',
    ...(command !== undefined && {
      command,
      args: rawArgs.map((argument) => (looksSecret('argument', argument) ? redact(argument) : argument)),
    }),
    ...(pkg && { package: pkg, aliases: [pkg.name] }),
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

/** Packages that say in their name that they serve MCP. */
export const isMcpPackage = (name: string): boolean => /(?:^|[@/._-])mcp(?:[/._-]|$)|^@modelcontextprotocol\//i.test(name);
/** Packages that stand between a client and a server, or help with one: none is a server itself. */
export const isMcpHelper = (name: string): boolean =>
  isMcpBridge(name) || /inspector|mcp-client|mcpo\b|(?:^|\/)create-|mcp-(?:use|cli|tools?|hub|get|installer)\b/i.test(name);
/** Commands that reach a server at an address for a client that starts its servers. */
export const isMcpBridge = (command: string): boolean => /mcp-remote|supergateway|mcp-proxy/i.test(command);

/** Package and version that a runner (npx, uvx, docker …) fetches. */
export function packageOf(agents: AgentsIndex, argv: readonly string[]): McpServerComponent['package'] | undefined {
  let words = argv;
  if (/^(?:cmd(?:\.exe)?)$/i.test(words[0] ?? '') && /^\/c$/i.test(words[1] ?? '')) words = words.slice(2);
  const runner = agents.runner(words[0] ?? '');
  if (!runner) return undefined;
  const spec = specOf(runner, words.slice(1));
  const found = spec === undefined ? undefined : parseSpec(runner.ecosystem, spec);
  // `uvx --from git+https://host/owner/mcp mcp-server-x`: the program says more than the repository.
  const program =
    found && spec !== undefined && GIT.test(spec)
      ? words.slice(1).find((word) => word !== spec && /^[a-z][\w.-]+$/i.test(word))
      : undefined;
  return found && program !== undefined ? { ...found, name: program } : found;
}

function specOf(runner: McpRunner, args: readonly string[]): string | undefined {
  if (runner.needs && !runner.needs.some((word) => args.includes(word))) return undefined;
  // `docker mcp gateway run`, `docker compose run`: no image of this command.
  if (runner.ecosystem === 'docker' && !runner.skip.includes(args[0] ?? '')) return undefined;
  if (runner.module_flag !== undefined) return args[args.indexOf(runner.module_flag) + 1];
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    const [flag, inline] = arg.startsWith('-') ? (arg.split('=', 2) as [string, string | undefined]) : [arg, undefined];
    if (runner.package_flags?.includes(flag)) return inline ?? args[i + 1];
    if (runner.value_flags.includes(flag) && inline === undefined) i += 1;
    else if (!arg.startsWith('-') && !runner.skip.includes(arg)) return arg;
  }
  return undefined;
}

/** `git+https://host/owner/name@ref`: a repository; its default branch moves. */
const GIT = /^git\+(?:https|ssh):\/\/[^\s@]*\/([\w.-]+?)(?:\.git)?(?:@([\w./-]+))?(?:#.*)?$/;

function parseSpec(ecosystem: McpRunner['ecosystem'], spec: string): McpServerComponent['package'] | undefined {
  const git = GIT.exec(spec);
  if (git?.[1] !== undefined) return { ecosystem, name: git[1], ...(git[2] !== undefined && { version: git[2] }) };
  if (spec.length > 214 || /\.(?:[cm]?[jt]s|py)$|^(?:\.|\/|[A-Za-z]:\\|https?:|git\+|file:|\$)/.test(spec)) return undefined;
  if (ecosystem === 'docker') {
    const image = imageName(spec);
    const version = image?.digest ?? image?.tag;
    return image && { ecosystem, name: image.name, ...(version !== undefined && { version }) };
  }
  if (ecosystem === 'npm') {
    const at = spec.lastIndexOf('@');
    return at > 0 ? { ecosystem, name: spec.slice(0, at), version: spec.slice(at + 1) } : { ecosystem, name: spec };
  }
  const match = /^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?(?:==|@)?(.+)?$/.exec(spec);
  return match?.[1] === undefined
    ? undefined
    : { ecosystem, name: match[1], ...(match[2] && /^[\w.+-]+$/.test(match[2]) && { version: match[2] }) };
}
