import { get, textOf, type ConfigNode } from '../readers/node.ts';
import { Sink } from '../sink.ts';
import { readCommand, shellWords } from './commands.ts';

/** Models of one file that are looked at; a machine serves some dozens. */
const MAX_MODELS = 200;
/** A command line; more is a program. */
const MAX_COMMAND = 8_000;

/** What only a server that starts its models on demand says of one. */
const OPTIONS = ['proxy', 'ttl', 'checkEndpoint', 'useModelName', 'aliases', 'concurrencyLimit', 'unlisted', 'cmdStop'];

/**
 * `models: {name: {cmd: …}}` of llama-swap, which starts a server for the model that a request names. Where the command
 * names no model but a path of the machine, the name that it is served by is all there is to know it by.
 */
export function readModelSwap(sink: Sink, root: ConfigNode): void {
  const models = get(root, 'models');
  if (models?.kind !== 'map') return;
  for (const { key, value, line } of models.entries.slice(0, MAX_MODELS)) {
    const command = textOf(get(value, 'cmd'));
    if (command === undefined || command.length > MAX_COMMAND) continue;
    if (!command.includes('${PORT}') && !OPTIONS.some((option) => get(value, option) !== undefined)) continue;
    // Lines of a command are its words; those with a number sign are comments.
    const lines = command.split('\n').filter((row) => !row.trimStart().startsWith('#'));
    const words = shellWords(lines.map((row) => row.replace(/\\\s*$/, '')).join(' '), get(value, 'cmd')?.line ?? line);
    const trial = new Sink(sink.path, sink.knowledge, sink.crawler);
    readCommand(trial, words);
    if (trial.facts?.components.some(({ kind }) => kind === 'model')) readCommand(sink, words);
    else sink.model(key, { position: 'argument', key: 'model' }, line, 'llama-swap');
  }
}
