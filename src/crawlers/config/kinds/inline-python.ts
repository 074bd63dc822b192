import type { Sink } from '../sink.ts';

/** Calls by which a program that stands in another file fetches from the Hub. */
const FETCHES = /\b(?:snapshot_download|hf_hub_download|from_pretrained|SentenceTransformer|CrossEncoder|load_dataset)\b/;
/** Characters of one program; more is a file of its own. */
const MAX_PROGRAM = 20_000;
/** Models that one program names. */
const MAX_NAMED = 50;
/** Quotes inside a quoted program are escaped. */
const QUOTE = String.raw`\\?["']`;
const ID = String.raw`([\w.-]+(?:\/[\w.-]+)?)`;
const NAMED = new RegExp(
  String.raw`(?:\b(repo_id|model_id|model_name|model)\s*=\s*|\b(?:(\w+)\.)?(snapshot_download|hf_hub_download|from_pretrained|SentenceTransformer|CrossEncoder|load_dataset)\(\s*(?:(?:repo_id|model_name_or_path|pretrained_model_name_or_path|path)\s*=\s*)?)${QUOTE}${ID}${QUOTE}([^()]{0,300})`,
  'g',
);
const PINNED = /\brevision\s*=\s*\\?["'][0-9a-f]{40}\b/;
const DATASET = /\brepo_type\s*=\s*\\?["']dataset\b/;

/** Whether text of a script or an argument holds such a program. */
export const fetchesInPython = (text: string): boolean => FETCHES.test(text);

/** Models that a Python program fetches which a job, a script or an image build carries in its own text. `after`: rows that follow, where arguments may stand. */
export function readInlinePython(sink: Sink, text: string, lineAt: (row: number, id: string) => number, after = ''): void {
  if (text.length > MAX_PROGRAM) return;
  for (const match of [...`${text}\n${after}`.matchAll(NAMED)].slice(0, MAX_NAMED)) {
    if (match.index >= text.length) break;
    const [whole, key, , callee, id = '', rest = ''] = match;
    // A keyword on a later row is found when that row is read.
    const end = match.index + whole.length - rest.length;
    if (end > text.length + 1 && whole.slice(0, whole.length - rest.length).includes('=')) continue;
    const line = lineAt(text.slice(0, match.index).split('\n').length - 1, id);
    if (callee === 'load_dataset' || DATASET.test(rest)) {
      if (!id.includes('/') || PINNED.test(rest)) continue;
      const ref = sink.dataset(id, 'huggingface', line, callee ?? key);
      sink.observe('dataset-load', line, { loader: callee ?? 'huggingface_hub', id, hub: 'huggingface' }, ref);
      continue;
    }
    // A bare name may be anything; only a Hub library's own call knows it for a model.
    if (!id.includes('/') && callee === undefined) continue;
    const model = sink.model(
      id,
      { position: 'argument', key: 'model_id', loader: LOADERS[callee ?? ''] ?? 'huggingface_hub' },
      line,
      'program',
    );
    if (!PINNED.test(rest)) sink.hubLoad(model, line, callee ?? 'huggingface_hub');
  }
}

const LOADERS: Readonly<Record<string, string>> = {
  from_pretrained: 'transformers',
  SentenceTransformer: 'sentence-transformers',
  CrossEncoder: 'sentence-transformers',
};
