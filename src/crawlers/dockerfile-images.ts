import { readCommand, shellWords } from './config/kinds/commands.ts';
import type { Word } from './config/kinds/word.ts';
import { checksDigests, fetchedIn, readDownload } from './config/kinds/downloads.ts';
import { fetchesInPython, readInlinePython } from './config/kinds/inline-python.ts';
import { readEnvironment } from './config/kinds/environment.ts';
import { Sink, type ConfigFacts } from './config/sink.ts';
import { defineCrawler } from './crawler.ts';
import { united } from './config/merge.ts';

const DOCKERFILE = /(?:^|\/)(?:[\w.-]*\.)?(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$/i;
/** Instructions of one file; generated files have some hundred. */
const MAX_INSTRUCTIONS = 2000;

interface Instruction {
  readonly name: string;
  readonly rest: string;
  readonly line: number;
}

/** Instructions with continuation lines joined; heredoc bodies stay with their RUN. Line breaks are kept for line numbers. */
function instructions(text: string): Instruction[] {
  const found: Instruction[] = [];
  const rows = text.split(/\r?\n/);
  for (let i = 0; i < rows.length && found.length < MAX_INSTRUCTIONS; i += 1) {
    const match = /^\s*([A-Za-z]+)\s+(.*)$/.exec(rows[i] ?? '');
    if (!match?.[1] || /^\s*#/.test(rows[i] ?? '')) continue;
    const line = i + 1;
    let rest = match[2] ?? '';
    const heredoc = /<<-?\s*["']?(\w+)["']?/.exec(rest)?.[1];
    if (heredoc !== undefined && /^(?:RUN|COPY)$/i.test(match[1])) {
      while (i + 1 < rows.length && (rows[i + 1] ?? '').trim() !== heredoc) rest += `\n${rows[(i += 1)] ?? ''}`;
      i += 1;
    } else {
      while (/\\\s*$/.test(rest) && i + 1 < rows.length) {
        i += 1;
        const next = rows[i] ?? '';
        rest += /^\s*#/.test(next) ? '\n\\' : `\n${next}`;
      }
    }
    found.push({ name: match[1].toUpperCase(), rest, line });
  }
  return found;
}

/** `["cmd", "arg"]` or shell text. */
function wordsOf(rest: string, line: number): Word[] {
  const exec = /^\s*\[([\s\S]*)\]\s*$/.exec(rest)?.[1];
  if (exec === undefined) return shellWords(rest, line);
  const words: Word[] = [];
  exec.split('\n').forEach((row, index) => {
    for (const match of row.matchAll(/"((?:[^"\\]|\\.)*)"/g)) words.push({ text: match[1] ?? '', line: line + index });
  });
  return words.length <= 4 && words.some(({ text }) => /\s/.test(text)) ? words.flatMap((word) => shellWords(word.text, word.line)) : words;
}

/** Base images, variables and commands of Dockerfiles. */
export const dockerfileCrawler = defineCrawler<ConfigFacts>({
  id: 'dockerfile-images',
  wants: (entry) => DOCKERFILE.test(entry.path),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'dockerfile-images');
    const args = new Map<string, string>();
    const variables = new Map<string, Word>();
    const stages = new Set<string>();
    const checked = checksDigests(file.text);
    let image: string | undefined;
    for (const { name, rest, line } of instructions(file.text)) {
      const plain = rest.replaceAll(/\\\n/g, ' ').trim();
      if (name === 'ARG') {
        const match = /^(\w+)=["']?([^"'\s]*)/.exec(plain);
        if (match?.[1] !== undefined) {
          args.set(match[1], match[2] ?? '');
          variables.set(match[1], { text: match[2] ?? '', line });
          readEnvironment(sink, match[1], match[2] ?? '', line);
        }
      } else if (name === 'FROM') {
        const words = plain.split(/\s+/).filter((word) => !word.startsWith('--'));
        const reference = expand(words[0] ?? '', args);
        if (/^as$/i.test(words[1] ?? '')) stages.add((words[2] ?? '').toLowerCase());
        if (!stages.has(reference.toLowerCase())) {
          image = reference;
          sink.image(reference, line, 'dockerfile');
        }
      } else if (name === 'ADD') {
        const url = /https?:\/\/[^\s"',\]]{4,400}/.exec(plain)?.[0];
        if (url !== undefined) readDownload(sink, url, 'ADD', line, /--checksum=/.test(plain));
      } else if (name === 'ENV') readVariables(sink, rest, line, variables);
      else if (name === 'CMD' || name === 'ENTRYPOINT' || name === 'RUN') {
        const facts = image === undefined ? undefined : sink.infrastructure.image(image.replace(/[:@][^/]*$/, ''));
        readCommand(
          sink,
          wordsOf(rest.replace(/^\s*(?:--\w+=\S+\s+)+/, ''), line).map((word) => given(word, variables)),
          name === 'RUN' || !facts?.service ? undefined : { service: facts.service },
        );
        for (const { url, command, row } of fetchedIn(rest)) readDownload(sink, url, command, line + row, checked);
        if (fetchesInPython(rest)) readInlinePython(sink, rest, (row) => line + row);
      }
    }
    return { ...(sink.facts && { facts: sink.facts }), ...(sink.settings.length > 0 && { settings: sink.settings }) };
  },
  detect: united,
});

const expand = (text: string, args: ReadonlyMap<string, string>): string =>
  text.replaceAll(
    /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
    (_, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      args.get(braced ?? bare ?? '') ?? fallback ?? '',
  );

/** A word that is a variable of the image stands where the variable gets its value. */
const given = (word: Word, variables: ReadonlyMap<string, Word>): Word => {
  const name = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(word.text)?.[1];
  return (name === undefined ? undefined : variables.get(name)) ?? word;
};

function readVariables(sink: Sink, rest: string, line: number, variables: Map<string, Word>): void {
  rest.split('\n').forEach((row, index) => {
    const pairs = [...row.matchAll(/([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s\\]*)/g)];
    const old = pairs.length === 0 && index === 0 ? /^\s*([A-Za-z_]\w*)\s+(.+?)\s*\\?$/.exec(row) : null;
    for (const match of old ? [old] : pairs) {
      const [, name = '', written = ''] = match;
      const value = written.replace(/^(["'])(.*)\1$/, '$2');
      readEnvironment(sink, name, value, line + index);
      variables.set(name, { text: value, line: line + index });
    }
  });
}
