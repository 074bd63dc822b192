import { agentsSection } from '../../../knowledge/agents.ts';
import type { ConfigNode, MapNode } from '../readers/node.ts';
import { readJson } from '../readers/json.ts';
import type { Sink } from '../sink.ts';
import { readServer } from './mcp.ts';
import { isMcpHelper, isMcpPackage, packageOf } from './mcp-package.ts';
import type { Word } from './word.ts';

/** Assistants whose command line keeps a list of servers: `claude mcp add NAME …`. */
const ASSISTANT = /^(?:claude|codex|gemini|copilot|amp|qwen|droid|auggie|kimi)$/;
const ADDS = /^(?:add|add-json)$/;
const EDITOR = /^(?:code|code-insiders|cursor|codium|windsurf)$/;
/** Options of these commands that take a value. */
const VALUED = /^(?:-[tsecH]|--(?:transport|scope|env|header|client-id|client-secret|callback-port|url|bearer-token-env-var))$/;
const NAME = /^[\w@][\w .@/-]{0,99}$/;
/** Words before the program: `sudo`, `exec`, variables. */
const MAX_LEADERS = 6;

/** Servers that a command line starts (`npx -y server-mcp`), or adds to an assistant (`claude mcp add`, `code --add-mcp`). */
export function readMcpCommand(sink: Sink, words: readonly Word[]): void {
  if (!words.some(({ text }) => /mcp|modelcontextprotocol/i.test(text))) return;
  const start = words.slice(0, MAX_LEADERS).findIndex(({ text }) => ASSISTANT.test(text) || EDITOR.test(text));
  const program = words[start]?.text ?? '';
  if (ASSISTANT.test(program) && words[start + 1]?.text === 'mcp' && ADDS.test(words[start + 2]?.text ?? ''))
    addServer(sink, words.slice(start + 2));
  else if (EDITOR.test(program)) {
    const at = words.findIndex(({ text }) => text === '--add-mcp');
    if (at > 0) addJson(sink, undefined, words[at + 1]);
  } else startServer(sink, words);
}

function addServer(sink: Sink, [verb, ...words]: readonly Word[]): void {
  const rest: Word[] = [];
  const extra: { key: string; value: Word }[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (!word) break;
    if (word.text === '--') {
      rest.push(...words.slice(i + 1));
      break;
    }
    // What follows the program is its own.
    if ((rest.length > 1 && !isUrl(rest[1]?.text ?? '')) || !word.text.startsWith('-')) rest.push(word);
    else if (VALUED.test(word.text) && words[i + 1]) extra.push({ key: word.text, value: words[(i += 1)] ?? word });
  }
  const [name, first, ...args] = rest;
  if (!name || !NAME.test(name.text)) return;
  if (verb?.text === 'add-json') return addJson(sink, name.text, first);
  const url = first ?? extra.find(({ key }) => key === '--url')?.value;
  if (!url) return;
  const header = extra.find(({ key }) => /^(?:-H$|--header|--bearer)/.test(key));
  const node = isUrl(url.text)
    ? mapOf(url, [['url', url], ...(header ? [['authorization', header.value] as const] : [])])
    : mapOf(url, [['command', url]], args);
  readServer(sink, sink.knowledge.get(agentsSection), name.text, node, name.line);
}

const isUrl = (text: string): boolean => /^https?:\/\//.test(text);

const scalar = ({ text, line }: Word): { kind: 'scalar'; value: string; type: 'string'; line: number } => ({
  kind: 'scalar',
  value: text,
  type: 'string',
  line,
});

function mapOf({ line }: Word, entries: readonly (readonly [string, Word])[], args: readonly Word[] = []): MapNode {
  return {
    kind: 'map',
    line,
    entries: [
      ...entries.map(([key, word]) => ({ key, value: scalar(word), line: word.line })),
      ...(args.length > 0 ? [{ key: 'args', value: { kind: 'list' as const, items: args.map(scalar), line }, line }] : []),
    ],
  };
}

/** `'{"name": "x", "command": "npx", …}'` */
function addJson(sink: Sink, name: string | undefined, word: Word | undefined): void {
  if (!word?.text.startsWith('{')) return;
  const node = jsonOf(word);
  const named = node?.entries.find(({ key, value }) => key === 'name' && value.kind === 'scalar')?.value;
  const label = name ?? (named?.kind === 'scalar' ? named.value : undefined);
  if (node && label !== undefined && NAME.test(label)) readServer(sink, sink.knowledge.get(agentsSection), label, node, word.line);
}

function jsonOf({ text, line }: Word): MapNode | undefined {
  const [root] = readJson(text.replaceAll('\\"', '"')).documents;
  const node = root && placed(root, line);
  return node?.kind === 'map' ? node : undefined;
}

/** What a command line holds stands where the command line stands. */
function placed(node: ConfigNode, line: number): ConfigNode {
  if (node.kind === 'scalar') return { ...node, line };
  if (node.kind === 'list') return { ...node, line, items: node.items.map((item) => placed(item, line)) };
  return { ...node, line, entries: node.entries.map((entry) => ({ ...entry, line, value: placed(entry.value, line) })) };
}

const PYTHON = /(?:^|[\\/])py(?:thon[\d.]*)?(?:\.exe)?$/;

/** `npx -y server-mcp`, `mcpo -- uvx mcp-server-time`: the first package that says that it is a server. */
function startServer(sink: Sink, words: readonly Word[]): void {
  const agents = sink.knowledge.get(agentsSection);
  for (const [index, word] of words.entries()) {
    // A module of Python is the tree's own as often as not.
    if (agents.runner(word.text) === undefined || PYTHON.test(word.text)) continue;
    // PowerShell's lists: `-ArgumentList "-y","package"`.
    const args = words.slice(index + 1).map(({ text, line }) => ({ text: text.replaceAll(/^,|,$/g, ''), line }));
    const pkg = packageOf(agents, [word.text, ...args.map(({ text }) => text)]);
    if (!pkg || !isMcpPackage(pkg.name) || isMcpHelper(pkg.name)) continue;
    // A client talks to a container over its input; without one it is an image of one's own that is tried out.
    if (pkg.ecosystem === 'docker' && !args.some(({ text }) => /^-\w*i\w*$|^--interactive$/.test(text))) continue;
    readServer(sink, agents, pkg.name, mapOf(word, [['command', word]], args), word.line);
    return;
  }
}
