import { LimitError } from '../../../core/errors.ts';

/** A word of a shell command after quotes are gone. Substitutions stay as written. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

export type Command = readonly Word[];

/** Words of one script. An install script has hundreds. */
const MAX_WORDS = 200_000;

const LEADING = new Set([
  'sudo',
  'exec',
  'time',
  'then',
  'do',
  'else',
  'if',
  'elif',
  'while',
  '!',
  '{',
  '(',
  'nohup',
  'command',
  'env',
  '-E',
  '-H',
  '@',
  '-',
]);

/** `$(version)` of a Makefile; of a shell it is a program without arguments, which installs nothing. */
const MAKE_VARIABLE = /^\$\([\w.-]{1,80}\)/;

/**
 * Simple commands of a shell script, one list of words each: split at newlines, `;`, `&`, `|` and
 * parentheses, outside quotes. Expansions are not done; a here-document is read as commands.
 */
export function shellCommands(script: string, firstLine = 1): Command[] {
  const commands: Word[][] = [];
  let words: Word[] = [];
  let line = firstLine;
  let total = 0;
  let word: string | undefined;
  let wordLine = line;
  const push = (): void => {
    if (word === undefined) return;
    total += 1;
    if (total > MAX_WORDS) throw new LimitError('MAX_WORDS', `script of more than ${MAX_WORDS} words`);
    words.push({ text: word, line: wordLine });
    word = undefined;
  };
  const end = (): void => {
    push();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  const add = (text: string): void => {
    if (word === undefined) wordLine = line;
    word = (word ?? '') + text;
  };
  for (let index = 0; index < script.length; index += 1) {
    const character = script[index] as string;
    const next = script[index + 1];
    if (character === '\\' && (next === '\n' || (next === '\r' && script[index + 2] === '\n'))) {
      push();
      line += 1;
      index += next === '\r' ? 2 : 1;
      // A comment line between continued lines does not end a RUN instruction.
      for (let comment = /[ \t]*#[^\n]*\n/y; ;) {
        comment.lastIndex = index + 1;
        const skipped = comment.exec(script)?.[0];
        if (!skipped) break;
        line += 1;
        index += skipped.length;
      }
    } else if (character === '\\' && next !== undefined) {
      add(next);
      index += 1;
    } else if (character === "'" || character === '"') {
      add('');
      const from = index + 1;
      let stop = from;
      for (; stop < script.length && script[stop] !== character; stop += 1) if (character === '"' && script[stop] === '\\') stop += 1;
      const quoted = script.slice(from, stop);
      add(character === '"' ? quoted.replaceAll(/\\(["\\$`])/g, '$1') : quoted);
      line += quoted.split('\n').length - 1;
      index = stop;
    } else if (character === '\n') {
      end();
      line += 1;
    } else if (character === '$' && next === '{') {
      const length = script.slice(index, index + 200).indexOf('}');
      const expansion = length < 0 ? '${' : script.slice(index, index + length + 1);
      add(expansion);
      line += expansion.split('\n').length - 1;
      index += expansion.length - 1;
    } else if (character === '$' && next === '(' && MAKE_VARIABLE.test(script.slice(index, index + 100))) {
      const expansion = MAKE_VARIABLE.exec(script.slice(index, index + 100))?.[0] ?? '$(';
      add(expansion);
      index += expansion.length - 1;
    } else if (';&|()`'.includes(character)) {
      // `>=2` after a space is a redirection to a shell, and a version to its writer; `2>&1` is one word.
      if (character === '&' && script[index - 1] === '>') add('&');
      else end();
    } else if (character === '#' && word === undefined) {
      while (index + 1 < script.length && script[index + 1] !== '\n') index += 1;
    } else if (/\s/.test(character)) push();
    else add(character);
  }
  end();
  return commands.map(withoutPrefix).filter((command) => command.length > 0);
}

/** Takes `sudo`, `FOO=bar`, `--mount=…` of Docker and shell keywords off the front. */
function withoutPrefix(words: readonly Word[]): Command {
  let from = 0;
  while (from < words.length) {
    const text = (words[from] as Word).text;
    if (LEADING.has(text) || /^[A-Za-z_]\w*=/.test(text) || /^--(?:mount|network|security)=/.test(text)) from += 1;
    else break;
  }
  const rest = words.slice(from);
  const [first] = rest;
  // `@pip install x` of a Makefile.
  return first && /^@\w/.test(first.text) ? [{ ...first, text: first.text.slice(1) }, ...rest.slice(1)] : rest;
}
