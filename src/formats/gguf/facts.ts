import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import type { Metadata } from './metadata.ts';
import { FILE_TYPES } from './types.ts';

const MAX_KEYS_SHOWN = 100;
const MAX_BASE_MODELS = 16;

/** `general.*` and `<architecture>.context_length` of the GGUF specification. */
export function factsOf({ values }: Metadata, draft: Draft): void {
  const text = (key: string): string | undefined => {
    const value = values.get(key);
    return typeof value === 'string' && value !== '' ? printable(value) : undefined;
  };
  const number = (key: string): number | undefined => {
    const value = values.get(key);
    return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
  };
  const list = (key: string): readonly string[] => {
    const value = values.get(key);
    return typeof value === 'object' ? value.strings.map((item) => printable(item, 60)) : [];
  };

  const architecture = text('general.architecture');
  const contextLength = architecture === undefined ? undefined : number(`${architecture}.context_length`);
  const fileType = number('general.file_type');
  const quantization = fileType === undefined ? undefined : FILE_TYPES.get(fileType);
  const tokenizer = text('tokenizer.ggml.model');
  const languages = list('general.languages');
  const tags = list('general.tags');
  draft.card = {
    ...(architecture !== undefined && { architecture }),
    ...(contextLength !== undefined && { contextLength }),
    ...(quantization !== undefined && { quantization }),
    ...(tokenizer !== undefined && { tokenizer }),
    ...(languages.length > 0 && { languages }),
    ...(tags.length > 0 && { tags }),
  };
  draft.licence = text('general.license');
  const bases = Math.min(number('general.base_model.count') ?? 0, MAX_BASE_MODELS);
  for (let i = 0; i < bases; i += 1) {
    const base = text(`general.base_model.${i}.repo_url`) ?? text(`general.base_model.${i}.name`);
    if (base !== undefined) draft.baseModels.push(base.replace(/^https?:\/\/huggingface\.co\//, ''));
  }
  for (const [fact, key] of [
    ['name', 'general.name'],
    ['sizeLabel', 'general.size_label'],
    ['quantizedBy', 'general.quantized_by'],
    ['author', 'general.author'],
  ] as const) {
    const value = text(key);
    if (value !== undefined) draft.facts[fact] = value;
  }
  const tokens = values.get('tokenizer.ggml.tokens');
  if (typeof tokens === 'object') draft.facts['vocabularySize'] = tokens.length;
  draft.facts['metadataKeys'] = [...values.keys()].slice(0, MAX_KEYS_SHOWN).map((key) => printable(key));
}
