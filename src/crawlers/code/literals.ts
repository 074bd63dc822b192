import type { LiteralFact } from '../../lang/facts.ts';
import { modelsSection, recogniseModel, type RecognisedModel } from '../../knowledge/models.ts';
import { modelInUrl } from '../../knowledge/models/urls.ts';
import type { Unit } from '../../resolve/unit.ts';
import { Sink } from '../config/sink.ts';
import type { Declared } from './declared.ts';
import { CRAWLER, isTest, observe, occurrence, placeIn, type Context } from './context.ts';
import { isModelConstant, HUB_CACHE, isImageReference, MODEL_KEY, runtimeOf, SERVER_KEY } from './interest.ts';
import { addService, endpointOf, providerAt } from './services.ts';
import { weightsAt } from '../config/kinds/weights.ts';
import type { ModelComponent } from '../../core/component.ts';

/** Strings that say by themselves what they are: model ids at keys, URLs of AI services. */
export function detectLiterals(context: Context, units: readonly Unit[]): void {
  const { tables } = context;
  const datasets = hubDatasets(context);
  const isAddress = ({ role, value }: LiteralFact): boolean => role === 'variable' || /^https?:/i.test(value);
  // A bare name is believed by the services that the program talks to, wherever their addresses stand.
  for (const unit of units)
    for (const literal of unit.facts.literals) {
      if (!isAddress(literal)) continue;
      if (literal.role === 'variable') detectVariable(context, unit, literal);
      else detectUrl(context, unit, literal);
    }
  for (const unit of units)
    for (const literal of unit.facts.literals) {
      if (isAddress(literal)) continue;
      if (isImageReference(literal.value, literal.key ?? literal.callee?.split('.').at(-1))) detectImage(context, unit, literal);
      else if (HUB_CACHE.test(literal.value)) detectCached(context, unit, literal);
      // What a unit test compares, mocks or routes is no model of the product; its calls are seen as calls.
      else if (
        !isTest(unit) &&
        !datasets.has(literal.value.toLowerCase()) &&
        !tables.isAlias(unit, literal.value) &&
        !tables.isTitle(unit, literal.line, literal.value)
      )
        detectName(context, unit, literal);
    }
}

/** `owner/name` of data sets on the Hub: a `repo_id` of one is no model. */
function hubDatasets(context: Context): ReadonlySet<string> {
  const found = [...context.components, ...context.project.found.flatMap((discovery) => discovery.components ?? [])];
  return new Set(
    found.flatMap((component) =>
      component.kind === 'dataset' && component.origin === 'huggingface' && component.name.includes('/')
        ? [component.name.toLowerCase()]
        : [],
    ),
  );
}

/** What a program looks for in the cache of the Hub's client was fetched from the Hub. */
function detectCached(context: Context, unit: Unit, { value, line, column }: LiteralFact): void {
  const [, kind, owner = '', repo = ''] = HUB_CACHE.exec(value) ?? [];
  if (isTest(unit)) return;
  const name = `${owner}/${repo}`;
  const occurrences = [occurrence(placeIn(unit, line, column), 'hub cache', 'high')];
  if (kind === 'datasets') context.components.push({ kind: 'dataset', name, origin: 'huggingface', occurrences });
  else {
    const found = recogniseModel(context.knowledge, name, { position: 'argument', key: 'repo_id' });
    if (found)
      context.components.push({ kind: 'model', name, origin: 'huggingface', occurrences, ...(found.family && { family: found.family }) });
  }
}

/** `add_argument("--image", default="vllm/vllm-openai:v0.6")` */
export function detectOptionImages(context: Context, options: readonly Declared[]): void {
  for (const { name, option } of options) {
    const { fallback, unit } = option;
    if (fallback.kind === 'string' && isImageReference(fallback.value, name.replaceAll('-', '_'))) detectImage(context, unit, fallback);
  }
}

/** An AI image, by the catalogue alone: what else a program calls an image is none of ours. */
function detectImage(context: Context, unit: Unit, literal: Pick<LiteralFact, 'value' | 'line'>): void {
  if (isTest(unit)) return;
  const sink = new Sink(unit.path, context.knowledge, CRAWLER);
  if (!sink.catalogued(literal.value, literal.line, 'code')) return;
  context.components.push(...(sink.facts?.components ?? []));
  context.observations.push(...(sink.facts?.observations ?? []));
}

