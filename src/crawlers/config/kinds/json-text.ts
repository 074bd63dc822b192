import { readJson } from '../readers/json.ts';
import { get, mapsOf } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** JSON inside a value or an argument; more is a document. */
const MAX_TEXT = 4000;
/** Keys of a model in the options of runtimes. */
const MODEL_KEYS = ['model', 'path', 'base_model_name', 'draft_model_path'] as const;

/**
 * Models that JSON inside a text names: `{"name": "sql", "path": "owner/name"}` of an adapter, `{"model": "owner/draft"}`
 * of speculative decoding. False where the text is no JSON.
 */
export function readJsonText(sink: Sink, text: string, line: number, symbol: string): boolean {
  const trimmed = text.trim();
  if (!/^[[{].*[\]}]$/s.test(trimmed) || trimmed.length > MAX_TEXT) return false;
  const { documents, problem } = readJson(trimmed);
  if (problem || documents.length === 0) return false;
  for (const document of documents)
    for (const { map } of mapsOf(document))
      for (const key of MODEL_KEYS) {
        const value = get(map, key);
        if (value?.kind !== 'scalar' || !/^[\w.-]+\/[\w.-]+$/.test(value.value)) continue;
        sink.hubLoad(sink.model(value.value, { position: 'argument', key: 'model' }, line, symbol), line, symbol);
      }
  return true;
}
