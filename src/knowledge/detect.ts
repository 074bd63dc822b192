import { defineSection } from './section.ts';
import { compileDetect } from './detect/compile.ts';
import { indexDetect, type DetectIndex } from './detect/index.ts';
import type { DetectAsset } from './detect/shapes.ts';

export type { DetectIndex } from './detect/index.ts';
export type { ArgSpec, DetectRule } from './detect/shapes.ts';

/** What calls in source code mean: `rules/detect` and the clients of the provider and store catalogues. */
export const detectSection = defineSection<DetectAsset, DetectIndex>({
  id: 'detect',
  sources: [
    'detect',
    'catalog/providers/providers.yaml',
    'catalog/vector-stores/stores.yaml',
    'catalog/models/pretrained.yaml',
    'catalog/datasets/datasets.yaml',
    'catalog/infra/constructs.yaml',
  ],
  compile: compileDetect,
  index: indexDetect,
});
