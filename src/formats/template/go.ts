import { LimitError } from '../../core/errors.ts';
import { baseName, defineReader, hasExtension, printable, spend } from '../reading.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { judgeTemplate, MAX_TEMPLATE } from './index.ts';

interface Word {
  readonly name: string;
  /** 1-based. */
  readonly line: number;
}

/** One token of an action (https://pkg.go.dev/text/template#hdr-Actions). Field names and variables reach data only. */
const TOKEN =
  /\s+|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.[\da-fA-F]{0,8})'|\/\*[^]*?\*\/|(?<field>\.[\p{L}_][\p{L}\p{Nd}_]*|\.)|(?<variable>\$[\p{L}\p{Nd}_]*)|(?<word>[\p{L}_][\p{L}\p{Nd}_]*)|[+-]?\d[\w.]*|:=|[=|(),-]/uy;
/** Tokens of one template; the longest in use has some 2,000. */
const MAX_TOKENS = 200_000;

interface Lexed {
  /** Bare words: keywords and functions. */
  readonly words: readonly Word[];
  /** Every action is one of Go. */
  readonly understood: boolean;
}

/** Names in the actions of a Go template. Text between actions is dropped: it is output as it stands. */
function lex(text: string): Lexed {
  const words: Word[] = [];
  let tokens = 0;
  let line = 1;
  let counted = 0;
  for (let at = text.indexOf('{{'); at >= 0; at = text.indexOf('{{', at)) {
    at += 2;
    for (;;) {
      if (text.startsWith('}}', at)) break;
      TOKEN.lastIndex = at;
      const match = TOKEN.exec(text);
      if (!match) return { words, understood: false };
      if ((tokens += 1) > MAX_TOKENS) throw new LimitError('MAX_TOKENS', `template has more than ${MAX_TOKENS} tokens`);
      // Python's names for what leads to its interpreter: no field of Ollama's begins like that.
      if (/^\.?__/.test(match[0])) return { words, understood: false };
      const name = match.groups?.['word'];
      if (name !== undefined) {
        for (; counted < at; counted += 1) if (text[counted] === '\n') line += 1;
        words.push({ name, line });
      }
      at = TOKEN.lastIndex;
    }
    at += 2;
  }
  return { words, understood: true };
}

/**
 * The template of an Ollama model: Go's text/template, which reaches nothing but its data and the functions that
 * it is given. Whatever is no Go is read as Jinja, as tools that take templates over read it.
 */
export const goTemplate = defineReader({
  id: 'go-template',
  extensions: ['.gotmpl'],
  matches: ({ path, head }) => (hasExtension(path, '.gotmpl') && !head.includes(0) ? 'maybe' : 'no'),
  async read({ reader, path }, context, draft) {
    draft.certain = true;
    if (reader.size > MAX_TEMPLATE) throw new LimitError('template-size', `template is longer than ${MAX_TEMPLATE} bytes`);
    const text = Buffer.from(await reader.read(0, reader.size)).toString('utf8');
    const { words, understood } = lex(text);
    spend(context, words.length + 1);
    if (!understood || text.includes('{%')) {
      judgeTemplate(text, { kind: 'chat', name: baseName(path) }, context, draft);
      return;
    }
    const vocabulary = context.knowledge.get(vocabularySection);
    const known = [vocabulary.names('go-template', 'keywords'), vocabulary.names('go-template', 'functions')];
    const told = new Set<string>();
    for (const { name, line } of words) {
      if (told.has(name) || known.some((names) => names.has(name))) continue;
      told.add(name);
      draft.report('unusual-template', {
        template: printable(baseName(path), 80),
        construct: 'function',
        value: printable(name, 80),
        line,
      });
    }
  },
});
