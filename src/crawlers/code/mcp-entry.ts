import type { McpServerComponent } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import { agentsSection, type AgentsIndex } from '../../knowledge/agents.ts';
import { hostOf } from '../../knowledge/hosts.ts';
import type { CallExpr, Expr } from '../../lang/facts.ts';
import { dotted } from '../../lang/frontend.ts';
import { newQuery } from '../../resolve/bound.ts';
import { cleanUrl, secretInUrl } from '../config/kinds/mcp.ts';
import { isMcpBridge, isMcpHelper, isMcpPackage, packageOf } from '../config/kinds/mcp-package.ts';
import { looksSecret } from '../secrets/redact.ts';
import type { CallSite, Given } from './arguments.ts';
import { detectClientSecrets } from './client-secrets.ts';
import { allValues, isTest, observe, occurrence, placeOf, type Context } from './context.ts';

export type Entries = readonly (readonly [string, Expr])[];

const MAX_NAME = 120;
const MAX_COMMAND = 500;
/** Of clients alone, beside those of configuration. */
const URL_FIELDS = ['sseUrl', 'sseEndpoint', 'serverURL', 'streamableHttpUrl', 'uri', 'base_url'];
/** A header, a token or a client that may carry one. */
const CARRIES_AUTH = /auth|header|token|key|secret|credential|request|client|fetch|custom|cookie|session/i;

/** The key under which entries stand that cannot be read. */
export const SPREAD = '...';

/** Where an address is written: `new URL("https://…")` may stand below its call. */
function placeOfAddress(written: Expr, site: CallSite): Location {
  const text = written.kind === 'call' ? written.args[0]?.value : written;
  const at = text?.kind === 'string' ? text : written;
  return at.kind === 'string' || at.kind === 'call' ? { path: site.unit.path, line: at.line } : placeOf(site);
}

/** The text that an expression certainly is. */
export function textOf(context: Context, given: Given): string | undefined {
  const [value] = allValues(context, given);
  return value?.exact ? value.text : undefined;
}

const valueOf = (entries: Entries, names: readonly string[]): Expr | undefined => entries.find(([name]) => names.includes(name))?.[1];

/** Where a server is: a call that names it, and how sure that is one. `process`: any program is started so, only a package that says MCP is one. */
export interface Reading {
  readonly site: CallSite;
  readonly label: string | undefined;
  readonly process: boolean;
}

/** Whether these are what a server is reached by; the entries of something else are looked into. */
export function readServer(context: Context, entries: Entries, reading: Reading): boolean {
  const agents = context.knowledge.get(agentsSection);
  const command = valueOf(entries, agents.mcp.fields.command);
  if (command) {
    readStarted(context, agents, command, entries, reading);
    return true;
  }
  const { unit, scope } = reading.site;
  const address = valueOf(entries, [...agents.mcp.fields.url, ...URL_FIELDS]);
  const url = address && textOf(context, { expr: address, unit, scope });
  if (address && url === undefined && valueOf(entries, agents.mcp.fields.url)) return readNamed(context, address, reading);
  if (!address || url === undefined || !/^https?:\/\/[^\s{}<>]+$/i.test(url)) return false;
  readRemote(context, url, address, entries, reading);
  return true;
}

/** `exec.Command("npx", "-y", …)`, `Command::new("npx").arg("-y")`, `["npx", "-y", …]`, `"npx"`: program and arguments. */
function argvOf(context: Context, { expr, unit, scope }: Given, depth = 0): readonly string[] {
  if (expr.kind === 'list') return expr.items.flatMap((item) => textOf(context, { expr: item, unit, scope }) ?? []);
  if (isProgram(expr)) return expr.args.flatMap(({ value }) => argvOf(context, { expr: value, unit, scope }, depth + 1));
  if (expr.kind === 'name' && depth < 2) {
    const [bound] = context.resolver.program.expand(expr, unit, scope, newQuery());
    if (bound?.kind === 'expr' && (bound.expr.kind === 'call' || bound.expr.kind === 'list')) return argvOf(context, bound, depth + 1);
  }
  const text = textOf(context, { expr, unit, scope });
  return text === undefined ? [] : [text];
}