/** A program that asks the environment for the address of a runtime talks to it. */
function detectVariable(context: Context, unit: Unit, { value, line, column }: LiteralFact): void {
  const provider = runtimeOf(context.providers, value);
  if (provider !== undefined && !isTest(unit)) addService(context, provider, placeIn(unit, line, column), value, false);
}

function detectUrl(context: Context, unit: Unit, literal: LiteralFact): void {
  if (literal.value === 'http://') {
    // Addresses of weights are rewritten to it.
    if (!isTest(unit))
      observe(context, 'download', placeIn(unit, literal.line, literal.column), { url: literal.value, via: literal.key, digest: false });
    return;
  }
  const endpoint = endpointOf(literal.value);
  const at = endpoint && providerAt(context, endpoint);
  // An address of one's own machine counts where something is sent to it, or where its name says what answers there.
  const says = (text: string | undefined): boolean => at !== undefined && text?.toLowerCase().includes(at) === true;
  const sent =
    literal.role === 'argument' ||
    says(literal.key) ||
    (literal.role === 'assign' && says(unit.path.slice(unit.path.lastIndexOf('/') + 1)));
  const provider = endpoint?.internal === true && (!sent || isTest(unit)) ? undefined : at;
  const id = modelInUrl(literal.value);
  const named = id === undefined ? undefined : recogniseModel(context.knowledge, id, { position: 'argument', ai: true });
  if (named && !isTest(unit)) {
    const { confidence, ...model } = named;
    const occurrences = [occurrence(placeIn(unit, literal.line, literal.column), literal.key ?? literal.callee ?? 'url', confidence)];
    context.components.push({ ...model, kind: 'model', occurrences });
  }
  const weights = weightsAt(literal.value);
  if (weights !== undefined && !isTest(unit)) {
    const occurrences = [occurrence(placeIn(unit, literal.line, literal.column), literal.key ?? literal.callee ?? 'url', 'high')];
    context.components.push({ kind: 'model', name: weights.name, origin: 'url', aliases: [weights.url], occurrences });
    return;
  }
  if (endpoint && !at && !isTest(unit) && SERVER_KEY.test(literal.key ?? '')) {
    const { url, internal } = endpoint;
    observe(context, 'endpoint', placeIn(unit, literal.line, literal.column), { url, via: literal.key, internal });
  }
  // What an empty field of a form shows is an example.
  if (!endpoint || !provider || /placeholder|example|hint/i.test(literal.key ?? '')) return;
  const location = placeIn(unit, literal.line, literal.column);
  const ref = addService(context, provider, location, literal.key ?? literal.callee ?? 'url', isTest(unit), { endpoints: [endpoint.url] });
  // A unit test's addresses are made up; nothing goes there.
  if (!isTest(unit))
    observe(context, 'endpoint', location, { url: endpoint.url, via: literal.key ?? literal.callee ?? 'url', internal: false }, ref);
}

/** Calls that ask about a model instead of using one: token counting, comparison, logging. */
const ASKS =
  /(?:encoding_for_model|encodingForModel|get_?encoding|starts_?with|ends_?with|includes|contains|equals|match(?:es)?|test|has|replace|split|index_?of|log|print|info|debug|warn|error|expect|assert\w*|to_?(?:be|equal)\w*|describe|it|raise|Error|Exception|min_token\w*|count_?tokens?|(?:^|_)re|regexp?|compile|patterns?|\w*tokeni[sz]er_?config|supports?\w*|(?:^|[.:])is(?:_\w+|[A-Z]\w*)|has(?:prefix|suffix)|range|deprecated?)$/i;
/** Functions that count or price tokens: a model that they take by default chooses a tokenizer or a row of a table. */
const COUNTS =
  /^_*(?:(?:count|num|number_of|estimate|calc|calculate|compute|get|truncate|trim)_(?:\w+_)?(?:tokens?|costs?|prices?|pricing|encoding|encoder)(?:_\w+)?|tokens?_(?:count|len|length|counter|cost|usage)(?:_\w+)?|(?:costs?|prices?)_(?:of|for|per)_\w+)$/;
