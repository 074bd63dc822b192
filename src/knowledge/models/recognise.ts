import type { ModelOrigin, ModelRole } from '../../core/component.ts';
import type { Confidence } from '../../core/severity.ts';
import { MAX_MODEL_ID, type Canonical } from './canonical.ts';
import type { FamilyMatch, ModelsIndex, Scope } from './index.ts';

/** Where the text stands, hence how much it must prove by itself. */
export interface ModelContext {
  /**
   * `argument`: the value certainly is a model id (call position, CLI flag): accepted unless it is
   * a placeholder, a type, a path or an expression. `key`: value of a key; how much the key says
   * is decided from `key`. `string`: any string; strict patterns only.
   */
  readonly position: 'argument' | 'key' | 'string';
  /** Key or parameter name, or a whole key path. */
  readonly key?: string | undefined;
  /** Slug of the provider in scope. */
  readonly provider?: string | undefined;
  /** Dotted callee of the loader, or the import name of its library. */
  readonly loader?: string | undefined;
  /** Siblings or the file say that this is about AI (temperature, api_key, lora_r …). */
  readonly ai?: boolean | undefined;
}

export interface RecognisedModel {
  /** As written, without URL, ARN or resource prefix. */
  readonly name: string;
  readonly origin: ModelOrigin;
  readonly canonical?: string;
  readonly family?: string;
  readonly provider?: string;
  readonly role?: ModelRole;
  readonly revision?: string;
  readonly confidence: Confidence;
}

const HUB_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const NAME = /^[A-Za-z@][\w.@:/+-]*$/;
/** `01-ai/Yi-6B`, `3DTopia/OpenLRM`: both parts hold a letter, or it is a date or a ratio. */
const DIGIT_OWNER = /^\d[\w.-]{0,40}[A-Za-z][\w.-]{0,40}\/(?=[\w.-]{0,95}[A-Za-z])[A-Za-z0-9][\w.-]{0,95}$/;
const FREE_NAME = /^[A-Za-z][\w.:+-]*$/;
const OLLAMA_TAG = /^(?:latest|(?:v?\d|e\d|\d+x\d)[\w.]*b?(?:[-_.][\w.]+)*|[a-z]+(?:[-_.][\w.]+)*)$/i;
/** OpenRouter's own ways of serving a model; nothing else writes an id so. */
const GATEWAY_VARIANT = /^(?:openrouter\/)?[a-z0-9][\w.-]*\/[\w.-]+:(?:free|nitro|floor|online|exacto|extended)$/i;
/** An id of Cloudflare Workers AI; nothing else begins so. */
const WORKERS_AI = /^@(?:cf|hf)\/[a-z0-9][\w.-]*\/[\w.-]+$/i;
/** `exaone3.5-lora:v2`: a name of one's own in Ollama says what was done to the model. */
const TUNED = /[-_.](?:q?lora|sft|dpo|ft|fine-?tuned?|tuned|merged|adapter)$/i;
const SIZE_TAG = /^(?:latest|e?\d+(?:\.\d+)?[bm](?:[-_.][\w.-]+)?|\d+x\d+b(?:[-_.][\w.-]+)?)$/i;
/** Quantisation and shard suffixes of weight file names, taken off before a family is sought. */
const FILE_SUFFIX =
  /[-_.](?:(?:iq|q)\d(?:_[a-z0-9]+)*|f16|bf16|fp16|fp8(?:_[a-z0-9]+)*|f32|int[48]|awq|gptq|gguf|ggml|\d{5}-of-\d{5}|scaled|pruned|emaonly)$/i;
/** A family of chat models has members for other work (`titan-embed-text`, `gemini-embedding`). */
const SPECIAL_ROLES = new Set<ModelRole>(['embedding', 'reranker', 'audio', 'image-generation']);
/** `vendor-embed`, `vendor-chat`: a name of words that ends in what the model is for. */
const PURPOSE =
  /^(?!(?:text|llm|chat|gpt|rag|my|our|the|model|default|main|azure|openai|ai|app|dev|prod|test)-)[a-z]{3,}-(?:embed|embeddings?|chat|instruct|rerank(?:er)?|coder)$/;
const WORDY = /^[a-z]+(?:[-_ ][a-z]+)*$/i;

function fileStem(name: string): string {
  let stem = name.replace(/\.[a-z0-9]{2,12}$/i, '');
  for (let i = 0; i < 4 && FILE_SUFFIX.test(stem); i += 1) stem = stem.replace(FILE_SUFFIX, '');
  return stem;
}