/** An object that stands for a program and its arguments. */
export const isProgram = (expr: Expr): expr is CallExpr =>
  expr.kind === 'call' && /(?:^|\.)Command(?:Context)?(?:\.new)?$/.test(dotted(expr.callee) ?? '');

function readStarted(context: Context, agents: AgentsIndex, written: Expr, entries: Entries, { site, label, process }: Reading): void {
  const { unit, scope } = site;
  const [program, ...first] = argvOf(context, { expr: written, unit, scope });
  if (program === undefined || program.length > MAX_COMMAND) return;
  const list = valueOf(entries, agents.mcp.fields.args);
  const argv = [...program.trim().split(/\s+/), ...first, ...(list ? argvOf(context, { expr: list, unit, scope }) : [])];
  const command = argv[0] ?? program;
  const pkg = packageOf(agents, argv);
  if (process && (pkg === undefined || !isMcpPackage(pkg.name) || isMcpHelper(pkg.name))) return;
  const url = argv.find((word) => /^https?:\/\//.test(word));
  const location = written.kind === 'string' ? { path: unit.path, line: written.line } : placeOf(site);
  const name = label ?? pkg?.name;
  if (name !== undefined && name.length <= MAX_NAME && !isTest(unit)) {
    context.components.push({
      kind: 'mcp-server',
      name,
      transport: 'stdio',
      command,
      occurrences: [occurrence(location, 'command', 'high')],
      ...(pkg && { package: pkg, ...(pkg.name !== name && { aliases: [pkg.name] }) }),
    });
    detectClientSecrets(context, entries, site, `mcp-server:${name}`);
  }
  observe(context, 'mcp-server', location, {
    command,
    shell: agents.isShell(command),
    ...(pkg && { package: pkg.name, ...(pkg.version !== undefined && { version: pkg.version }) }),
    ...(url !== undefined && isMcpBridge(argv.join(' ')) && { url: cleanUrl(url) }),
    auth: true,
    inlineSecret: argv.some((word) => looksSecret('argument', word)),
    disabled: false,
  });
}

/** `{gmail: {url: session.mcp.url}}`: a server that is called by a name, at an address that only a run knows. */
function readNamed({ components }: Context, written: Expr, { site, label, process }: Reading): boolean {
  if (process || label === undefined || label.length > MAX_NAME || isTest(site.unit)) return false;
  components.push({
    kind: 'mcp-server',
    name: label,
    transport: 'http',
    occurrences: [occurrence(placeOfAddress(written, site), 'url', 'medium')],
  });
  return true;
}

/** A server of others goes by its host where nothing names it; one of the program's own machines has no name then. */
function readRemote(context: Context, url: string, written: Expr, entries: Entries, { site, label }: Reading): void {
  const { unit } = site;
  const host = hostOf(url)?.host;
  if (host === undefined || isTest(unit)) return;
  const external = host.includes('.') && !/^[\d.]+$|\.(?:local|internal|localhost|svc|lan|test|example|invalid)$|^example\./.test(host);
  const name = label ?? (external ? host : undefined);
  if (name === undefined || name.length > MAX_NAME) return;
  const location = placeOfAddress(written, site);
  const server: McpServerComponent = {
    kind: 'mcp-server',
    name,
    transport: /\/sse\b/.test(url) ? 'sse' : 'http',
    url: cleanUrl(url),
    occurrences: [occurrence(location, 'url', 'high')],
    ...(external && label !== undefined && host !== label && { aliases: [host] }),
  };
  context.components.push(server);
  if (external) detectClientSecrets(context, entries, site, `mcp-server:${name}`);
  const others = site.call.args.some(({ spread, name: key }) => spread !== undefined || (key !== undefined && CARRIES_AUTH.test(key)));
  observe(context, 'mcp-server', location, {
    url: cleanUrl(url),
    auth: others || entries.some(([key]) => key === SPREAD || CARRIES_AUTH.test(key)) || /[?&](?:[\w-]*key|token)=/i.test(url),
    inlineSecret: secretInUrl(url),
    disabled: false,
  });
}
