import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import { isArray, isObject, numberAt, stringAt, type JsonObject } from '../strict-json.ts';

const CONTEXT_KEYS = [
  'max_position_embeddings',
  'n_positions',
  'n_ctx',
  'max_sequence_length',
  'seq_length',
  'max_seq_len',
  'model_max_length',
];
/** transformers writes 1e30 for "no limit". */
const MAX_CONTEXT = 1e9;

/** What config.json, tokenizer_config.json and adapter_config.json say about a model. */
export function configFacts(root: JsonObject, draft: Draft): void {
  const architectures = root.get('architectures');
  const first = isArray(architectures) ? architectures.find((item) => typeof item === 'string') : undefined;
  const architecture = typeof first === 'string' ? first : (stringAt(root, '_class_name') ?? stringAt(root, 'peft_type'));
  const family = stringAt(root, 'model_type');
  const dtype = stringAt(root, 'torch_dtype') ?? stringAt(root, 'dtype');
  const quantizationConfig = root.get('quantization_config');
  const quantization = isObject(quantizationConfig) ? stringAt(quantizationConfig, 'quant_method') : undefined;
  const text = root.get('text_config');
  const contextLength = [root, ...(isObject(text) ? [text] : [])]
    .flatMap((node) => CONTEXT_KEYS.map((key) => numberAt(node, key)))
    .find((value) => value !== undefined && value > 0 && value < MAX_CONTEXT);
  const tokenizer = stringAt(root, 'tokenizer_class');
  draft.card = {
    ...(architecture !== undefined && { architecture: printable(architecture) }),
    ...(family !== undefined && { architectureFamily: printable(family) }),
    ...(dtype !== undefined && { dtypes: [printable(dtype)] }),
    ...(quantization !== undefined && { quantization: printable(quantization) }),
    ...(contextLength !== undefined && { contextLength }),
    ...(tokenizer !== undefined && { tokenizer: printable(tokenizer) }),
  };
  const base = stringAt(root, 'base_model_name_or_path') ?? stringAt(root, 'base_model');
  if (base !== undefined && base !== '') draft.baseModels.push(printable(base, 200));
  const licence = stringAt(root, 'license');
  if (licence !== undefined) draft.licence = printable(licence);
  const version = stringAt(root, 'transformers_version') ?? stringAt(root, '_diffusers_version');
  if (version !== undefined)
    draft.facts['writer'] = `${root.has('transformers_version') ? 'transformers' : 'diffusers'} ${printable(version, 30)}`;
}
