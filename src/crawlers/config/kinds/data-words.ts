import type { Sink } from '../sink.ts';
import type { Word } from './word.ts';

/** What runs a program that is given files; `cp` and `git` move them, and say nothing of what they are. */
const RUNS =
  /^(?:(?:.*\/)?python[\d.]*|\$\{?\(?\w*PYTHON\)?\}?|uv|poetry|pipenv|pdm|rye|hatch|conda|torchrun|accelerate|deepspeed|node|npx|tsx|ts-node|bunx?|deno|pnpm|yarn|npm|go|cargo|java|dotnet|ruby|php|Rscript|julia|openai|llamafactory-cli|axolotl|lm_eval|trl|tune|autotrain|promptfoo|deepeval|ragas|vanna)$/i;
/** Words before which the program stands: `sudo -E env A=b python …`. */
const MAX_HEAD = 6;
const DATA = /^[^\s*?<>|{}$:=]{1,200}\.(?:csv|tsv|jsonl?|ndjson|parquet|arrow|feather|npz|arff|libsvm|xlsx|txt|md|pdf|ya?ml)$/i;
/** Behind these the program writes. */
const WRITES = /^-{1,2}(?:o|out|output|result|save|log|report|dest|target|to|write|export|dump)(?:[-_]?\w+)*$/i;

/** Files that a command line gives to a program: `python evaluate.py data/pairs.jsonl --questions faq.txt`. */
export function readDataWords(sink: Sink, words: readonly Word[], limit: number): void {
  const program = words.slice(0, MAX_HEAD).find(({ text }) => RUNS.test(text));
  if (!program) return;
  for (const [index, { text, line }] of words.slice(0, limit).entries()) {
    const [, inline, given = text] = /^(-{1,2}[\w-]+)=(.*)$/.exec(text) ?? [];
    if (!DATA.test(given)) continue;
    const before = words[index - 1]?.text ?? '';
    const flag = inline ?? (before.startsWith('-') ? before : undefined);
    if (before.endsWith('>') || (flag !== undefined && WRITES.test(flag))) continue;
    sink.mention(given, line, flag?.replace(/^-+/, ''), program.text);
  }
}
