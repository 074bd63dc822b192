import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import type { Header } from './header.ts';

const MAX_METADATA_KEYS = 100;
const FLOATS_BELOW_16 = /^F(4|6_|8_)/;

/** Keys by which writers name the architecture: modelspec (SAI), kohya's trainers, llm-compressor. */
const ARCHITECTURE_KEYS = ['modelspec.architecture', 'architecture', 'model_type', 'ss_base_model_version'];
const LICENCE_KEYS = ['modelspec.license', 'license', 'licence'];
const BASE_MODEL_KEYS = ['base_model', 'base_model_name_or_path', 'ss_sd_model_name', 'modelspec.merged_from'];
const WRITER_KEYS = ['modelspec.sai_model_spec', 'ss_sd_scripts_commit_hash', 'software'];

const firstOf = (metadata: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const value = metadata.get(key)?.trim();
    if (value !== undefined && value !== '' && value !== 'None') return printable(value);
  }
  return undefined;
};

function quantizationOf(header: Header, dtypes: readonly string[]): string | undefined {
  const method = firstOf(header.metadata, ['quantization_config.quant_method', 'quant_method', 'quantization']);
  if (method !== undefined) return method;
  for (const { name } of header.tensors) {
    if (name.includes('.quant_state.bitsandbytes__')) return 'bitsandbytes';
    if (name.endsWith('.qweight')) return 'gptq-or-awq';
  }
  return dtypes.find((dtype) => FLOATS_BELOW_16.test(dtype));
}

export function factsOf(header: Header, draft: Draft): void {
  let elements = 0n;
  const dtypes = new Map<string, number>();
  for (const tensor of header.tensors) {
    elements += tensor.elements;
    dtypes.set(tensor.dtype, (dtypes.get(tensor.dtype) ?? 0) + 1);
  }
  const names = [...dtypes.keys()].sort();
  const quantization = quantizationOf(header, names);
  const architecture = firstOf(header.metadata, ARCHITECTURE_KEYS);
  draft.card = {
    ...(header.tensors.length > 0 && { parameterCount: Number(elements), dtypes: names }),
    ...(quantization !== undefined && { quantization }),
    ...(architecture !== undefined && { architecture }),
  };
  draft.licence = firstOf(header.metadata, LICENCE_KEYS);
  const base = firstOf(header.metadata, BASE_MODEL_KEYS);
  if (base !== undefined) draft.baseModels.push(base);
  draft.facts['tensorCount'] = header.tensors.length;
  draft.facts['metadataKeys'] = [...header.metadata.keys()].slice(0, MAX_METADATA_KEYS).map((key) => printable(key));
  const framework = firstOf(header.metadata, ['format']);
  if (framework !== undefined) draft.facts['framework'] = framework;
  const writer = firstOf(header.metadata, WRITER_KEYS);
  if (writer !== undefined) draft.facts['writer'] = writer;
}
