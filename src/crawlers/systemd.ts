import { readMachineBinding, withBindings } from './config/kinds/binding.ts';
import { readCommand, shellWords } from './config/kinds/commands.ts';
import type { Word } from './config/kinds/word.ts';
import { united } from './config/merge.ts';
import { Sink, type ConfigFacts } from './config/sink.ts';
import { defineCrawler } from './crawler.ts';

/** Unit files are short. */
const MAX_UNIT = 64 * 1024;
/** `KEY=value`; of a command the characters before it say how systemd runs it. */
const ROW = /^(Environment|ExecStart)=[-@:+!]{0,4}([^]*)$/;

/** Model servers that systemd starts: what the command names, and where it listens. A drop-in only adds variables. */
export const systemdCrawler = defineCrawler<ConfigFacts>({
  id: 'systemd',
  wants: ({ path, size }) => size <= MAX_UNIT && /\.service(?:\.(?:j2|tpl|tmpl|in))?$|\.service\.d\/[^/]+\.conf$/.test(path),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'systemd');
    const environment: Word[] = [];
    const commands: Word[][] = [];
    const rows = file.text.split(/\r?\n/);
    for (let index = 0; index < rows.length; index += 1) {
      const line = index + 1;
      let row = rows[index]?.trim() ?? '';
      while (row.endsWith('\\') && index + 1 < rows.length) row += `\n${rows[(index += 1)] ?? ''}`;
      const [, key, value = ''] = ROW.exec(row) ?? [];
      const words = key === undefined ? [] : shellWords(value, line).filter(({ text }) => text !== ';');
      if (key === 'ExecStart') commands.push(words);
      else environment.push(...words);
    }
    for (const words of commands) readCommand(sink, withBindings(sink, words, environment));
    if (commands.length === 0) for (const { text, line } of environment) readMachineBinding(sink, [{ text: `Environment=${text}`, line }]);
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
