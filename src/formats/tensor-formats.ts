import type { Format } from './format.ts';
import { gguf } from './gguf/index.ts';
import { safetensors } from './safetensors/index.ts';
import { template } from './template/format.ts';

/** Formats of tensors, graphs, templates and model configurations; most certain first. */
export const tensorFormats: readonly Format[] = [gguf, safetensors, template];
