import type { Format } from './format.ts';
import { gguf } from './gguf/index.ts';
import { hdf5 } from './hdf5/index.ts';
import { json } from './model-config/json.ts';
import { spacy } from './model-config/spacy.ts';
import { yaml } from './model-config/yaml.ts';
import { onnx } from './onnx/index.ts';
import { safetensors } from './safetensors/index.ts';
import { tensorflow } from './tensorflow/index.ts';
import { tensorflowText } from './tensorflow/text.ts';
import { template } from './template/format.ts';

/** Formats of tensors, graphs, templates and model configurations; those with magic bytes first. */
export const tensorFormats: readonly Format[] = [gguf, safetensors, hdf5, onnx, tensorflow, tensorflowText, json, yaml, spacy, template];
