import { LimitError, ParseError } from '../../core/errors.ts';
import { escapes } from '../external-path.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { isKerasConfig, kerasFacts, walkKeras } from '../keras/walk.ts';
import type { Draft } from '../draft.ts';
import { baseName, defineReader, hasExtension, printable, spend } from '../reading.ts';
import { decodeJson, decodeStart, isArray, isObject, parseJson, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';
import { treeModelFacts } from '../tree-models/json.ts';
import { configFacts } from './facts.ts';
import { findRemoteCode, judgeModule } from './remote-code.ts';
import { walkConfig } from './walk.ts';

/** tokenizer.json of the largest vocabularies has 35 MB, XGBoost models more. */
const MAX_JSON = 64 * 1024 * 1024;
/** Names under which a broken file is a broken model configuration, not just text. */
const MODEL_FILES =
  /^(?:(?:.*[-_.])?(?:config|tokenizer|tokenizer_config|chat_template|processor_config|preprocessor_config|generation_config|adapter_config|model_index|special_tokens_map|modules|schema|metadata|model)\.json|.*\.safetensors\.index\.json)$/;

/** Keys with which only models begin: a document with one of them that breaks off is a broken model. */
const MODEL_KEYS =
  /"(?:learner|class_name|oblivious_trees|tree_info|auto_map|model_type|architectures|chat_template|added_tokens|__loader__)"\s*:/;
const MODEL_HEAD = 4096;

const isModelConfig = (root: JsonObject): boolean =>
  [
    'model_type',
    'architectures',
    'auto_map',
    'tokenizer_class',
    'chat_template',
    'processor_class',
    'peft_type',
    'base_model_name_or_path',
    '_class_name',
    'transformers_version',
    'image_processor_type',
    'feature_extractor_type',
    '_from_model_config',
  ].some((key) => root.has(key));

/** sentence-transformers' modules.json: a list of `{idx, name, path, type}`. */
function judgeModules(items: readonly JsonValue[], context: InspectContext, draft: Draft): void {
  for (const item of items) {
    if (!isObject(item) || !item.has('idx')) continue;
    const path = stringAt(item, 'path') ?? '';
    if (escapes(path)) draft.report('external-reference', { problem: 'module', target: printable(path) });
    const type = stringAt(item, 'type');
    if (type !== undefined && !type.startsWith('sentence_transformers.'))
      judgeModule('type', type.split('.').slice(0, -1).join('.') || type, type.split('.').at(-1) ?? '', context, draft);
  }
}

/** `*.index.json` of a sharded checkpoint: loaders join the names of the shards to the folder of the model. */
function judgeShards(root: JsonObject, draft: Draft): void {
  const map = root.get('weight_map');
  if (!isObject(map)) return;
  const places = new Set([...map.values()].filter((place) => typeof place === 'string'));
  for (const place of places) if (escapes(place)) draft.report('external-reference', { problem: 'shard', target: printable(place) });
}

/** TensorFlow.js joins the paths of its manifest to the address of the model. */
function judgeManifest(root: JsonObject, draft: Draft): void {
  const groups = root.get('weightsManifest');
  if (!isArray(groups)) return;
  for (const group of groups) {
    const paths = isObject(group) ? group.get('paths') : undefined;
    for (const place of isArray(paths) ? paths : [])
      if (typeof place === 'string' && escapes(place)) draft.report('external-reference', { problem: 'shard', target: printable(place) });
  }
}

/** TorchServe's MAR-INF/MANIFEST.json: the server joins these names to the folder of the unpacked archive. */
function judgeServing(root: JsonObject, draft: Draft): void {
  const model = root.get('model');
  if (!isObject(model) || !model.has('handler')) return;
  for (const key of ['handler', 'modelFile', 'serializedFile', 'extensions', 'requirementsFile', 'configFile']) {
    const file = stringAt(model, key);
    if (file !== undefined && escapes(file)) draft.report('external-reference', { problem: 'serving', key, target: printable(file) });
  }
}

/** Judges a parsed configuration and names the format that its content shows. */
export async function judgeDocument(value: JsonValue, path: string, context: InspectContext, draft: Draft): Promise<void> {
  const root = isObject(value) ? value : undefined;
  if (root && isKerasConfig(root)) {
    draft.format = 'keras-config';
    kerasFacts(root, draft);
  } else if (root && isModelConfig(root)) {
    draft.format = 'model-config';
    configFacts(root, draft);
  } else if (root && treeModelFacts(root, draft)) return walkConfig(value, path, context, draft);
  else if (root?.has('__loader__') && root.has('protocol')) draft.format = 'skops-schema';
  if (root) {
    findRemoteCode(root, context, draft);
    judgeShards(root, draft);
    judgeManifest(root, draft);
    judgeServing(root, draft);
  }
  if (isArray(value)) judgeModules(value, context, draft);
  walkKeras(value, context, draft);
  await walkConfig(value, path, context, draft);
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const { reader, path } = input;
  draft.certain = MODEL_FILES.test(baseName(path));
  if (reader.size > MAX_JSON)
    throw draft.certain
      ? new LimitError('json-size', `JSON of ${reader.size} bytes is over the limit of ${MAX_JSON}`)
      : new ParseError('too large for a configuration');
  const bytes = await reader.read(0, reader.size);
  spend(context, Math.ceil(bytes.length / 64));
  let text: string;
  try {
    text = decodeJson(bytes);
  } catch (error) {
    if (!draft.certain) throw error;
    text = Buffer.from(bytes).toString('latin1');
    draft.report('incomplete-artifact', { reason: 'malformed', detail: 'not UTF-8' });
  }
  try {
    const { value, duplicates, controls } = parseJson(text, { lenient: true });
    draft.certain = true;
    if (!isObject(value) && !isArray(value)) throw new ParseError('no JSON object');
    await judgeDocument(value, path, context, draft);
    if (controls && draft.format !== 'json')
      draft.report('incomplete-artifact', { reason: 'malformed', detail: 'control character in a JSON string' });
    const root = isObject(value) ? value : undefined;
    if (duplicates.length > 0 && root && draft.format !== 'json') {
      draft.report('malformed-artifact', { problem: 'duplicate-key', key: duplicates[0] ?? '' });
      await judgeText(text, context, draft);
    }
  } catch (error) {
    if (MODEL_KEYS.test(text.slice(0, MODEL_HEAD))) draft.certain = true;
    // Damaged configurations are still searched: some readers are more forgiving than ours.
    if (error instanceof ParseError || error instanceof LimitError) await judgeText(text, context, draft);
    throw error;
  }
}

const DEEP = 2000;

/** Strings and objects of JSON that cannot be parsed: every `{"class_name": …}` that parses on its own. */
export async function judgeText(text: string, context: InspectContext, draft: Draft): Promise<void> {
  let attempts = 0;
  for (const match of text.matchAll(/\{\s*"(?:class_name|module|registered_name|_target_|py\/\w+|chat_template)"/g)) {
    if (++attempts > DEEP) return;
    const end = balancedEnd(text, match.index);
    spend(context, Math.ceil((end - match.index) / 2) + 1);
    try {
      const { value } = parseJson(text.slice(match.index, end), { lenient: true });
      walkKeras(value, context, draft);
      await walkConfig(value, 'fragment', context, draft);
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof LimitError)) throw error;
    }
  }
}

const MAX_FRAGMENT = 1 << 20;

function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let quoted = false;
  const limit = Math.min(text.length, start + MAX_FRAGMENT);
  for (let at = start; at < limit; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === '{') depth += 1;
    else if (!quoted && char === '}' && --depth === 0) return at + 1;
  }
  return limit;
}

const FIRST = /^[\ufeff\s]*[[{]/;

export const json = defineReader({
  id: 'json',
  extensions: ['.json'],
  matches: ({ head, path }) => {
    if (hasExtension(path, '.ipynb')) return 'no';
    return FIRST.test(decodeStart(head.subarray(0, 256))) ? 'maybe' : 'no';
  },
  read,
});
