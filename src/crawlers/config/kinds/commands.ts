import { isCommit } from '../../../core/commit.ts';
import type { CommandFacts } from '../../../knowledge/infrastructure.ts';
import { recogniseModel } from '../../../knowledge/models.ts';
import type { ScalarNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { readBinding } from './binding.ts';
import { dataSource, readDataName } from './data-commands.ts';
import { readDataWords } from './data-words.ts';
import { readMcpCommand } from './mcp-command.ts';
import { readDockerRun } from './docker-run.ts';
import { readJsonText } from './json-text.ts';
import { modelArguments, readModelArguments } from './model-arguments.ts';
import { isOn, withDefaults } from './values.ts';
import { SEPARATORS, type Word } from './word.ts';

/** Words of one command that are looked at; real command lines have some dozens. */
const MAX_WORDS = 400;

/** Splits shell text into words, line by line: quotes are taken off, backslash-newline joins. Comments go. */
export function shellWords(text: string, firstLine: number): Word[] {
  const words: Word[] = [];
  text.split(/\r?\n/).forEach((row, index) => {
    const line = firstLine + index;
    const matches = row
      .slice(0, 4000)
      .matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|#.*$|(&&|\|\||[;|&])|((?:[^\s"';|&\\]|\\.|=?"[^"]*"|=?'[^']*')+)/g);
    let continued = false;
    for (const match of matches) {
      if (match[0].startsWith('#')) break;
      const word = match[1] ?? match[2] ?? match[3] ?? (match[4] ?? '').replaceAll(/["']/g, '');
      if (words.length < MAX_WORDS * 4) words.push({ text: word, line });
      continued = false;
    }
    continued = row.trimEnd().endsWith('\\');
    if (!continued) words.push({ text: ';', line });
  });
  return words;
}

/** Words of a text of a configuration, each on its own row. A block scalar begins on the line after its indicator. */
export const wordsIn = ({ value, line, rows }: ScalarNode): Word[] =>
  rows ? shellWords(rows.text, rows.line) : shellWords(value, value.includes('\n') ? line + 1 : line);

/** Runtime that a command line starts (`python -m vllm.entrypoints.openai.api_server`), whatever its image. */
export function servedBy(sink: Sink, words: readonly Word[]): string | undefined {
  let command: Word[] = [];
  for (const word of [...words.slice(0, MAX_WORDS), { text: ';', line: 0 }]) {
    if (!SEPARATORS.has(word.text)) {
      command.push(word);
      continue;
    }
    const service = findCommand(sink, command)?.facts.service;
    if (service !== undefined && sink.providers.selfHosted(service)) return service;
    command = [];
  }
  return undefined;
}

/** What is known of a command from where it stands. */
export interface Inherited {
  readonly service?: string | undefined;
  /** Its first argument is a model. */
  readonly positional?: boolean;
  /** What runs it is an image or a step of AI. */
  readonly ofAi?: boolean;
  /** It is an entry of a list of MCP servers, which is read as one. */
  readonly listed?: boolean;
  /** Its container has the network of the host. */
  readonly onHost?: boolean;
}

/** Reads a command line of one process, or a script of several. */
export function readCommand(sink: Sink, words: readonly Word[], inherited?: Inherited): void {
  let command: Word[] = [];
  for (const word of [...words.slice(0, MAX_WORDS * 4), { text: ';', line: 0 }]) {
    if (!SEPARATORS.has(word.text)) command.push(word);
    else {
      if (inherited?.listed !== true) readMcpCommand(sink, command);
      if (command.length > 0 && !readDockerRun(sink, command, readCommand)) readOne(sink, command, inherited);
      command = [];
    }
  }
}

const LEADERS =
  /^(?:sudo|(?:\/(?:\w+\/)*)?(?:ba|da|a|z)?sh|exec|nohup|time|env|python3?|uv|run|poetry|pipenv|-m|-u|accelerate|launch|torchrun|deepspeed|nice|docker|compose|kubectl|--|then|do|\[.*|[A-Za-z_]\w*=.*|-[a-z]+|@.*|\/\S+\.sh|npx|bunx|!.*)$/;

function findCommand(sink: Sink, words: readonly Word[]): { readonly facts: CommandFacts; readonly after: number } | undefined {
  // `docker exec NAME command`: the container's name may be anything.
  const inContainer =
    /^(?:docker|podman|kubectl|nerdctl|docker-compose|oc)$/.test(words[0]?.text ?? '') && words.some(({ text }) => text === 'exec');
  for (let start = 0; start < words.length && start < 12; start += 1) {
    const name = baseName(words[start]?.text ?? '');
    for (const facts of sink.infrastructure.commands) {
      if (facts.words[0] !== name || !facts.words.every((word, i) => (i === 0 ? name : words[start + i]?.text) === word)) continue;
      if (facts.needs && !words.some(({ text }) => facts.needs?.includes(text.split('=')[0] ?? ''))) continue;
      return { facts, after: start + facts.words.length };
    }
    if (!LEADERS.test(words[start]?.text ?? '') && !inContainer) return undefined;
  }
  return undefined;
}

const baseName = (word: string): string => word.split('/').at(-1) ?? word;

function readOne(sink: Sink, words: readonly Word[], inherited?: Inherited): void {
  readDataWords(sink, words, MAX_WORDS);
  const found = findCommand(sink, words);
  const facts = found?.facts;
  const service = facts?.service ?? inherited?.service;
  const commandLine = words[0]?.line ?? 1;
  if (facts?.service !== undefined) sink.service(facts.service, commandLine, facts.words.join(' '));
  const context = {
    position: 'argument',
    provider: service !== undefined && HUB_RUNTIMES.has(service) ? undefined : service,
    loader: facts?.loader,
  } as const;
  const source = dataSource(facts, words);
  const accept = (word: Word | undefined, symbol: string): void => {
    if (source !== undefined) {
      readDataName(sink, word, symbol, source);
      return;
    }
    const text = word && withDefaults(word.text).text;
    if (!word || text === undefined || text.startsWith('-')) return;
    if (text.startsWith('/')) {
      // `/models/Qwen3-8B`: a folder that is called after the model in it.
      const folder = text.replace(/\/+$/, '').split('/').at(-1) ?? '';
      const named =
        facts?.service !== undefined && NAMED_FOLDER.test(folder)
          ? recogniseModel(sink.knowledge, folder, { position: 'key', key: 'model', ai: true })
          : undefined;
      if (named?.family === undefined) mounted = true;
      else sink.addModel({ ...named, origin: 'file' }, word.line, symbol);
      return;
    }
    const revision = BESIDE_MODEL.test(symbol) ? undefined : revisionOf(words);
    const extra = revision?.text === undefined ? {} : { revision: revision.text };
    const model = sink.model(text, { ...context, key: 'model' }, word.line, symbol, extra);
    // Which commit a variable without a default holds is not known.
    if (!revision || (revision.text !== undefined && !isCommit(revision.text)))
      sink.hubLoad(model, word.line, facts?.words.join(' ') ?? symbol);
  };
  let positional = 0;
  let host: Word | undefined;
  let keyed = false;
  // A model of a folder that was mounted has no name but the one it is served under.
  let mounted = false;
  let served: Word | undefined;
  const start = found?.after ?? 0;
  for (let i = start; i < words.length && i < MAX_WORDS; i += 1) {
    const word = words[i];
    if (!word) break;
    const [flag = '', inline] = splitFlag(word.text);
    if (flag.startsWith('-')) {
      const own = facts?.flags?.includes(flag) === true;
      // A command that is known to have no such flag (`lm_eval --model hf`) calls something else by that name.
      const generic = facts?.flags?.length !== 0 && sink.infrastructure.genericFlags.has(flag);
      const value = inline === undefined ? words[i + 1] : { text: inline, line: word.line };
      if (MODEL_ARGUMENTS.test(flag) && value) readModelArguments(sink, value.text, value.line, flag, facts?.words.join(' '));
      if (HOST_FLAGS.has(flag)) host = value;
      if (SERVED_NAME.test(flag)) served = value;
      if (REMOTE_CODE.test(flag) && (inline === undefined ? !OFF.test(words[i + 1]?.text ?? '') : isOn(inline)))
        sink.observe('remote-code-switch', word.line, { via: flag });
      if (KEY_FLAGS.test(flag)) keyed = true;
      if (own || (generic && (inherited?.ofAi === true || facts !== undefined))) accept(value, flag);
      else if (generic && value) {
        const text = withDefaults(value.text).text;
        if (text !== undefined) sink.model(text, { position: 'key', key: flag, ai: true }, value.line, flag);
      }
      const ofData = facts?.data_flags?.includes(flag) === true;
      if (ofData || sink.infrastructure.genericDataFlags.has(flag)) readDataName(sink, value, flag, source);
      if (JSON_FLAGS.test(flag)) readAdapters(sink, words, inline === undefined ? i + 1 : i, flag);
      if (
        inline === undefined &&
        (ofData || !sink.infrastructure.valuelessFlags.has(flag)) &&
        words[i + 1] &&
        !words[i + 1]?.text.startsWith('-')
      )
        i += 1;
      continue;
    }
    const assignment = /^(\w+)=(.+)$/.exec(word.text);
    if (REMOTE_CODE_OVERRIDE.test(word.text)) sink.observe('remote-code-switch', word.line, { via: word.text.split('=')[0] ?? '' });
    if (i > start && word.text.includes(',') && modelArguments(word.text)?.trustRemoteCode === true) {
      // Of a harness that takes them by position.
      readModelArguments(sink, word.text, word.line, facts?.words.join(' ') ?? 'argument', facts?.words.join(' '));
    } else if (assignment && facts?.assignments?.includes(assignment[1] ?? ''))
      accept({ text: assignment[2] ?? '', line: word.line }, assignment[1] ?? '');
    else if (!assignment) {
      if (
        facts?.positional === positional ||
        (inherited?.positional === true && !facts && positional === 0 && i === 0 && /[/:\d]/.test(word.text))
      )
        accept(word, facts?.words.join(' ') ?? 'argument');
      if (facts?.data_positional === positional) readDataName(sink, word, facts.words.join(' '), source);
      positional += 1;
    }
  }
  if (mounted && served && facts?.service !== undefined)
    sink.model(served.text, { position: 'key', key: 'model', provider: facts.service, ai: true }, served.line, '--served-model-name');
  // Inside a container the address says nothing: its port is what counts.
  if (!MACHINES.has(sink.crawler) && inherited?.onHost !== true) return;
  if (facts?.service !== undefined && facts.bind_variable !== undefined)
    readBinding(sink, words.slice(0, start), facts.service, facts.bind_variable);
  if (facts?.service !== undefined && host && !keyed && ALL_INTERFACES.test(host.text)) {
    sink.observe('exposed-port', host.line, { bind: host.text, via: 'argument' }, `service:${facts.service}`);
  }
}

/** Crawlers of what runs on a machine itself. */
const MACHINES = new Set(['code', 'systemd']);
/** A family's name with a version or a size. */
const NAMED_FOLDER = /^[A-Za-z][\w.]*[-_.]?\d[\w.-]*$/;
/** Of servers: what clients call the model. */
const SERVED_NAME = /^--(?:served[-_]model[-_]name|alias)$/;
const OFF = /^(?:false|no|off|0)$/i;
/** Of servers, trainers and evaluation harnesses alike. */
const REMOTE_CODE = /^--trust[-_]remote[-_]code$/;
/** Of programs that are configured by paths of keys: `++actor.model.trust_remote_code=True`. */
const REMOTE_CODE_OVERRIDE = /^[+~]{0,2}(?:[\w-]+\.)*trust_remote_code=["']?(?:true|1)["']?$/i;
/** Of evaluation harnesses: `--model_args pretrained=owner/name,dtype=auto`. */
const MODEL_ARGUMENTS = /^--model[-_]args$/;
/** Of runtimes, whose values are pairs or JSON: `--lora-modules sql=owner/name '{"name": "b", "path": "owner/b"}'`. */
const JSON_FLAGS = /^--(?:lora-modules|lora-paths|speculative[-_]config)$/;
const REVISION = /^--(?:model[-_])?revision$/;
/** Models beside the one that `--revision` is of. */
const BESIDE_MODEL = /tokenizer|draft|speculative|lora|adapter/i;
const HOST_FLAGS = new Set(['--host', '--listen', '--bind', '--address', '--server-name']);
const KEY_FLAGS = /^--(?:api-?keys?(?:-file)?|api-?token|auth(?:entication)?|admin-key)$/;
const ALL_INTERFACES = /^(?:0\.0\.0\.0|\[?::\]?|\*)$/;

/** Runtimes that fetch models from the Hub: the model's origin stays the Hub. */
export const HUB_RUNTIMES: ReadonlySet<string> = new Set([
  'vllm',
  'sglang',
  'tgi',
  'text-embeddings-inference',
  'infinity',
  'llama-cpp',
  'mlx-lm',
  'tensorrt-llm',
  'litellm',
]);

/** What `--revision` says of a command's model: https://docs.vllm.ai/en/latest/cli/serve/, `hf download --revision`. */
function revisionOf(words: readonly Word[]): { readonly text?: string | undefined } | undefined {
  for (const [index, word] of words.slice(0, MAX_WORDS).entries()) {
    const [flag, inline] = splitFlag(word.text);
    const value = REVISION.test(flag) ? (inline ?? words[index + 1]?.text) : undefined;
    if (value !== undefined && !value.startsWith('-')) return withDefaults(value);
  }
  return undefined;
}

function splitFlag(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return text.startsWith('-') && at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, undefined];
}

/** Adapters and draft models among the arguments of a runtime: each word up to the next flag is a pair or JSON. */
function readAdapters(sink: Sink, words: readonly Word[], from: number, flag: string): void {
  for (let at = from; at < words.length; at += 1) {
    const word = words[at];
    if (!word || (at > from && word.text.startsWith('-'))) return;
    const text = at === from ? (splitFlag(word.text)[1] ?? word.text) : word.text;
    if (readJsonText(sink, text, word.line, flag)) continue;
    const path = /^[\w.-]+=([\w.-]+\/[\w.-]+)$/.exec(text)?.[1];
    if (path !== undefined) sink.hubLoad(sink.model(path, { position: 'argument', key: 'lora_name' }, word.line, flag), word.line, flag);
  }
}
