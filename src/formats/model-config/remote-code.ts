import type { InspectContext } from '../format.ts';
import { printable, type Draft } from '../reading.ts';
import { isArray, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';
import { vocabularySection } from '../vocabulary.ts';

/** `modeling_x.Class`, or `owner/name--modeling_x.Class` for code of another repository. */
function reportReference(key: string, reference: string, draft: Draft): void {
  const [repository, local] = reference.includes('--')
    ? [reference.slice(0, reference.indexOf('--')), reference.slice(reference.indexOf('--') + 2)]
    : [undefined, reference];
  const module = local.split('.').slice(0, -1).join('/') || local;
  draft.report('remote-code', {
    key,
    file: printable(`${module}.py`),
    ...(repository !== undefined && { repository: printable(repository) }),
  });
}

function references(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (isArray(value)) return value.flatMap(references);
  if (isObject(value)) return [...value.values()].flatMap(references);
  return [];
}

/** Files of Python code that transformers and diffusers load with `trust_remote_code`. */
export function findRemoteCode(root: JsonObject, context: InspectContext, draft: Draft): void {
  const seen = new Set<string>();
  for (const key of ['auto_map', 'custom_generate']) {
    for (const reference of references(root.get(key))) {
      const file = reference.replace(/\.[^.]*$/, '');
      if (!seen.has(file)) reportReference(key, reference, draft);
      seen.add(file);
    }
  }
  const pipelines = root.get('custom_pipelines');
  if (isObject(pipelines)) {
    for (const pipeline of pipelines.values()) {
      const implementation = isObject(pipeline) ? stringAt(pipeline, 'impl') : undefined;
      if (implementation !== undefined) reportReference('custom_pipelines', implementation, draft);
    }
  }
  if (root.get('trust_remote_code') === true)
    draft.report('remote-code', { key: 'trust_remote_code', file: '' }, { verdict: null, confidence: 'medium' });
  if (root.has('_diffusers_version')) findPipelineCode(root, context, draft);
}

/** model_index.json: `component: [library, class]`; a library that is none is a Python file beside it. */
function findPipelineCode(root: JsonObject, context: InspectContext, draft: Draft): void {
  const libraries = context.knowledge.get(vocabularySection).names('python', 'pipelineLibraries');
  for (const [component, value] of root) {
    if (component.startsWith('_') || !isArray(value) || value.length !== 2) continue;
    const [library] = value;
    if (typeof library === 'string' && !libraries.has(library.split('.')[0] ?? '') && !isPipelineModule(library)) {
      draft.report('remote-code', { key: component, file: printable(`${library}.py`) });
    }
  }
  const pipeline = root.get('_class_name');
  if (isArray(pipeline) && typeof pipeline[0] === 'string')
    draft.report('remote-code', { key: '_class_name', file: printable(`${pipeline[0]}.py`) });
}

/** Modules inside diffusers itself: `stable_diffusion`, `paint_by_example`, `deprecated`. */
const isPipelineModule = (name: string): boolean =>
  /^(?:stable_diffusion\w*|paint_by_example|latent_diffusion|versatile_diffusion|kandinsky\w*|wuerstchen|stable_cascade|flux|audioldm\w*|musicldm|shap_e|unidiffuser|deepfloyd_if|deprecated|pipeline_\w+|controlnet\w*|unclip|alt_diffusion|spectrogram_diffusion|marigold|ltx\w*|hunyuan\w*|cogvideo\w*|sana|lumina\w*|qwenimage|wan)$/.test(
    name,
  );
