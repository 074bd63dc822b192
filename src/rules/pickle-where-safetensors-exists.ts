import { facts, groupBy } from './shared/facts.ts';
import { isPickleFamily } from './shared/pickle-family.ts';
import { defineRule, type Hit } from './rule.ts';

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
/** Names that save the same weights: `pytorch_model.bin`, `model.safetensors`, shards `…-00001-of-00002`. */
const stemOf = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]+$/, '')
    .replace(/-\d{5}-of-\d{5}$/, '')
    .replace(/^(?:pytorch|diffusion_pytorch|adapter|tf|flax)_model$/, 'model')
    .toLowerCase();

export const pickleWhereSafetensorsExists = defineRule({
  id: 'pickle-where-safetensors-exists',
  check(input) {
    const directories = groupBy(input.artifacts, (artifact) => directoryOf(artifact.path));
    return [...directories.values()].flatMap((files): Hit[] => {
      const safe = files.filter((file) => file.format === 'safetensors');
      return files.filter(isPickleFamily).flatMap((file): Hit[] => {
        const twin = safe.find((other) => stemOf(other.path) === stemOf(file.path));
        if (!twin) return [];
        return [
          {
            location: { path: file.path },
            related: [{ path: twin.path }],
            component: `artifact:${file.path}`,
            args: facts({ path: file.path, twin: twin.path, format: file.format }),
          },
        ];
      });
    });
  },
});
