import { agentsSection } from '../../knowledge/agents.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import type { Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import { cleanUrl, packageOf } from '../config/kinds/mcp.ts';
import { looksSecret } from '../secrets/redact.ts';
import type { CallSite, Given } from './arguments.ts';
import { observe, placeOf, values, type Context } from './context.ts';

/** Dictionaries in dictionaries: `options.mcpServers.<name>`, `params`, `connection`. */
const MAX_DEPTH = 5;
const MAX_SERVERS = 60;

type Entries = readonly (readonly [string, Expr])[];

/** Commands and URLs of MCP servers that a program starts or calls. */
export function detectMcpClient(context: Context, rule: DetectRule, site: CallSite): void {
  if (!rule.mcpClient) return;
  const positional = site.call.args.filter(({ name, spread }) => name === undefined && spread === undefined);
  const named = site.call.args.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const]));
  const [first, second] = positional;
  const found = { left: MAX_SERVERS };
  const command = first && textOf(context, { expr: first.value, unit: site.unit, scope: site.scope });
  if (command !== undefined && !named.some(([name]) => name === 'command' || name === 'url')) {
    const list = second?.value.kind === 'list' ? [['args', second.value] as const] : [];
    readServer(context, site, [['command', first?.value ?? { kind: 'unknown' }], ...list, ...named], found);
    return;
  }
  visit(context, site, site.unit, site.scope, named, 0, found);
  for (const { value } of positional) descend(context, site, { expr: value, unit: site.unit, scope: site.scope }, 0, found);
}

function descend(context: Context, site: CallSite, given: Given, depth: number, found: { left: number }): void {
  if (depth > MAX_DEPTH || found.left <= 0) return;
  const bounds = given.expr.kind === 'name' ? context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery()) : undefined;
  const [bound] = bounds ?? [];
  const expr = bound?.kind === 'expr' ? bound.expr : given.expr;
  const [unit, scope] = bound?.kind === 'expr' ? [bound.unit, bound.scope] : [given.unit, given.scope];
  if (expr.kind === 'list') for (const item of expr.items) descend(context, site, { expr: item, unit, scope }, depth + 1, found);
  if (expr.kind !== 'dict') return;
  const entries = expr.entries.flatMap(({ key, value }): Entries => {
    const name = key.kind === 'string' ? key.value : key.kind === 'name' ? key.name : undefined;
    return name === undefined ? [] : [[name, value]];
  });
  visit(context, { ...site, unit, scope }, unit, scope, entries, depth, found);
}

function visit(
  context: Context,
  site: CallSite,
  unit: Given['unit'],
  scope: number,
  entries: Entries,
  depth: number,
  found: { left: number },
): void {
  if (entries.some(([name]) => name === 'command')) readServer(context, site, entries, found);
  else for (const [, value] of entries) descend(context, site, { expr: value, unit, scope }, depth + 1, found);
}

function textOf(context: Context, given: Given): string | undefined {
  const [value] = values(context, given);
  return value?.exact ? value.text : undefined;
}

function readServer(context: Context, site: CallSite, entries: Entries, found: { left: number }): void {
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
