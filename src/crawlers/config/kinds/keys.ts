import { isCommit } from '../../../core/commit.ts';
import { HUB_ID } from '../../../knowledge/models/hub-id.ts';
import { foldKey } from '../../../knowledge/config.ts';
import { datasetsSection } from '../../../knowledge/datasets.ts';
import { detectSection } from '../../../knowledge/detect.ts';
import { get, itemsOf, textOf, type ConfigNode, type MapEntry, type MapNode, type ScalarNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { readModelArguments } from './model-arguments.ts';
import { IMAGE_KEYS } from './image-reference.ts';
import { readDatasetEntry } from './datasets.ts';
import { readHubUrl, startsEngine } from './engines.ts';
import { readEnvironment, readMention } from './environment.ts';
import { readHubId } from './hub-ids.ts';
import { readJsonText } from './json-text.ts';
import { scopeOf, topScope, type WalkScope } from './scope.ts';
import { readWhisperSize } from './whisper.ts';
import { COMPONENT } from './torchtune.ts';
import { isEnvName, isOn, mentionedNames, withDefaults } from './values.ts';

/** A list of more maps than this at the top of a file is a data set, not configuration. */
const MAX_RECORDS = 40;
const BELOW_MODEL = new Set([
  'name',
  'id',
  'path',
  'default',
  'value',
  'model',
  'modelname',
  'modelid',
  'primary',
  'fallback',
  'repo',
  'repoid',
  'nameorpath',
  'modelnameorpath',
  'hfid',
  'hfmodelid',
  'url',
  'uri',
  'main',
  'pull',
  'run',
  'create',
  'chat',
  'completion',
  'embedding',
  'embeddings',
  'small',
  'large',
  'fast',
  'research',
  'vision',
  'text',
  'image',
  'rerank',
]);

/** Keys that name models, providers, URLs, stores and data sets, in any nested configuration. */
export function readKeys(sink: Sink, root: ConfigNode): void {
  if (root.kind === 'list' && root.items.length > MAX_RECORDS) return;
  if (root.kind === 'map' && root.entries.some(({ key }) => key === 'openapi' || key === 'swagger' || key === 'asyncapi')) return;
  walk(sink, root, topScope, undefined);
}

function walk(sink: Sink, node: ConfigNode, outer: WalkScope, parentKey: string | undefined): void {
  if (node.kind === 'list') {
    if (
      node.items.length > MAX_RECORDS &&
      node.items.every((item) => item.kind === 'map') &&
      outer.path.length < 2 &&
      !sink.models.keys.read(parentKey ?? '')
    )
      return;
    for (const item of node.items) walk(sink, item, outer, parentKey);
    return;
  }
  if (node.kind !== 'map' || isSchema(node)) return;
  if (isOff(node) || isReply(node)) return;
  const scope = scopeOf(sink, node, outer);
  readParameter(sink, node, scope);
  for (const entry of node.entries) readEntry(sink, entry, node, scope, parentKey);
}

/** `{name: "model", value: "whisper-1"}`: a parameter of a request that an automation sends. */
function readParameter(sink: Sink, map: MapNode, scope: WalkScope): void {
  const value = get(map, 'value');
  const name = value?.kind === 'scalar' && value.type === 'string' ? textOf(get(map, 'name') ?? get(map, 'key')) : undefined;
  if (name === undefined || value?.kind !== 'scalar') return;
  if (foldKey(name) === 'trustremotecode' && isOn(value.value)) sink.observe('remote-code-switch', value.line, { via: name });
  // `{key: GROQ_MODEL, value: …}`: variables as Render writes them; those with a `name` are read as containers' are.
  if (isEnvName(name) && get(map, 'name') === undefined) readEnvironment(sink, name, value.value, value.line, scope.provider);
  if (isEnvName(name) || !sink.models.keys.read(name)) return;
  sink.model(value.value, { position: 'key', key: name, provider: scope.provider, ai: scope.ai }, value.line, name);
}

/** A description of values, not values: JSON Schema and OpenAPI objects. */
const isSchema = (map: MapNode): boolean =>
  map.entries.some(({ key }) => key === 'properties' || key === 'anyOf' || key === '$ref') &&
  map.entries.some(({ key, value }) => key === '$ref' || (key === 'type' && /^(?:object|string|array)$/.test(textOf(value) ?? '')));

/** `enabled: false`: what stands below is not used. */
const isOff = (map: MapNode): boolean =>
  map.entries.some(
    ({ key, value }) =>
      (/^enabled?$/i.test(key) && /^(?:false|no|off)$/i.test(textOf(value) ?? '')) || (/^disabled$/i.test(key) && textOf(value) === 'true'),
  );

/** Ids that services give to their answers (OpenAI, Anthropic, OpenRouter). */
const REPLY_ID = /^(?:chatcmpl-|resp_[0-9a-f]{8}|msg_[0-9A-Za-z]{16}|gen-\d{8})/;
/** A recorded answer, or a message with the data of one: its model is told, not asked for. */
const isReply = (map: MapNode): boolean =>
  map.entries.some(({ value }) =>
    value.kind === 'map' ? value.entries.some((inner) => REPLY_ID.test(textOf(inner.value) ?? '')) : REPLY_ID.test(textOf(value) ?? ''),
  );

function readEntry(sink: Sink, entry: MapEntry, map: MapNode, scope: WalkScope, parentKey: string | undefined): void {
  const { key, value } = entry;
  const path = [...scope.path, key];
  const folded = foldKey(key);
  if (value.kind === 'scalar') {
    readScalar(sink, key, value, scope, parentKey, map);
    return;
  }
  if (sink.config.descriptiveKeys.has(folded)) return;
  readDatasetEntry(sink, entry, map, parentKey);
  if (value.kind === 'list') {
    const model = sink.models.keys.read(keyText(sink, key, parentKey));
    for (const item of itemsOf(value)) {
      if (item.kind === 'scalar' && model)
        sink.model(
          withDefaults(item.value).text ?? '',
          { position: 'key', key: keyText(sink, key, parentKey), provider: scope.provider, ai: scope.ai },
          item.line,
          key,
        );
      else if (item.kind === 'scalar') readText(sink, item.value, item.line, key);
    }
  } else if (sink.config.vectorKeys.has(folded)) readVectorBlock(sink, value, key);
  walk(sink, value, { ...scope, path, provider: scope.provider, ai: scope.ai || sink.models.keys.read(key)?.strength === 'strong' }, key);
}

/** `name` below `model:` or `embedding:` is read as the key of its parent. */
function keyText(sink: Sink, key: string, parentKey: string | undefined): string {
  if (parentKey !== undefined && BELOW_MODEL.has(foldKey(key)) && sink.models.keys.read(parentKey)) return parentKey;
  return parentKey === undefined ? key : `${parentKey}.${key}`;
}

function readScalar(sink: Sink, key: string, node: ScalarNode, scope: WalkScope, parentKey: string | undefined, map: MapNode): void {
  const folded = foldKey(key);
  if (folded === 'trustremotecode' && isOn(node.value)) sink.observe('remote-code-switch', node.line, { via: key });
  if (node.type !== 'string' && node.type !== 'number') return;
  const { line } = node;
  if (folded === 'modelargs') readModelArguments(sink, node.value, line, key);
  // `model_args: {pretrained: owner/name}`
  if (folded === 'pretrained' && foldKey(parentKey ?? '') === 'modelargs') {
    const revision = textOf(get(map, 'revision'));
    readModelArguments(sink, `pretrained=${node.value}${revision === undefined ? '' : `,revision=${revision}`}`, line, key);
  }
  const { text, variable } = withDefaults(node.value);
  const path = [...scope.path, key].join('.');
  if (isEnvName(key) && key.includes('_')) {
    readEnvironment(sink, key, node.value, line, scope.provider);
    return;
  }
  sink.setting(path, text ?? '', 'key', line);
  if (variable !== undefined && text !== undefined) sink.setting(variable, text, 'env', line);
  readText(sink, node.value, line, key);
  const { config, providers, stores } = sink;
  // A property that the environment gives its value to is set all the same: `spring.ai.openai.api-key=${MY_KEY}`.
  const set = node.type === 'string' && (text === undefined ? variable !== undefined : text !== '');
  const property = set ? providers.byProperty(path) : undefined;
  if (property !== undefined) sink.service(property, line, path, { confidence: 'medium' });
  const storeProperty = set ? stores.byProperty(path) : undefined;
  if (storeProperty !== undefined) sink.store(storeProperty, line, path);
  if (text === undefined || text === '' || node.type === 'number') return;
  if (readHubUrl(sink, text, line, key)) return;
  if (config.urlKeys.has(folded) && !/^https?:/i.test(text)) sink.url(text, line, key);
  if (
    config.urlKeys.has(folded) &&
    (scope.ai || property !== undefined) &&
    /^https?:\/\//i.test(text) &&
    providers.byUrl(text) === undefined
  )
    sink.endpoint(text, line, key, property ?? scope.provider);
  readProvider(sink, folded, key, text, line, scope, parentKey, map);
  if (JAVA_CLASS.test(text)) readClass(sink, text, line, key);
  if (PYTHON_NAME.test(text)) readBuilder(sink, text, line, key);
  if (config.vectorKeys.has(folded)) {
    const store = stores.byWord(text);
    if (store) sink.store(store.slug, line, key);
  }
  readDatasetEntry(sink, { key, value: node, line }, map, parentKey);
  if (isDatasetRepo(folded, map, scope) || isContainer(key, map)) return;
  if (JSON_KEY.test(folded) && readJsonText(sink, text, line, key)) return;
  // `model_type` of a checkpointer of torchtune is an architecture.
  if (folded === 'modeltype' && get(map, COMPONENT)) return;
  if (readWhisperSize(sink, path, text, line) || readHubId(sink, folded, text, line, key, map, scope.path)) return;
  const name = keyText(sink, key, parentKey);
  if (!sink.models.keys.read(name)) {
    // `{name: gpt-4o, provider: openai, url: …}`: the entry of a list of models.
    const entry = folded === 'name' || folded === 'id';
    const listed = entry && map.entries.some((other) => config.sureProviderKeys.has(foldKey(other.key)));
    // `{id: Qwen/Qwen2.5-3B-Instruct, min_vram_gb: 8}`: a model's name under its maker's own.
    if (entry && sink.models.isOrg(HUB_ID.exec(text)?.[1] ?? '') && !isOfData(sink, text, map, scope))
      sink.model(text, { position: 'string', key: 'model' }, line, key);
    else if (listed && scope.provider !== undefined)
      sink.model(text, { position: 'string', key: 'model', provider: scope.provider }, line, key);
    return;
  }
  if (isGatewayName(folded, map) || (folded === 'id' && isOfData(sink, text, map, scope))) return;
  const symbol = name === parentKey ? `${parentKey}.${key}` : key;
  const engine = startsEngine(map, scope);
  const provider = engine ? undefined : (property ?? scope.provider);
  const found = sink.model(text, { position: 'key', key: name, provider, ai: scope.ai }, line, symbol);
  if (engine && !isCommit(textOf(get(map, 'revision')))) sink.hubLoad(found, line, scope.provider ?? symbol);
  if (found && scope.provider !== undefined && scope.path.length > 0 && providers.byBlock(scope.path.at(-1) ?? '') === scope.provider)
    sink.service(scope.provider, line, scope.path.at(-1), { confidence: 'medium' });
  if (
    found?.provider !== undefined &&
    found.provider !== scope.provider &&
    found.origin === 'api' &&
    // `openai/` before a model at somebody's own URL says how to ask, not whom.
    !(scope.elsewhere && found.provider === 'openai') &&
    routesTo(sink, found.name, found.provider)
  )
    sink.service(found.provider, line, key, { confidence: 'medium' });
  if (found?.provider === 'aws-bedrock' && found.origin === 'api') sink.service('aws-bedrock', line, key);
}

/** A maker's data set, by its own name or by what stands around it: `tasks: {boolq: {fallback: [{id: google/boolq}]}}`. */
const isOfData = (sink: Sink, text: string, map: MapNode, scope: WalkScope): boolean =>
  sink.knowledge.get(datasetsSection).find(text) !== undefined ||
  map.entries.some(({ key }) => sink.config.datasetContext.has(foldKey(key))) ||
  scope.path.some((key) => /^(?:tasks?|evals?|evaluations?|benchmarks?|data_?sets?)$/i.test(key));

/** Options of runtimes that hold JSON: `speculative-config`, `lora-modules`. */
const JSON_KEY = /^(?:speculativeconfig|loramodules|lorapaths)$/;

const JAVA_CLASS = /^[a-z]\w{1,30}(?:\.[a-z]\w{0,40}){2,8}\.[A-Z]\w{2,80}$/;
/** `embedding-model.provider = dev.langchain4j.….AllMiniLmL6V2EmbeddingModel`: a class that carries its model. */
function readClass(sink: Sink, path: string, line: number, key: string): void {
  for (const { model } of sink.knowledge.get(detectSection).match('java', path))
    if (model?.default !== undefined) sink.model(model.default, { position: 'argument', key: 'embedding_model' }, line, key);
}

const PYTHON_NAME = /^[a-z]\w{1,40}(?:\.[a-z]\w{0,40}){1,6}\.[A-Za-z]\w{2,80}$/;
/** `backbone: tensorflow.keras.applications.MobileNetV2`: a function that the program imports by its path, named for the model that it builds. */
function readBuilder(sink: Sink, path: string, line: number, key: string): void {
  for (const { model, given } of sink.knowledge.get(detectSection).match('python', path)) {
    // Where weights are asked for by an argument, the path does not say whether there are any.
    if (model?.callee !== true || given !== undefined) continue;
    const name = path.slice(path.lastIndexOf('.') + 1);
    sink.addModel({ name, origin: 'library', confidence: 'medium', ...(model.role && { role: model.role }) }, line, key);
  }
}

/** `groq/llama-3`, `gemini/gemini-pro`: the prefix says whom the gateway asks. */
function routesTo({ providers }: Sink, name: string, provider: string): boolean {
  const prefix = /^([\w.-]{1,40})\//.exec(name)?.[1]?.toLowerCase();
  return prefix === provider || (prefix !== undefined && providers.byWord(prefix) === provider);
}

/** LiteLLM: `model_name` is what a gateway calls the model that `litellm_params` names. */
const isGatewayName = (folded: string, map: MapNode): boolean => {
  const model = folded === 'modelname' ? textOf(get(get(map, 'litellm_params'), 'model')) : undefined;
  return model !== undefined && !/^(?:azure|azure_ai|custom|os\.environ)\//.test(model);
};

/** What stands beside the image of a container. */
const OF_CONTAINERS = new Set(
  'build command entrypoint args ports expose volumes volumemounts environment env envfrom containername dependson networks restart imagepullpolicy resources healthcheck deploy'.split(
    ' ',
  ),
);
/** `image` of a service that is called `text-embedding`. */
const isContainer = (key: string, map: MapNode): boolean =>
  IMAGE_KEYS.some((image) => image === key) && map.entries.some((other) => OF_CONTAINERS.has(foldKey(other.key)));

const REPO_KEY = /^(?:hf|hub|huggingface)?(?:repo|repoid|repositoryid|id|name|path)$/;

/** `repo_id` below `dataset:` or beside `repo_type: dataset` is a data set's. */
const isDatasetRepo = (folded: string, map: MapNode, scope: WalkScope): boolean =>
  REPO_KEY.test(folded) &&
  (scope.path.some((key) => /datasets?(?:$|[^a-z])/i.test(key)) ||
    map.entries.some((entry) => foldKey(entry.key) === 'repotype' && /^datasets?$/i.test(textOf(entry.value) ?? '')));

function readProvider(
  sink: Sink,
  folded: string,
  key: string,
  text: string,
  line: number,
  scope: WalkScope,
  parentKey: string | undefined,
  map: MapNode,
): void {
  const sure = sink.config.sureProviderKeys.has(folded);
  // A file's own `name` names the file's subject.
  const beside = sink.config.besideProviderKeys.has(folded) && (folded !== 'name' || parentKey !== undefined);
  if ((!sure && !beside) || scope.provider === undefined) return;
  const named = sure ? sink.providers.byWord(text.split('/')[0] ?? text) : sink.providers.byBlock(text);
  if (named === undefined) return;
  const aiBlock =
    map.entries.some((entry) => sink.models.keys.read(entry.key) !== undefined && entry.key !== key) ||
    scope.ai ||
    /llm|embed|model|chat|rerank|agent|ai$/i.test(parentKey ?? '') ||
    /llm|embed|model|rerank/.test(folded);
  if (aiBlock) sink.service(named, line, key, { confidence: named === scope.provider ? 'high' : 'medium' });
}

/** What a value says wherever it stands: an API's URL (alone or in `Endpoint=…;Key=…`), the name of a credential. */
function readText(sink: Sink, value: string, line: number, key: string): void {
  if (value.length > 300) return;
  const url = /^(?:endpoint=)?((?:https?|wss?):\/\/[^\s;"']+)/i.exec(value.trim())?.[1];
  if (url !== undefined) sink.url(url, line, key);
  else for (const name of mentionedNames(value)) readMention(sink, name, line);
}

function readVectorBlock(sink: Sink, node: ConfigNode, key: string): void {
  if (node.kind !== 'map') return;
  for (const entry of node.entries) {
    const text = textOf(entry.value);
    if (text !== undefined && sink.config.vectorTypeKeys.has(foldKey(entry.key))) {
      const store = sink.stores.byWord(withDefaults(text).text ?? '');
      if (store) sink.store(store.slug, entry.line, `${key}.${entry.key}`);
    } else if (entry.value.kind === 'map') {
      const store = sink.stores.byWord(entry.key);
      if (store?.vector_only) sink.store(store.slug, entry.line, `${key}.${entry.key}`);
    }
  }
}
