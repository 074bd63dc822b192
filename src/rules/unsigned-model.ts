import { facts, groupBy } from './shared/facts.ts';
import { defineRule, type Hit } from './rule.ts';

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Weights of a folder are one model to a signature. */
const WEIGHTS = new Set(['safetensors', 'gguf', 'onnx', 'torch-zip', 'torch-legacy', 'torchscript', 'pickle', 'keras', 'keras-h5', 'tflite', 'tensorflow-savedmodel']);

/**
 * Hardly any model is signed today: said only where the configuration asks for signatures, once per
 * folder with weights that no signature, good or bad, covers.
 */
export const unsignedModel = defineRule({
  id: 'unsigned-model',
  check(input) {
    if (!input.policy?.requireSignatures) return [];
    // A signature by somebody whom nobody named proves nothing about the weights beside it.
    const results = input.integrity.filter((result) => result.status !== 'unverified');
    const roots = results.filter((result) => result.source === 'oms').map((result) => (result.subject === '.' ? '' : `${result.subject}/`));
    const files = new Set(results.filter((result) => result.source === 'sigstore').map((result) => result.subject));
    const weights = input.artifacts.filter((artifact) => WEIGHTS.has(artifact.format) && !files.has(artifact.path));
    return [...groupBy(weights, (artifact) => folderOf(artifact.path))].flatMap(([folder, [first, ...rest]]): Hit[] =>
      first && !roots.some((root) => folder.startsWith(root))
        ? [
            {
              location: { path: first.path },
              related: rest.map((artifact) => ({ path: artifact.path })),
              component: `artifact:${first.path}`,
              subject: folder,
              args: facts({ subject: rest.length === 0 ? first.path : folder || '.' }),
            },
          ]
        : [],
    );
  },
});
