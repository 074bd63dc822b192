import { refOf, type Component, type ComponentRef, type McpServerComponent } from '../core/component.ts';
import type { Discovery } from '../core/inventory.ts';
import { renamed } from './short-names.ts';

/** A program that a command is given: `./server.py`, `dist/index.js`; of a module (`-m pkg.server`), its path. */
const PROGRAM = /^[\w@./\\-]{1,300}\.(?:py|[cm]?[jt]s)$/;
const MODULE = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,10}$/;

/** Paths that the arguments of a configured server may mean, from the folder of its configuration up to the root. */
function programsOf({ args = [], command = '' }: McpServerComponent, folder: readonly string[]): string[] {
  const words = [...command.split(/\s+/), ...args];
  const module = words[words.indexOf('-m') + 1];
  const written = [
    ...words.filter((word) => PROGRAM.test(word)),
    ...(words.includes('-m') && module !== undefined && MODULE.test(module)
      ? [`${module.replaceAll('.', '/')}.py`, `${module.replaceAll('.', '/')}/__main__.py`]
      : []),
  ];
  return written.flatMap((word) => {
    const parts = word
      .replaceAll('\\', '/')
      .split('/')
      .filter((part) => part !== '' && part !== '.' && part !== '..');
    return folder.map((_, depth) => [...folder.slice(0, folder.length - depth), ...parts].join('/')).concat(parts.join('/'));
  });
}

/**
 * A server that a configuration starts and the tree implements is one: `python ./server.py` runs the program that makes
 * `FastMCP("…")`. It bears the name that clients know it by; the other is an alias.
 */
export function joinServers(discoveries: readonly Discovery[]): readonly Discovery[] {
  const servers = discoveries
    .flatMap(({ components }) => components ?? [])
    .filter((component): component is McpServerComponent => component.kind === 'mcp-server');
  /** The one server that a file makes; none where it makes several. */
  const made = new Map<string, McpServerComponent | undefined>();
  for (const server of servers) {
    if (server.implemented !== true) continue;
    for (const path of new Set(server.occurrences.map(({ location }) => location.path)))
      made.set(path, made.has(path) && made.get(path)?.name !== server.name ? undefined : server);
  }
  const configured = new Set(servers.filter(({ command }) => command !== undefined).map(refOf));
  const into = new Map<ComponentRef, Component>();
  for (const server of servers) {
    const [first] = server.occurrences;
    if (server.command === undefined || !first) continue;
    const folder = first.location.path.split('/').slice(0, -1);
    const found = programsOf(server, folder)
      .map((path) => made.get(path))
      .find((other) => other !== undefined);
    if (!found || configured.has(refOf(found)) || refOf(found) === refOf(server) || into.has(refOf(found))) continue;
    into.set(refOf(found), server);
  }
  for (const [ref, named] of namedElsewhere(servers)) if (!into.has(ref)) into.set(ref, named);
  return renamed(discoveries, (component) => (component.kind === 'mcp-server' ? into.get(refOf(component)) : undefined));
}

/** `npx -y server-x` in a script goes by its package; a configuration that starts the same package gives it a name. */
function namedElsewhere(servers: readonly McpServerComponent[]): ReadonlyMap<ComponentRef, McpServerComponent> {
  const named = new Map<string, McpServerComponent>();
  for (const server of servers)
    if (server.package && server.name !== server.package.name && !named.has(server.package.name)) named.set(server.package.name, server);
  const found = new Map<ComponentRef, McpServerComponent>();
  for (const server of servers) {
    const other = server.package?.name === server.name ? named.get(server.name) : undefined;
    if (other && refOf(other) !== refOf(server)) found.set(refOf(server), other);
  }
  return found;
}
