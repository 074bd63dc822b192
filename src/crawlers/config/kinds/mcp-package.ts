import type { McpServerComponent } from '../../../core/component.ts';
import type { AgentsIndex, McpRunner } from '../../../knowledge/agents.ts';
import { imageName } from '../../../knowledge/infrastructure.ts';

type Package = NonNullable<McpServerComponent['package']>;

/** Packages that say in their name that they serve MCP. */
export const isMcpPackage = (name: string): boolean => /(?:^|[@/._-])mcp(?:[/._-]|$)|^@modelcontextprotocol\//i.test(name);
/** Packages that stand between a client and a server, or help with one: none is a server itself. */
export const isMcpHelper = (name: string): boolean =>
  isMcpBridge(name) || /inspector|mcp-client|mcpo\b|(?:^|\/)create-|mcp-(?:use|cli|tools?|hub|get|installer)\b/i.test(name);
/** Commands that reach a server at an address for a client that starts its servers. */
export const isMcpBridge = (command: string): boolean => /mcp-remote|supergateway|mcp-proxy/i.test(command);

/** Package and version that a runner (npx, uvx, docker …) fetches. */
export function packageOf(agents: AgentsIndex, argv: readonly string[]): Package | undefined {
  let words = argv;
  if (/^(?:cmd(?:\.exe)?)$/i.test(words[0] ?? '') && /^\/c$/i.test(words[1] ?? '')) words = words.slice(2);
  const runner = agents.runner(words[0] ?? '');
  if (!runner) return undefined;
  const args = words.slice(1);
  if (runner.local && !runner.needs?.some((word) => args.includes(word))) return ranWith(runner, runner.local, args);
  const spec = specOf(runner, args);
  const found = spec === undefined ? undefined : parseSpec(runner.ecosystem, spec);
  // `uvx --from git+https://host/owner/mcp mcp-server-x`: the program says more than the repository.
  const program =
    found && spec !== undefined && GIT.test(spec)
      ? words.slice(1).find((word) => word !== spec && /^[a-z][\w.-]+$/i.test(word))
      : undefined;
  return found && program !== undefined ? { ...found, name: program } : found;
}

/**
 * `uv run --with ledger-mcp==1.2 ledger`: a program of the tree, or of a package that is fetched for this run; the package
 * is told by its name. `uv run https://host/owner/name/main/server.py`: a script of the network.
 */
function ranWith(
  { ecosystem, value_flags }: McpRunner,
  local: NonNullable<McpRunner['local']>,
  args: readonly string[],
): Package | undefined {
  if (!args.includes(local.command)) return undefined;
  const extra: string[] = [];
  for (let i = args.indexOf(local.command) + 1; i < args.length; i += 1) {
    const arg = args[i] ?? '';
    const [flag = '', inline] = arg.startsWith('-') ? arg.split('=', 2) : [arg];
    if (local.with_flags.includes(flag)) extra.push(...(inline ?? args[(i += 1)] ?? '').split(','));
    else if (value_flags.includes(flag) && inline === undefined) i += 1;
    else if (!arg.startsWith('-')) {
      const script = args.slice(i).find((word) => SCRIPT_URL.test(word));
      if (script !== undefined) return scriptAt(ecosystem, script);
      // `python -m ledger_mcp`
      const program = folded(/^py(?:thon)?[\d.]*$/.test(arg) && args[i + 1] === '-m' ? (args[i + 2] ?? '') : arg);
      const packages = extra.flatMap((spec) => parseSpec(ecosystem, spec.trim()) ?? []);
      return program === '' || local.hosts.includes(program)
        ? undefined
        : packages.find(({ name }) => folded(name).startsWith(program) || program.startsWith(folded(name)));
    }
  }
  return undefined;
}

const folded = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** A script that a runner fetches: `https://raw.githubusercontent.com/owner/name/ref/server.py`. */
const SCRIPT_URL = /^https:\/\/[^\s/]+\/\S*\.(?:py|[cm]?[jt]s)(?:[?#]\S*)?$/;
/** Files of a repository at a branch, a tag or a commit, as GitHub and GitLab serve them. */
const RAW_FILE =
  /^https:\/\/(?:raw\.githubusercontent\.com\/[^/]+\/([^/]+)\/|[^/]+\/[^/]+\/([^/]+)\/(?:-\/)?raw\/)(?:refs\/(?:heads|tags)\/)?([^/?#]+)\//;

function scriptAt(ecosystem: McpRunner['ecosystem'], url: string): Package {
  const [, raw, repository, ref] = RAW_FILE.exec(url) ?? [];
  const name = raw ?? repository ?? (url.split(/[?#]/)[0] ?? url).slice(url.lastIndexOf('/') + 1);
  return { ecosystem, name: name.slice(0, 214), ...(ref !== undefined && { version: ref }) };
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
const GIT = /^git\+(?:https|ssh):\/\/[^\s@]*\/([\w.-]+?)(?:\.git)?(?:@([\w./-]+))?(?:#(.*))?$/;

function parseSpec(ecosystem: McpRunner['ecosystem'], spec: string): Package | undefined {
  const git = GIT.exec(spec);
  const hosted = ecosystem === 'npm' ? /^(?:github|gitlab|bitbucket):[\w.-]+\/([\w.-]+)(?:#(?:semver:)?(\S+))?$/.exec(spec) : null;
  if (hosted?.[1] !== undefined) return { ecosystem, name: hosted[1], ...(hosted[2] !== undefined && { version: hosted[2] }) };
  // npm writes the commit behind `#`, Python's tools what part of the repository is meant.
  const ref = git?.[2] ?? (ecosystem === 'npm' ? git?.[3] : undefined);
  if (git?.[1] !== undefined) return { ecosystem, name: git[1], ...(ref && { version: ref }) };
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
