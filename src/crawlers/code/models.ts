import { refOf, type ModelComponent, type ModelOrigin, type ModelRole } from '../../core/component.ts';
import type { Confidence } from '../../core/severity.ts';
import type { ArgSpec, DetectRule } from '../../knowledge/detect.ts';
import { modelsSection, recogniseModel, type RecognisedModel } from '../../knowledge/models.ts';
import type { Value } from '../../resolve/value.ts';
import { lastName } from '../../knowledge/detect/paths.ts';
import { newQuery } from '../../resolve/bound.ts';
import { isTestPath } from '../../resolve/places.ts';
import { argumentOf, type CallSite, type Given } from './arguments.ts';
import { adapterOf, isServedElsewhere, type Asked } from './served.ts';
import { allValues, evidence, isTest, observe, placeOf, symbolOf, values, type Context, type LibraryDefault } from './context.ts';

const LOCAL_PATH = /^(?:\.{1,2}[\\/]|[\\/]|~[\\/]|[A-Za-z]:[\\/]|file:)|[\\/].*[\\/].*[\\/]|\.\.\//;

/** A path of the machine or of the tree, not a name. */
export function isLocalPath(context: Context, text: string): boolean {
  if (/^https?:/i.test(text)) return false;
  if (LOCAL_PATH.test(text)) return true;
  const clean = text.replace(/[\\/]+$/, '');
  return context.project.has(clean) || (clean.includes('/') && context.folders.has(clean));
}

export interface ModelSighting {
  readonly recognised: RecognisedModel;
  readonly value?: Value;
  readonly site: CallSite;
  readonly symbol: string;
  readonly provider?: string | undefined;
  readonly origin?: ModelOrigin | undefined;
  readonly role?: ModelRole | undefined;
  readonly alias?: string | undefined;
  readonly revision?: string | undefined;
  readonly subfolder?: string | undefined;
  readonly confidence?: Confidence;
  /** The id is written elsewhere, and gets here. */
  readonly reached?: boolean;
}

const lower = (confidence: Confidence): Confidence => (confidence === 'high' ? 'medium' : 'low');

/** Adds the component and returns its reference. */
export function addModel(context: Context, sighting: ModelSighting): string {
  const { recognised, value, site, symbol } = sighting;
  const confidence = sighting.confidence ?? (isTest(site.unit) ? lower(recognised.confidence) : recognised.confidence);
  const provider = sighting.provider ?? recognised.provider;
  const role = sighting.role ?? recognised.role;
  const origin =
    recognised.origin === 'unknown' || (sighting.origin === 'huggingface' && recognised.name.includes('/'))
      ? (sighting.origin ?? 'unknown')
      : recognised.origin;
  const revision = sighting.revision ?? recognised.revision;
  const component: ModelComponent = {
    kind: 'model',
    name: recognised.name,
    origin,
    occurrences: evidence(value, placeOf(site), symbol, confidence).map((place) =>
      sighting.reached ? { ...place, reached: true } : place,
    ),
    ...(recognised.canonical ? { canonical: recognised.canonical } : {}),
    ...(recognised.family ? { family: recognised.family } : {}),
    ...(provider ? { provider } : {}),
    ...(role ? { role } : {}),
    ...(revision ? { revision } : {}),
    ...(sighting.subfolder ? { subfolder: sighting.subfolder } : {}),
    ...(sighting.alias ? { aliases: [sighting.alias] } : {}),
  };
  context.components.push(component);
  return refOf(component);
}

/** What part of a model a class of transformers or diffusers loads, by its name. */
const PARTS: readonly (readonly [RegExp, string])[] = [
  [/Tokenizer/, 'tokenizer'],
  [/Processor|FeatureExtractor/, 'processor'],
  [/Config$/, 'config'],
  [/^Peft|LoraModel|Adapter/, 'adapter'],
  [/Pipeline/, 'pipeline'],
];

