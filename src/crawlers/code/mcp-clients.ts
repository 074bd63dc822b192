import { agentsSection } from '../../knowledge/agents.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import type { Arg, Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import { cleanUrl, packageOf } from '../config/kinds/mcp.ts';
import { looksSecret } from '../secrets/redact.ts';
import type { CallSite, Given } from './arguments.ts';
import { isTest, observe, occurrence, placeOf, allValues, type Context } from './context.ts';

/** Dictionaries in dictionaries: `options.mcpServers.<name>`, `params`, `connection`. */
const MAX_DEPTH = 5;
const MAX_SERVERS = 60;
const MAX_NAME = 120;

type Entries = readonly (readonly [string, Expr])[];

/** Commands and URLs of MCP servers that a program starts or calls. */
export function detectMcpClient(context: Context, rule: DetectRule, site: CallSite): void {
  if (!rule.mcpClient) return;
  const positional = site.call.args.filter(({ name, spread }) => name === undefined && spread === undefined);
  const named = [...namedIn(site.call.args), ...positional.flatMap(({ value }) => optionsOf(value))];
  const [first, second] = positional;
  const found = { left: MAX_SERVERS };
  const command = first && textOf(context, { expr: first.value, unit: site.unit, scope: site.scope });
  if (command !== undefined && !named.some(([name]) => name === 'command' || name === 'url')) {
    const list = second?.value.kind === 'list' ? [['args', second.value] as const] : [];
    readServer(context, site, [['command', first?.value ?? { kind: 'unknown' }], ...list, ...named], found, undefined);
    return;
  }
  const name = named.find(([key]) => key === 'name')?.[1];
  const label = name && textOf(context, { expr: name, unit: site.unit, scope: site.scope });
  visit(context, site, site.unit, site.scope, named, 0, found, label);
  for (const { value } of positional) descend(context, site, { expr: value, unit: site.unit, scope: site.scope }, 0, found, label);
}

/** Properties of C# and keywords of Python are the same names. */
const namedIn = (args: readonly Arg[]): Entries =>
  args.flatMap(({ name, value }) => (name === undefined ? [] : [[name.replace(/^[A-Z]/, (first) => first.toLowerCase()), value] as const]));

/** `new() { Name = …, Command = … }`: an object of options without a name of its own. */
const optionsOf = (value: Expr): Entries => (value.kind === 'call' && value.callee.kind === 'unknown' ? namedIn(value.args) : []);

/** `label`: what a server below is called, by a `name` beside it or by its key. */
function descend(context: Context, site: CallSite, given: Given, depth: number, found: { left: number }, label: string | undefined): void {
  if (depth > MAX_DEPTH || found.left <= 0) return;
  const bounds = given.expr.kind === 'name' ? context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery()) : undefined;
  const [bound] = bounds ?? [];
  const expr = bound?.kind === 'expr' ? bound.expr : given.expr;
  const [unit, scope] = bound?.kind === 'expr' ? [bound.unit, bound.scope] : [given.unit, given.scope];
  if (expr.kind === 'list') for (const item of expr.items) descend(context, site, { expr: item, unit, scope }, depth + 1, found, undefined);
  if (expr.kind !== 'dict') return;
  const entries = expr.entries.flatMap(({ key, value }): Entries => {
    const name = key.kind === 'string' ? key.value : key.kind === 'name' ? key.name : undefined;
    return name === undefined ? [] : [[name, value]];
  });
  visit(context, { ...site, unit, scope }, unit, scope, entries, depth, found, label);
}

function visit(
  context: Context,
  site: CallSite,
  unit: Given['unit'],
  scope: number,
  entries: Entries,
  depth: number,
  found: { left: number },
  label: string | undefined,
): void {
  if (entries.some(([name]) => name === 'command')) readServer(context, site, entries, found, label);
  else
    for (const [key, value] of entries)
      descend(context, site, { expr: value, unit, scope }, depth + 1, found, WRAPPERS.test(key) ? label : key);
}

/** Keys that hold the parameters of a server, or servers, and name none. */
const WRAPPERS =
  /^(?:(?:mcp|server)?_?params|parameters|connection|connections|transport|options|config|stdio|(?:mcp_?)?servers?|server_?(?:params|parameters|config)|connection_params|fullCommand)$/i;

function textOf(context: Context, given: Given): string | undefined {
  const [value] = allValues(context, given);
  return value?.exact ? value.text : undefined;
}

function readServer(context: Context, site: CallSite, entries: Entries, found: { left: number }, label: string | undefined): void {
  found.left -= 1;
  const { unit, scope } = site;
  const valueOf = (...names: readonly string[]): Expr | undefined => entries.find(([name]) => names.includes(name))?.[1];
  const commandExpr = valueOf('command', 'cmd');
  const command = commandExpr && textOf(context, { expr: commandExpr, unit, scope });
  if (command === undefined || command.length > 500) return;
  const list = valueOf('args', 'arguments');
  const args = list?.kind === 'list' ? list.items.flatMap((expr) => textOf(context, { expr, unit, scope }) ?? []) : [];
  const agents = context.knowledge.get(agentsSection);
  const argv = [...command.trim().split(/\s+/), ...args];
  const pkg = packageOf(agents, argv);
  const url = argv.find((word) => /^https?:\/\//.test(word));
  const location = commandExpr?.kind === 'string' ? { path: unit.path, line: commandExpr.line } : placeOf(site);
  const name = label ?? pkg?.name;
  if (name !== undefined && name.length <= MAX_NAME && !isTest(unit)) {
    context.components.push({
      kind: 'mcp-server',
      name,
      transport: 'stdio',
      command: argv[0] ?? command,
      occurrences: [occurrence(location, 'command', 'high')],
      ...(pkg && { package: pkg, ...(pkg.name !== name && { aliases: [pkg.name] }) }),
    });
  }
  observe(context, 'mcp-server', location, {
    command: argv[0] ?? command,
    shell: agents.isShell(argv[0] ?? command),
    ...(pkg && { package: pkg.name, ...(pkg.version !== undefined && { version: pkg.version }) }),
    ...(url !== undefined && /mcp-remote|supergateway|mcp-proxy/.test(argv.join(' ')) && { url: cleanUrl(url) }),
    auth: true,
    inlineSecret: argv.some((word) => looksSecret('argument', word)),
    disabled: false,
  });
}
