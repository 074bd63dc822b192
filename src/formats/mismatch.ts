import { incomplete } from './findings.ts';
import type { ArtifactFinding } from './format.ts';
import { PROMISES } from './extensions.ts';
import { isAppendix } from './polyglot.ts';

/** Formats that hold numbers and text only: under another's name they surprise, but run nothing. */
const INERT = new Set(['safetensors', 'gguf', 'ggml', 'npz', 'numpy', 'tflite', 'onnx', 'hdf5', 'text', 'git-lfs-pointer', 'html', 'json']);
/** Archives that no loader opens: under a model's name they were made to pass checkers (nullifAI). */
const OPAQUE = new Set(['7z', 'rar', 'ace', 'cab']);
/** Names that tell people "this cannot run code". */
const TRUSTED = new Set([
  '.safetensors',
  '.gguf',
  '.ggml',
  '.onnx',
  '.npy',
  '.tflite',
  '.h5',
  '.hdf5',
  '.json',
  '.msgpack',
  '.flax',
  '.mlmodel',
  '.pb',
  '.ubj',
  '.cbm',
]);

/**
 * A name that promises another format than the content has. `suspicious` where the name promises
 * data and the content can run code; else for information.
 */
export function nameMismatch(extension: string, ids: readonly string[]): ArtifactFinding | undefined {
  const promised = Object.hasOwn(PROMISES, extension) ? PROMISES[extension] : undefined;
  if (!promised) return undefined;
  const stray = ids.find((id) => !promised.includes(id) && id !== 'git-lfs-pointer' && !ids.some((other) => isAppendix(other, id)));
  if (stray === undefined || ids.some((id) => promised.includes(id) && INERT.has(stray))) return undefined;
  if (stray === 'zip') return incomplete('malformed', 'a zip without what its name promises', { format: 'zip', extension });
  const harmful = (TRUSTED.has(extension) && !INERT.has(stray)) || OPAQUE.has(stray);
  return {
    ruleId: 'artifact-type-mismatch',
    severity: harmful ? 'high' : 'low',
    confidence: 'high',
    ...(harmful ? { verdict: 'suspicious' as const } : {}),
    args: { extension, format: stray },
  };
}
