import type { DetectRule } from '../../knowledge/detect.ts';
import type { Arg, Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import type { CallSite, Given } from './arguments.ts';
import type { Context } from './context.ts';
import { isProgram, readServer, SPREAD, textOf, type Entries } from './mcp-entry.ts';

/** Dictionaries in dictionaries: `options.mcpServers.<name>`, `params`, `connection`. */
const MAX_DEPTH = 5;
const MAX_SERVERS = 60;

interface Walk {
  readonly context: Context;
  /** The call that the servers are given to. */
  readonly site: CallSite;
  readonly mode: NonNullable<DetectRule['mcpClient']>;
  left: number;
}

/** Commands and URLs of MCP servers that a program starts or calls. */
export function detectMcpClient(context: Context, rule: DetectRule, site: CallSite): void {
  if (!rule.mcpClient) return;
  const { unit, scope } = site;
  const here: Given = { expr: UNNAMED, unit, scope };
  const walk: Walk = { context, site, mode: rule.mcpClient, left: MAX_SERVERS };
  const positional = site.call.args.filter(({ name, spread }) => name === undefined && spread === undefined);
  const named = [...namedIn(site.call.args), ...positional.flatMap(({ value }) => optionsOf(value))];
  if (walk.mode === 'tools') {
    readTools(walk, here, named);
    for (const { value } of positional) {
      const { at, entries } = entriesOf(walk, { ...here, expr: value });
      readTools(walk, at, at.expr.kind === 'list' ? [['tools', at.expr]] : entries);
    }
    return;
  }
  const [first, ...others] = positional;
  const label = labelIn(walk, named, here);
  const text = first && textOf(context, { ...here, expr: first.value });
  const second = others[0] && textOf(context, { ...here, expr: others[0].value });
  if (text !== undefined && !/^https?:/i.test(text) && second !== undefined && /^https?:/i.test(second)) {
    // `addMcpServer("name", "https://…")`
    serve(walk, site, [['url', others[0]?.value ?? UNNAMED], ...named], text);
    return;
  }
  if (first && !named.some(([name]) => name === 'command' || name === 'url')) {
    const isUrl = text !== undefined && /^https?:/i.test(text);
    if (text !== undefined || first.value.kind === 'list' || isProgram(first.value)) {
      // `NewStdioMCPClient("npx", nil, "-y", "package")`, `spawn("npx", ["-y", "package"])`
      const rest: Expr = { kind: 'list', items: others.flatMap(({ value }) => (value.kind === 'list' ? value.items : [value])) };
      const given: Entries = isUrl
        ? [['url', first.value], ...named, ...others.flatMap(({ value }) => entriesOf(walk, { ...here, expr: value }).entries)]
        : [['command', first.value], ['args', named.find(([name]) => name === 'args')?.[1] ?? rest], ...named];
      // A list of servers is no command.
      if (first.value.kind !== 'list' || first.value.items.every(({ kind }) => kind !== 'dict' && kind !== 'call')) {
        serve(walk, site, given, label);
        return;
      }
    }
  }
  visit(walk, here, named, 0, label);
  for (const { value } of positional) descend(walk, { ...here, expr: value }, 0, label);
}

const UNNAMED: Expr = { kind: 'unknown' };

function serve(walk: Walk, { unit, scope }: CallSite, entries: Entries, label: string | undefined): boolean {
  const site = { ...walk.site, unit, scope };
  const found = readServer(walk.context, entries, { site, label, process: walk.mode === 'process' });
  if (found) walk.left -= 1;
  return found;
}

/** `tools=[{"type": "mcp", "server_url": …}]`, `mcp_servers=[{"type": "url", …}]`: of what a model's API is given, only these name servers. */
function readTools(walk: Walk, at: Given, entries: Entries): void {
  for (const [key, value] of entries) {
    const given = { ...at, expr: value };
    if (/^mcp_?servers$/i.test(key)) descend(walk, given, 1, undefined);
    else if (key === 'tools' || key === 'body' || key === 'json') {
      const list = resolved(walk, given);
      if (list.expr.kind === 'dict') readTools(walk, list, entriesOf(walk, list).entries);
      if (list.expr.kind !== 'list') continue;
      for (const item of list.expr.items) {
        const tool = entriesOf(walk, { ...list, expr: item });
        const type = tool.entries.find(([name]) => name === 'type')?.[1];
        if (type?.kind === 'string' && type.value === 'mcp') visit(walk, tool.at, tool.entries, 1, undefined);
      }
    }
  }
}

/** Properties of C# and keywords of Python are the same names. */
const namedIn = (args: readonly Arg[]): Entries =>
  args.flatMap(({ name, value }) => (name === undefined ? [] : [[name.replace(/^[A-Z]/, (first) => first.toLowerCase()), value] as const]));

/** `new() { Name = …, Command = … }`: an object of options without a name of its own. */
const optionsOf = (value: Expr): Entries => (value.kind === 'call' && value.callee.kind === 'unknown' ? namedIn(value.args) : []);

/** What a name stands for, where that is an expression. */
function resolved({ context }: Walk, given: Given): Given {
  const [bound] = given.expr.kind === 'name' ? context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery()) : [];
  return bound?.kind === 'expr' ? bound : given;
}

function entriesOf(walk: Walk, given: Given): { readonly at: Given; readonly entries: Entries } {
  const at = resolved(walk, given);
  if (at.expr.kind !== 'dict') return { at, entries: [] };
  const entries = at.expr.entries.flatMap(({ key, value }): Entries => {
    const name = key.kind === 'string' ? key.value : key.kind === 'name' ? key.name : undefined;
    return name === undefined ? [] : [[name, value]];
  });
  // What is spread into them may be anything.
  return { at, entries: at.expr.spreads.length > 0 ? [...entries, [SPREAD, UNNAMED]] : entries };
}

/** `label`: what a server below is called, by a `name` beside it or by its key. */
function descend(walk: Walk, given: Given, depth: number, label: string | undefined): void {
  if (depth > MAX_DEPTH || walk.left <= 0) return;
  const { at, entries } = entriesOf(walk, given);
  if (at.expr.kind === 'list') for (const item of at.expr.items) descend(walk, { ...at, expr: item }, depth + 1, undefined);
  else if (entries.length > 0) visit(walk, at, entries, depth, label);
}

function visit(walk: Walk, { unit, scope }: Given, entries: Entries, depth: number, label: string | undefined): void {
  const own = labelIn(walk, entries, { expr: UNNAMED, unit, scope }) ?? label;
  if (serve(walk, { ...walk.site, unit, scope }, entries, own)) return;
  for (const [key, value] of entries) descend(walk, { expr: value, unit, scope }, depth + 1, WRAPPERS.test(key) ? own : key);
}

const LABELS = /^(?:name|server_?label|server_?name|label)$/i;

function labelIn({ context }: Walk, entries: Entries, at: Given): string | undefined {
  const name = entries.find(([key]) => LABELS.test(key))?.[1];
  return name && textOf(context, { ...at, expr: name });
}

/** Keys that hold the parameters of a server, or servers, and name none. */
const WRAPPERS =
  /^(?:(?:mcp|server)?_?params|parameters|connection|connections|transport|options|config|stdio|(?:mcp_?)?servers?|server_?(?:params|parameters|config)|connection_params|fullCommand|tools?|tool_?config|client|info|clientInfo)$/i;