function weightFile(
  index: ModelsIndex,
  text: string,
  context: ModelContext,
  strength: 'strong' | 'weak' | undefined,
): RecognisedModel | undefined {
  const extension = index.weightExtension(text);
  if (extension === undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /[<>{}$*?|"]/.test(text)) return undefined;
  const name = text.split(/[\\/]/).at(-1) ?? text;
  const stem = fileStem(name);
  if (!/[a-z]{2}/i.test(stem) || index.isPlaceholder(stem)) return undefined;
  const canonical = index.canonicalise(stem);
  const match = canonical && index.match(canonical, { provider: context.provider, loader: context.loader, modelKey: true });
  const known = index.canonicalise(name);
  const pretrained =
    index.pretrained(name, context.loader) ?? (known && index.asset.libraries.find((library) => library.names.includes(name)));
  const certain = match !== undefined || pretrained !== undefined;
  if (!certain && extension === 'unsure' && !(strength === 'strong' || context.position === 'argument' || (context.ai && strength)))
    return undefined;
  if (context.position === 'string' && !certain && !/\.(?:gguf|safetensors)$/i.test(name)) return undefined;
  const role = match?.family.role ?? pretrained?.role ?? roleFor(index, name, context, undefined);
  return {
    name,
    origin: pretrained ? 'library' : 'file',
    confidence: certain || extension === 'sure' ? 'high' : 'medium',
    ...(match && { family: match.family.id, canonical: stem.toLowerCase() }),
    ...(role && { role }),
  };
}

const keyRole = (index: ModelsIndex, context: ModelContext): ModelRole | undefined =>
  context.key === undefined ? undefined : index.keys.role(context.key);

function roleFor(index: ModelsIndex, name: string, context: ModelContext, match: FamilyMatch | undefined): ModelRole | undefined {
  const said = index.roleOfId(name);
  if (match !== undefined) return match.family.role === 'chat' && said !== undefined && SPECIAL_ROLES.has(said) ? said : match.family.role;
  return said ?? keyRole(index, context);
}

/** `openai/whisper-small`: the prefix is the owner on the Hub, not a gateway. */
const ownedOnHub = (canonical: Canonical, match: FamilyMatch | undefined): boolean =>
  canonical.org !== undefined &&
  HUB_ID.test(canonical.written) &&
  (canonical.route.length === 0 ||
    (match !== undefined && !match.derived && match.family.weights === 'open' && match.family.orgs !== undefined));

function originOf(canonical: Canonical, match: FamilyMatch | undefined, context: ModelContext, provider: string | undefined): ModelOrigin {
  if (canonical.shape === 'hub-url') return 'huggingface';
  if (canonical.shape === 'arn' || canonical.shape === 'bedrock' || canonical.shape === 'google-resource') return 'api';
  if (match?.family.weights === 'hosted-only' && match.family.provider !== 'openrouter') return 'api';
  if (provider === 'ollama') return 'ollama';
  if (ownedOnHub(canonical, match)) return provider === undefined || provider === 'huggingface' ? 'huggingface' : 'api';
  if (provider !== undefined && provider !== 'huggingface') return 'api';
  if (canonical.tag !== undefined) return 'ollama';
  if (match?.family.library !== undefined) return 'library';
  if (match?.family.provider !== undefined) return 'api';
  if (context.loader !== undefined && /transformers|from_pretrained/.test(context.loader)) return 'huggingface';
  return 'unknown';
}

/** `whisper_model: small` says the loader by its key. */
function withKeyLoader(index: ModelsIndex, context: ModelContext): ModelContext {
  if (context.loader !== undefined || context.key === undefined || context.position === 'string') return context;
  return /whisper/i.test(context.key) && index.keys.read(context.key) ? { ...context, loader: 'whisper' } : context;
}

/**
 * Decides whether `text` names a model. Undefined for placeholders, templates, paths, versions,
 * types and everything that its position does not make likely.
 */
export function recognise(index: ModelsIndex, raw: string, given: ModelContext): RecognisedModel | undefined {
  const context = withKeyLoader(index, given);
  const text = raw.trim();
  if (text.length < 2 || text.length > MAX_MODEL_ID) return undefined;
  const modelKey = context.key === undefined ? undefined : index.keys.read(context.key);
  const strength = context.position === 'argument' ? 'strong' : context.position === 'key' ? modelKey?.strength : undefined;
  if (index.isPlaceholder(text) || (context.position === 'key' && context.key !== undefined && index.keys.isNever(context.key)))
    return undefined;
  const file = strength !== undefined || context.position === 'string' ? weightFile(index, text, context, strength) : undefined;
  if (file) return file;
  const canonical = index.canonicalise(text);
  if (!canonical) return undefined;
  const scope: Scope = { provider: context.provider, loader: context.loader, modelKey: strength !== undefined };
  const provider =
    canonical.route.at(-1) ?? (canonical.shape === 'arn' || canonical.shape === 'bedrock' ? 'aws-bedrock' : context.provider);
  const name = canonical.written;
  const build = (confidence: Confidence, match?: FamilyMatch, origin?: ModelOrigin, role?: ModelRole): RecognisedModel => {
    const outer = ownedOnHub(canonical, match) && match?.family.weights !== 'hosted-only' ? context.provider : provider;
    // `google/gemini-2.0-flash`: an owner as gateways write it; who serves it is not said.
    const unsaid = match?.family.provider === 'openrouter' || (canonical.org !== undefined && canonical.route.length === 0);
    const maker = unsaid ? undefined : match?.family.provider;
    const serving = outer ?? (match?.family.weights === 'hosted-only' ? maker : undefined);
    const purpose = role ?? roleFor(index, name, context, match);
    return {
      name,
      origin: origin ?? originOf(canonical, match, context, outer),
      canonical: canonical.tag !== undefined ? `${canonical.id}:${canonical.tag}` : canonical.id,
      confidence,
      ...(match && { family: match.family.id }),
      ...(serving && { provider: serving }),
      ...(purpose && { role: purpose }),
      ...(canonical.revision && { revision: canonical.revision }),
    };
  };

  if (index.isPlaceholder(name) || index.isPlaceholder(canonical.id)) return undefined;
  if (GATEWAY_VARIANT.test(text))
    return { ...build('high', index.match(canonical, scope), 'api'), provider: context.provider ?? 'openrouter' };
  // `("llama3.3:70", "qwen2.5:72")`: the beginning of tags that a name is compared with; a tag of a size says its unit.
  if (context.position !== 'argument' && /^\d{2,}$/.test(canonical.tag ?? '')) return undefined;
  if (WORKERS_AI.test(text)) return build('high', index.match(canonical, scope), 'api');
  const pretrained = index.pretrained(text, context.loader);
  if (pretrained && context.position !== 'string') return build('high', undefined, 'library', pretrained.role);
  const match = index.match(canonical, scope);
  // `--model_id=Qwen/…` in a list of arguments is read as an option, not as a name.
  if (match && !/[<>{}$*?|"\\=]|^-/.test(text)) {
    if (canonical.org !== undefined && canonical.route.length === 0 && index.isPathOwner(canonical.org)) return undefined;
    return build(strength === 'weak' && match.contextual ? 'medium' : 'high', match);
  }
  if (canonical.shape === 'arn') return build('high');
  if (canonical.shape === 'bedrock' && /\d/.test(canonical.id) && strength !== undefined) return build('high');
  if (canonical.shape === 'hub-url') return HUB_ID.test(name) && !index.isPathOwner(name.split('/')[0] ?? '') ? build('high') : undefined;
  if (strength !== undefined && (strength === 'strong' || /\d/.test(text)) && index.endOfLife(provider, text)) return build('high');
  if (index.isOtherKind(name) || !(NAME.test(name) || DIGIT_OWNER.test(name))) return undefined;
  if (strength === undefined) return undefined;
  return unfamiliar(index, canonical, context, strength, provider, build);
}

/** No family knows the id: shape, key and surroundings decide. */
function unfamiliar(
  index: ModelsIndex,
  canonical: Canonical,
  context: ModelContext,
  strength: 'strong' | 'weak',
  provider: string | undefined,
  build: (confidence: Confidence, match?: FamilyMatch, origin?: ModelOrigin) => RecognisedModel,
): RecognisedModel | undefined {
  const { written: name, org, tag } = canonical;
  const certain = context.position === 'argument';
  if (org !== undefined && (HUB_ID.test(name) || canonical.route.length > 0)) {
    if (canonical.route.length === 0 && index.isPathOwner(org)) return undefined;
    if (index.isOrg(org) || canonical.route.length > 0) return build(strength === 'strong' || context.ai ? 'high' : 'medium');
    if (strength === 'strong') return build(certain ? 'high' : 'medium');
    return context.ai ? build('medium') : undefined;
  }
  if (name.includes('/')) return certain && canonical.route.length > 0 ? build('medium') : undefined;
  if (tag !== undefined) {
    if (!OLLAMA_TAG.test(tag)) return undefined;
    if (provider === 'ollama' || (certain && (provider === undefined || provider === 'litellm'))) return build('high', undefined, 'ollama');
    const told = SIZE_TAG.test(tag) || TUNED.test(canonical.id);
    return told && (strength === 'strong' || context.ai) ? build('medium', undefined, 'ollama') : undefined;
  }
  if (!FREE_NAME.test(name)) return undefined;
  if (certain) return build(provider !== undefined || /\d/.test(name) ? 'high' : 'medium');
  const named = /\d/.test(name) && /[-_.:]/.test(name) && !WORDY.test(name);
  if (provider === 'ollama' && strength === 'strong' && !WORDY.test(name)) return build('medium');
  if (!named && !(strength === 'strong' && context.ai && PURPOSE.test(name))) return undefined;
  if (strength === 'strong' && (context.ai || provider !== undefined)) return build('low');
  return strength === 'weak' && context.ai && provider !== undefined ? build('low') : undefined;
}