const snake = (name: string): string => name.replaceAll(/([a-z])(?=[A-Z])/g, '$1_').toLowerCase();
/** Is the string a default that a call only asks with, or an argument of such a call? */
const asks = ({ role, callee }: LiteralFact): boolean =>
  callee !== undefined && (role === 'param' ? COUNTS.test(snake(callee)) : ASKS.test(callee));
/** Keys with a model's name in their value that is something else: chat templates, formats, labels. */
const NOT_MODELS =
  /template|format|tags?$|title|label|description|placeholder|display|caption|tooltip|hint|example|provider|vendor|prefix|style|encoding|path|dir|file|folder|repo_?url|collection|index_?name|project|experiment|run_?name|message|text|content|prompt/i;
/** Files that tell of a model what it costs and how much it takes. */
const PRICED =
  /(?:^|\/)[\w-]*(?:pricing|prices|token[-_]?(?:count|cost|limit|len)|model[-_]?(?:context|limit|cost|price)|context[-_]?(?:window|limit|length))\w*\.\w+$/i;
/** Comparisons, prices and tables of limits mention models; they do not use them. */
const MENTIONED = new Set<LiteralFact['role']>(['compare', 'key']);

/** `GPT-5.2` beside `id: 'openai/gpt-5.2'`, `Grok-3` in a printed line: what people read. APIs take ids in lower case. */
const isTitle = ({ key, value }: LiteralFact): boolean => /^[A-Z]/.test(value) && !/model|deployment|engine|llm/i.test(key ?? '');

/** `["Llama-7B", "Gemma-7B"]` below a chart, `VISION_CAPABLE_MODELS`: names that readers know models by, lists that a name is looked up in. */
const isLabel = ({ key, value }: LiteralFact): boolean =>
  (/^[A-Z]/.test(value) && !/[/:]/.test(value)) || /capable|unsupported|incompatible|(?:^|_)(?:no|non|not|without)_/i.test(key ?? '');

const isModelKey = (context: Context, key: string): boolean =>
  MODEL_KEY.test(key) || context.knowledge.get(modelsSection).keys.read(key) !== undefined;

/** `model: "phi4"`: a bare name counts where the file, or else the whole program, talks to one service that knows it. */
function namedByRuntime(context: Context, unit: Unit, literal: LiteralFact): RecognisedModel | undefined {
  const services = context.components.filter((component) => component.kind === 'service');
  const here = services.filter((component) => component.occurrences.some(({ location }) => location.path === unit.path));
  const names = new Set((here.length > 0 ? here : services).map(({ name }) => name));
  const [provider] = names;
  if (provider === undefined || names.size > 1) return undefined;
  const found = recogniseModel(context.knowledge, literal.value, { position: 'key', key: literal.key, provider });
  return found?.family === undefined ? undefined : found;
}

/** Lines between the address of an API and the body of the request that goes there. */
const REQUEST_LINES = 12;

/** A function begins between the two lines. */
const isApart = (unit: Unit, a: number, b: number): boolean =>
  unit.facts.scopes.some((scope) => scope.kind === 'function' && scope.line > Math.min(a, b) && scope.line <= Math.max(a, b));

/** `post("https://api.groq.com/…", json={"model": "llama-3.1-8b-instant"})`: the provider whose address stands nearest. */
function requestedFrom(context: Context, unit: Unit, { line }: LiteralFact): string | undefined {
  let nearest = REQUEST_LINES + 1;
  let provider: string | undefined;
  for (const other of unit.facts.literals) {
    const distance = Math.abs(line - other.line);
    if (distance >= nearest || !/^https:/i.test(other.value)) continue;
    const found = context.providers.byUrl(other.value)?.provider;
    if (found === undefined || isApart(unit, line, other.line)) continue;
    nearest = distance;
    provider = found;
  }
  return provider;
}

/** Lists from which a model is taken: `choices=[…]`, `SUPPORTED`, `fallbacks`; of a provider, its models. */
const OFFERED =
  /choice|option|available|support|allow|fallback|default|candidate|variants?$|values$|items$|names?$|ids?$|list$|engines?|api|chat|gpt|claude|gemini|openai|anthropic|ollama|backbones?|checkpoints?|baselines?|judges?|targets?/i;

