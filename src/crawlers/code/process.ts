import type { Observation } from '../../core/observation.ts';
import type { Expr } from '../../lang/facts.ts';
import { newQuery } from '../../resolve/bound.ts';
import { readCommand, shellWords } from '../config/kinds/commands.ts';
import { modelArguments } from '../config/kinds/model-arguments.ts';
import type { Word } from '../config/kinds/word.ts';
import { Sink } from '../config/sink.ts';
import type { CallSite, Given } from './arguments.ts';
import { CRAWLER, type Context } from './context.ts';
import { textOf } from './mcp-entry.ts';

/** Words of one command. */
const MAX_WORDS = 80;

/** Where a server listens: what a default says of it may be set when the program is started. */
const HOST = /^--(?:host|bind|listen|address|server-name)$/;

/** Stands where only the running program knows what does; no model and no path is called so. */
const HOLE = '{}';

/** `subprocess.run([sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", name])`, `os.system(f"vllm serve {name}")`: commands that a program runs. */
export function detectProcess(context: Context, site: CallSite): void {
  const { unit, scope } = site;
  const [first, ...others] = site.call.args.filter(({ name, spread }) => name === undefined && spread === undefined);
  if (!first) return;
  const program = { expr: first.value, unit, scope };
  const lists = listsOf(context, program);
  // `exec.Command("vllm", "serve", name)`, `session.run("vllm", "serve", name)`: a word in each argument.
  const rest = others.flatMap(({ value }): readonly Given[] => {
    const given = { expr: value, unit, scope };
    return listsOf(context, given)[0] ?? (value.kind === 'dict' ? [] : [given]);
  });
  const line = lists.length === 0 && rest.length === 0 ? textWithHoles(context, program) : undefined;
  if (line && /\S\s+\S/.test(line.text)) run(context, site, shellWords(line.text, line.line).slice(0, MAX_WORDS));
  else for (const items of lists.length > 0 ? lists : [[program, ...rest]]) run(context, site, wordsOf(context, site, items));
}

/** A text, with holes for what is not known. */
function textWithHoles(context: Context, given: Given): { readonly text: string; readonly line: number } | undefined {
  const [bound] = context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery());
  const expr = bound?.kind === 'expr' ? bound.expr : given.expr;
  const parts = expr.kind === 'concat' ? expr.parts : [expr];
  const first = parts.find((part) => part.kind === 'string');
  if (first?.kind !== 'string') return undefined;
  const { unit, scope } = bound?.kind === 'expr' ? bound : given;
  const text = parts.map((part) => (part.kind === 'string' ? part.value : (textOf(context, { expr: part, unit, scope }) ?? HOLE))).join('');
  return { text, line: first.line };
}

function wordsOf(context: Context, site: CallSite, items: readonly Given[]): readonly Word[] {
  const words: Word[] = [];
  for (const [index, item] of items.slice(0, MAX_WORDS).entries()) {
    const written = item.expr.kind === 'string';
    const text = textOf(context, item) ?? (index === 0 && isInterpreter(item.expr) ? 'python' : pairsOf(context, item));
    if (text === undefined || (!written && HOST.test(words.at(-1)?.text ?? ''))) continue;
    words.push({ text, line: item.expr.kind === 'string' ? item.expr.line : site.call.line });
  }
  return words;
}

/** `f"pretrained={name},trust_remote_code=True"`: the options of a text count also where its model is not known. */
function pairsOf(context: Context, given: Given): string | undefined {
  const text = textWithHoles(context, given)?.text ?? '';
  return modelArguments(text) === undefined ? undefined : text;
}

function run(context: Context, site: CallSite, words: readonly Word[]): void {
  if (words.length < 2) return;
  const sink = new Sink(site.unit.path, context.knowledge, CRAWLER);
  readCommand(sink, words);
  const { facts } = sink;
  if (!facts) return;
  // Servers of the Model Context Protocol that a program starts are found with its clients.
  context.components.push(...facts.components.filter(({ kind }) => kind !== 'infra' && kind !== 'mcp-server'));
  context.relations.push(...facts.relations);
  const isKnown = ({ type, location }: Observation): boolean =>
    context.observations.some(
      (other) => other.type === type && other.location.path === location.path && other.location.line === location.line,
    );
  context.observations.push(...facts.observations.filter((observation) => !isKnown(observation)));
}

/** `sys.executable` */
const isInterpreter = (expr: Expr): boolean => expr.kind === 'member' && expr.name === 'executable';

/** Items of the lists that stand there or in a variable: one list in each branch of a program. */
function listsOf(context: Context, given: Given): readonly (readonly Given[])[] {
  const found =
    given.expr.kind === 'list'
      ? [given]
      : context.resolver.program
          .expand(given.expr, given.unit, given.scope, newQuery())
          .filter((bound) => bound.kind === 'expr')
          .map(({ expr, unit, scope }) => ({ expr, unit, scope }));
  return found.flatMap(({ expr, unit, scope }) => (expr.kind === 'list' ? [expr.items.map((item) => ({ expr: item, unit, scope }))] : []));
}
