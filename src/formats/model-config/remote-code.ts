import type { InspectContext } from '../format.ts';
import { isStandardModule, judgeTarget } from '../python-target.ts';
import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import { isArray, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';

/**
 * A module that the loader imports to find its code. Python's own hold no models: naming them is an
 * injection. Others come with the model.
 */
export function judgeModule(key: string, module: string, name: string, context: InspectContext, draft: Draft): void {
  const target = name === '' ? module : `${module}.${name}`;
  const standing = judgeTarget(target, context);
  if (standing.kind === 'dangerous' || isStandardModule(module, context)) {
    const kind = standing.kind === 'dangerous' ? standing.category : 'standard-library';
    draft.report('dangerous-object', { key, target: printable(target), kind });
  } else draft.report('remote-code', { key, file: printable(`${module.replaceAll('.', '/')}.py`) });
}

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

/** Configurations of parts (`text_config`) name code of their own, which `from_config` loads like that of the whole. */
export function findPartCode(node: JsonObject, draft: Draft): void {
  const files = new Map(references(node.get('auto_map')).map((reference) => [reference.replace(/\.[^.]*$/, ''), reference]));
  for (const reference of files.values()) reportReference('auto_map', reference, draft);
}

/** Keys whose dotted value sentence-transformers imports and calls. */
const ACTIVATIONS: ReadonlySet<string> = new Set(['activation_function', 'activation_fn', 'sbert_ce_default_activation_function']);

/** Activations and modules that sentence-transformers imports by their names. Its own and those of torch are known. */
export function findImportedNames(node: JsonObject, context: InspectContext, draft: Draft): void {
  const types = node.has('structure') ? node.get('types') : undefined;
  const named = [...node].filter(([key]) => ACTIVATIONS.has(key)).concat(isObject(types) ? [...types] : []);
  // Other libraries have settings of that name: `nn.ReLU` imports nothing there.
  const imports = isObject(types) || node.has('in_features') || node.has('version');
  for (const [key, value] of named) {
    if (typeof value !== 'string' || !/^[A-Za-z_]\w*(?:\.\w+)+$/.test(value) || /^(?:torch|sentence_transformers)\./.test(value)) continue;
    const [module, name] = [value.slice(0, value.lastIndexOf('.')), value.slice(value.lastIndexOf('.') + 1)];
    if (imports || isStandardModule(module, context)) judgeModule(key, module, name, context, draft);
  }
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
  const adapted = root.get('auto_mapping');
  if (isObject(adapted)) findAdaptedClass(adapted, context, draft);
  if (root.has('_diffusers_version') || root.has('_class_name')) findPipelineCode(root, context, draft);
}

/** PEFT imports `parent_library` and takes `base_model_class` from it. */
function findAdaptedClass(mapping: JsonObject, context: InspectContext, draft: Draft): void {
  const [library, name] = [stringAt(mapping, 'parent_library'), stringAt(mapping, 'base_model_class')];
  if (library === undefined || name === undefined) return;
  if (judgeTarget(`${library}.${name}`, context).kind === 'dangerous' || isStandardModule(library, context))
    judgeModule('auto_mapping', library, name, context, draft);
}

/** model_index.json: `component: [library, class]`; a library that is none is a Python file beside it. */
function findPipelineCode(root: JsonObject, context: InspectContext, draft: Draft): void {
  const libraries = context.knowledge.get(vocabularySection).names('python', 'pipelineLibraries');
  for (const [component, value] of root) {
    if (component.startsWith('_') || !isArray(value) || value.length !== 2) continue;
    const [library, name] = value;
    // Other settings are pairs of words as well: a module is in small letters, and a class is not.
    if (typeof library !== 'string' || typeof name !== 'string' || !/^[a-z_][\w.]*$/.test(library)) continue;
    if (libraries.has(library.split('.')[0] ?? '') || isPipelineModule(library)) continue;
    if (/^_*[A-Z]/.test(name) || isStandardModule(library, context)) judgeModule(component, library, name, context, draft);
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