/** `vision: ["qwen2.5-vl", …]`: a list of what names are compared with, by what the models can do. */
const isComparedWith = (context: Context, { role, key }: LiteralFact): boolean =>
  role === 'item' && key !== undefined && !OFFERED.test(key) && !isModelKey(context, key) && context.providers.byWord(key) === undefined;

/** Entries of one key in a file that make it a list of models. */
const LISTED = 3;

/** `[{id: 'o3'}, {id: 'o4-mini'}, {id: 'gpt-4.1'}]`: what a key holds elsewhere in the file says what it holds here. */
function listsModels(context: Context, unit: Unit, { key, role }: LiteralFact): boolean {
  let left = LISTED;
  for (const other of role === 'entry' ? unit.facts.literals : [])
    if (
      other.role === 'entry' &&
      other.key === key &&
      /[-:/.]/.test(other.value) &&
      recogniseModel(context.knowledge, other.value, { position: 'string' })?.confidence === 'high' &&
      --left === 0
    )
      return true;
  return false;
}

function detectName(context: Context, unit: Unit, literal: LiteralFact): void {
  if (MENTIONED.has(literal.role) || (literal.role === 'item' && literal.key === undefined)) return;
  if (asks(literal) || isComparedWith(context, literal)) return;
  // `cfg="yolov5s.yaml"`: the plan of a network, without weights; calls that build one of it are seen as calls.
  if (/\.(?:ya?ml|cfg)$/i.test(literal.value)) return;
  const keyed =
    literal.key !== undefined &&
    (literal.role === 'assign' ||
      literal.role === 'keyword' ||
      literal.role === 'param' ||
      literal.role === 'entry' ||
      literal.role === 'argument');
  const given = { position: keyed ? 'key' : 'string', key: keyed ? literal.key : undefined } as const;
  const listed = keyed && !/[-:/.]/.test(literal.value) && listsModels(context, unit, literal);
  const found =
    recogniseModel(context.knowledge, literal.value, listed ? { position: 'key', key: 'model' } : given) ??
    (keyed ? namedByRuntime(context, unit, literal) : undefined);
  if (!found) return;
  if (!keyed && PRICED.test(unit.path)) return;
  // Without a key only a known family with a version in its name is believed.
  if (!keyed && (found.confidence !== 'high' || !/[-:/]/.test(literal.value) || !/\d/.test(literal.value))) return;
  // `variant="phi3"`: a short name at a key that says nothing of models is a name of something else, unless the key lists models.
  if (keyed && !/[-:/.]/.test(literal.value) && !isModelKey(context, literal.key ?? '') && !listed) return;
  // `model_type = "chatglm"`: an architecture.
  if (keyed && /model_?type$/i.test(literal.key ?? '') && !/[-:/.]/.test(literal.value)) return;
  // `textModel`: the last words of a key decide.
  const key = context.knowledge.get(modelsSection).keys.read(literal.key ?? '');
  const isNamed = isModelConstant(literal.key ?? '', unit.facts.language);
  if (keyed && key?.strength !== 'strong' && !isNamed && NOT_MODELS.test(literal.key ?? '')) return;
  if (found.origin === 'api' && isTitle(literal)) return;
  if (literal.role === 'item' && found.origin !== 'file' && isLabel(literal)) return;
  if (context.project.has(literal.value)) return;
  // `whisper_model_path = "models/whisper"`: a folder.
  const folder = /^([\w.-]+)\//.exec(literal.value)?.[1];
  if (found.origin !== 'api' && folder !== undefined && context.knowledge.get(modelsSection).isPathOwner(folder)) return;
  const location = placeIn(unit, literal.line, literal.column);
  const provider = found.provider ?? (keyed && found.origin === 'unknown' ? requestedFrom(context, unit, literal) : undefined);
  const component: ModelComponent = {
    kind: 'model',
    name: found.name,
    origin: found.origin,
    occurrences: [
      occurrence(location, literal.key ?? literal.callee, isTest(unit) ? 'low' : found.confidence === 'high' && keyed ? 'high' : 'medium'),
    ],
    ...(found.canonical ? { canonical: found.canonical } : {}),
    ...(found.family ? { family: found.family } : {}),
    ...(provider ? { provider } : {}),
    ...(found.role ? { role: found.role } : {}),
  };
  context.components.push(component);
}