const partOf = (path: string): string => {
  const owner = path.replaceAll('()', '').split(/[.#]/).at(-2) ?? '';
  return PARTS.find(([pattern]) => pattern.test(owner))?.[1] ?? 'model';
};

/** `SupportedModels.MoveNet`: the last name of what the argument is outside of the tree. */
function constants(context: Context, rule: DetectRule, given: Given | undefined): readonly { readonly text: string }[] {
  if (!rule.model?.constant || !given) return [];
  return context.resolver.program
    .expand(given.expr, given.unit, given.scope, newQuery())
    .flatMap((bound) => (bound.kind === 'external' && /[A-Z]\w*\.\w+$/.test(bound.path) ? [{ text: lastName(bound.path) }] : []));
}

/** Boolean of an argument: its value, `null` where it is an expression, undefined where it is absent. */
export function flag(context: Context, given: Given | undefined): boolean | null | undefined {
  if (!given) return undefined;
  const bounds = context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery());
  const found = (bounds.every((bound) => bound.possible) ? bounds : bounds.filter((bound) => !bound.possible))
    // What a test passes to a parameter is not what the application passes.
    .filter((bound) => bound.kind !== 'expr' || !isTest(bound.unit) || isTest(given.unit))
    .map((bound) => (bound.kind === 'expr' && bound.expr.kind === 'boolean' ? bound.expr.value : null));
  if (found.includes(true)) return true;
  return found.length > 0 && found.every((item) => item === false) ? false : null;
}

/** Line of a switch that stands in the call itself, or in a text of options that the call gets. */
export function lineOfSwitch(site: CallSite, names: ArgSpec | undefined, given: Given | undefined): number | undefined {
  const own = site.call.args.find((arg) => arg.line !== undefined && arg.line !== site.call.line && names?.includes(arg.name ?? ''))?.line;
  return own ?? (given?.expr.kind === 'boolean' && given.unit === site.unit ? given.expr.line : undefined);
}

const MAX_MODELS_PER_CALL = 8;
/** A prefix that a computed id gets: routes, each ending in a slash or colon. */
const ROUTE = /^(?:[a-z][\w.-]*[/:])+$/i;

/** Components and the `model-load` observation of one matched call. */
export function detectModel(context: Context, rule: DetectRule, site: CallSite, path: string, client: Asked): readonly string[] {
  const { model } = rule;
  if (!model) return [];
  const { provider } = client;
  // A loader of the Hub asks the Hub.
  const hub = model.hub === 'huggingface' ? { provider: 'huggingface', elsewhere: false } : undefined;
  const asked = hub ?? (provider === undefined ? adapterOf(context, site) : client);
  const symbol = symbolOf(path);
  const given = model.callee ? undefined : argumentOf(context.resolver.program, site, rule.args?.['model']);
  const revisions = values(context, argumentOf(context.resolver.program, site, rule.args?.['revision']));
  const revision = revisions.length === 1 ? revisions[0]?.text : undefined;
  const [subfolder] = values(context, argumentOf(context.resolver.program, site, rule.args?.['subfolder']));
  // Of a file in a folder that only a run knows, the name is known.
  const arguments_ = allValues(context, given).filter(
    ({ exact, text }) => exact || (/[\\/][\w.-]+$/.test(text) && isWeightName(text, model.origin)),
  );
  const reaches = (value: Value): boolean => !value.possible && !isServedElsewhere(context, value, asked);
  const written: (Value | { readonly text: string })[] = model.callee
    ? [
        {
          text:
            path
              .replaceAll('()', '')
              .replace(/\.builder$/, '')
              .split(/[.#]/)
              .at(model.callee === 'owner' ? -2 : -1) ?? '',
        },
      ]
    : [...constants(context, rule, given), ...arguments_.filter(reaches)].slice(0, MAX_MODELS_PER_CALL);
  const fallback = defaultOf(context, rule, site);
  const isDefault = !given && !model.callee && fallback !== undefined;
  if (isDefault) written.push({ text: fallback.model });

  const refs: string[] = [];
  /** Ids that no hub serves: the call gets them on no path that works, they are the default of another branch. */
  const hosted = new Set<string>();
  let local = false;
  for (const item of written) {
    const value = 'location' in item ? item : undefined;
    // `f"openrouter/{model}"`: the id is what is written, the prefix says who is asked.
    const text = (
      value?.core !== undefined &&
      /^[\w.-]+[/:]/.test(value.text) &&
      value.text.endsWith(value.core) &&
      ROUTE.test(value.text.slice(0, -value.core.length)) &&
      // `models/` before the name is how Google's API addresses any of its models.
      ((context.knowledge.get(modelsSection).canonicalise(value.text.trim())?.route.length ?? 0) > 0 || /^models\/[^/]+$/.test(value.text))
        ? value.core
        : item.text
    ).trim();
    const short = wholeName(rule, text);
    if (!short && isLocalPath(context, text) && !isWeightName(text, model.origin)) {
      local = true;
      continue;
    }
    const recognised = recognise(context, short ?? text, rule, site, path, provider, value, given);
    if (!recognised) continue;
    const existing = context.project.has(text) || context.project.has(recognised.name);
    const ownerless = model.hub === 'huggingface' && !recognised.name.includes('/');
    if ((existing && model.origin !== 'api') || (ownerless && (isOwnerless(recognised) || context.tables.isAlias(site.unit, text)))) {
      local = true;
      continue;
    }
    const ref = addModel(context, {
      recognised,
      site,
      symbol,
      provider,
      origin: model.origin,
      role: recognised.role ?? model.role,
      revision,
      subfolder: subfolder?.text,
      alias: short ? text : value && value.text.trim() !== text ? value.text.trim() : undefined,
      ...(value ? { value } : {}),
    });
    refs.push(ref);
    if (model.hub !== undefined && recognised.origin === 'api' && recognised.provider !== undefined) hosted.add(ref);
  }
  addPossible(
    context,
    rule,
    site,
    path,
    given,
    arguments_.filter((value) => !reaches(value)),
  );
  if (model.load) {
    const program = context.resolver.program;
    const trusts = argumentOf(program, site, rule.args?.['trustRemoteCode']);
    const repository = model.hub === 'torch-hub' ? repositoryOf(context, rule, site) : undefined;
    const common = {
      loader: path.replaceAll('()', ''),
      revision: rule.args?.['revision'] && argumentOf(program, site, rule.args['revision']) ? (revision ?? null) : repository?.revision,
      trustRemoteCode: flag(context, trusts),
      trustRemoteCodeLine: lineOfSwitch(site, rule.args?.['trustRemoteCode'], trusts),
      useSafetensors: flag(context, argumentOf(program, site, rule.args?.['useSafetensors'])),
      part: model.part ?? (model.hub === 'huggingface' ? partOf(path) : undefined),
      hub: model.hub,
      libraryRevision: isDefault ? fallback.revision : undefined,
    };
    if (refs.length > 0) {
      for (const [index, ref] of refs.entries()) {
        if (hosted.has(ref)) continue;
        const item = written.filter((entry) => 'location' in entry)[index];
        observe(
          context,
          'model-load',
          placeOf(site),
          {
            ...common,
            id: ref.slice('model:'.length),
            indirect: item && 'location' in item ? item.indirect : false,
            ...(item && HUB_PREFIX.test(item.text) ? { hub: 'huggingface' } : {}),
            ...(item && model.hub === 'huggingface' && FILE_NAME.test(item.text) ? { local: true } : {}),
          },
          ref,
        );
      }
    } else if (given || local)
      observe(context, 'model-load', placeOf(site), {
        ...common,
        id: repository?.id ?? (local ? undefined : null),
        local: (local && !repository) || undefined,
      });
  }
  return refs;
}

/** `tiny` of a library that only knows one family: `whisper-tiny`. */
const wholeName = ({ model }: DetectRule, text: string): string | undefined =>
  model?.rename !== undefined && model.short?.includes(text) === true ? model.rename.replace('{}', text) : undefined;

/** The Hub has repositories without an owner of a few early models, all of known families; else it is a folder, or no name at all. */
const isOwnerless = ({ name, family, origin }: RecognisedModel): boolean =>
  !name.includes('/') && family === undefined && origin === 'huggingface';

/** Ids that the call may never get: they are in the program, so they are in the inventory, and nothing is said of this place. */
function addPossible(
  context: Context,
  rule: DetectRule,
  site: CallSite,
  path: string,
  given: Given | undefined,
  others: readonly Value[],
): void {
  for (const other of others.slice(0, MAX_MODELS_PER_CALL)) {
    const value: Value = { ...other, possible: true };
    const written = value.text.trim();
    const whole = wholeName(rule, written);
    const text = whole ?? written;
    if (isLocalPath(context, text) || context.project.has(text)) continue;
    // A Hub's loader takes nothing else, whichever value gets there.
    const asked = rule.model?.hub === 'huggingface' && given && !value.setting ? { ...given, key: given.key ?? 'model_id' } : given;
    const recognised = recognise(context, text, rule, site, path, undefined, value, asked);
    const role = recognised?.role ?? rule.model?.role;
    if (recognised) addModel(context, { recognised, site, symbol: symbolOf(path), value, role, alias: whole && written });
  }
}

/** `timm.create_model("hf_hub:owner/name")`: another library's loader that fetches from the Hub. */
const HUB_PREFIX = /^hf[-_]hub:/;
/** A file beside the program, not a repository. */
const FILE_NAME = /^[^/:]+\.(?:safetensors|ckpt|pth?|bin|gguf|onnx)$/i;

/** `owner/name:ref` of torch.hub: its code runs whatever model is asked for. Without a ref it is the default branch. */
function repositoryOf(context: Context, rule: DetectRule, site: CallSite): { readonly id: string; readonly revision?: string } | undefined {
  const [value] = values(context, argumentOf(context.resolver.program, site, rule.args?.['repository']));
  const match = value?.exact ? /^([\w.-]+\/[\w.-]+)(?::([\w./-]+))?$/.exec(value.text) : null;
  if (match?.[1] === undefined || isLocalPath(context, match[1])) return undefined;
  return { id: match[1], ...(match[2] === undefined ? {} : { revision: match[2] }) };
}

const isWeightName = (text: string, origin: ModelOrigin | undefined): boolean =>
  origin === 'file' && /\.(?:gguf|ggml|bin|safetensors|onnx|tflite|task|pth?|weights|caffemodel|pb|t7|mlmodel|engine)$/i.test(text);

/** What a library takes where no model is given. */
function defaultOf(context: Context, rule: DetectRule, site: CallSite): LibraryDefault | undefined {
  const task = rule.args?.['task'];
  if (task) {
    const [value] = values(context, argumentOf(context.resolver.program, site, task));
    return value ? context.pipelineDefault(value.text) : undefined;
  }
  return rule.model?.default === undefined ? undefined : { model: rule.model.default };
}

function recognise(
  context: Context,
  text: string,
  rule: DetectRule,
  site: CallSite,
  path: string,
  provider: string | undefined,
  value: Value | undefined,
  given: Given | undefined,
): RecognisedModel | undefined {
  const { model } = rule;
  // A key read from configuration that happens to share its name is believed less than a literal.
  const mocked = isTest(site.unit) || (value !== undefined && (value.possible === true || isTestPath(value.location.path)));
  const certain = model?.certain === true && !mocked && !(value?.setting && value.setting.scope !== 'env' && !value.precise);
  const url = /^https?:\/\/(?:www\.)?(?:tfhub\.dev|kaggle\.com\/models)\/([\w-]+\/[\w.-]+)/.exec(text)?.[1];
  const found = recogniseModel(context.knowledge, url ?? text, {
    position:
      certain || (given?.key !== undefined && provider !== undefined && !mocked) ? 'argument' : given?.key !== undefined ? 'key' : 'string',
    key: given?.key ?? value?.key,
    provider,
    loader: path,
    ai: true,
  });
  if (found && value?.setting && value.setting.scope !== 'env' && !found.family && !value.precise) return undefined;
  // What a form offers to people to read: APIs take ids in lower case.
  if (found?.origin === 'api' && !provider && !certain && /^[A-Z]/.test(text)) return undefined;
  if (found || !(model?.callee || model?.constant)) return found;
  return { name: text, origin: 'library', confidence: 'high' };
}
