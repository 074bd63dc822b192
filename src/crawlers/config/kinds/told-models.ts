import type { ToldModel } from '../../../knowledge/infrastructure.ts';
import type { Sink } from '../sink.ts';
import type { Variable } from './container-loads.ts';
import { withDefaults } from './values.ts';
import type { Word } from './word.ts';

/** `ASR_MODEL=base`, `--voice en_US-lessac-medium`: models that only a container of a known image calls so. */
export function readToldModels(sink: Sink, told: ToldModel, words: readonly Word[], variables: readonly Variable[]): void {
  for (const { name, value, line } of variables) if (told.variables.includes(name)) readTold(sink, told, value, line, name);
  for (const [index, { text, line }] of words.entries()) {
    const [flag = '', inline] = text.split('=', 2);
    const value = told.flags.includes(flag) ? (inline ?? words[index + 1]?.text) : undefined;
    if (value !== undefined && !value.startsWith('-')) readTold(sink, told, value, line, flag);
  }
}

/** The words of a command without those that tell the model. */
export const untold = ({ flags }: ToldModel, words: readonly Word[]): readonly Word[] =>
  words.filter(({ text }, index) => !flags.includes(text.split('=', 1)[0] ?? '') && !flags.includes(words[index - 1]?.text ?? ''));

function readTold(sink: Sink, { rename, short }: ToldModel, value: string, line: number, symbol: string): void {
  const { text } = withDefaults(value);
  if (text === undefined) return;
  const whole = rename !== undefined && short?.includes(text) === true ? rename.replace('{}', text) : undefined;
  sink.model(whole ?? text, { position: 'argument', key: 'speech_model' }, line, symbol, whole === undefined ? {} : { aliases: [text] });
}
