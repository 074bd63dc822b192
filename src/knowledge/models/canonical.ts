import type { Routes } from './shapes.ts';

/** Longest value that is looked at as a model id: the longest known id has 94 characters, ARNs stay below 200. */
export const MAX_MODEL_ID = 200;
/** Gateways in front of gateways: `litellm_proxy/openrouter/anthropic/…` has three. */
const MAX_ROUTES = 4;

/** A model id with everything off it that does not belong to the model. */
export interface Canonical {
  /** Lower-case id that families are tested on. */
  readonly id: string;
  /** The id with its spelling kept, without URL or resource prefix (`openai/gpt-4o` stays). */
  readonly written: string;
  /** Owner on the Hub or at a gateway, as written. */
  readonly org?: string;
  /** Ollama tag. */
  readonly tag?: string;
  /** Revision after `@`. */
  readonly revision?: string;
  /** Providers that prefixes named, outermost first. */
  readonly route: readonly string[];
  /** What the shape alone says. */
  readonly shape?: 'hub-url' | 'arn' | 'bedrock' | 'google-resource' | 'fine-tune';
}

const QUOTES = /^(["'`])(.*)\1$/s;
const HUB_URL =
  /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)\/(?!datasets\/|spaces\/|docs\/|blog\/|papers\/|api\/)|^hf(?:-hub|_hub)?:(?:\/\/)?|^huggingface:\/\//i;
const HUB_URL_REST = /\/(?:resolve|tree|blob|raw|discussions|commits?)\/.*$/i;
const BEDROCK_ARN =
  /^arn:aws[a-z-]*:(?:bedrock|sagemaker)[^/]*(?::|\/)(?:foundation-model|inference-profile|imported-model|custom-model|provisioned-model)\/(.+)$/i;
const BEDROCK_REGION = /^(?:us|eu|apac|au|jp|ca|us-gov|global)\.(?=[a-z0-9]+\.)/i;
const BEDROCK_VENDOR =
  /^(?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|xai|zai)\.(?=[a-z])/i;
const GOOGLE_RESOURCE = /^(?:(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/[^/]+\/)?models\/(?=[a-z])/i;
const FIREWORKS_RESOURCE = /^accounts\/[^/]+\/(?:models|routers)\//i;
/** Endpoints that every workspace of Databricks has: `databricks-gte-large-en`. */
const DATABRICKS_ENDPOINT = /^databricks-(?:meta-)?(?=[a-z]+-)/i;
const VARIANT = /:(?:free|beta|nitro|floor|online|extended|thinking|exacto)$/i;
const FINE_TUNE = /^ft:([^:]+):/i;
/** `mistral:7b` is an Ollama tag although `mistral:` is also a router's prefix. */
const OLLAMA_TAG = /^(?:latest|v?\d[\w.]*|e\d+b|instruct|text|chat|base|code|mini|small|medium|large)(?:[-_.][\w.-]+)?$/i;
const LEGACY_FINE_TUNE = /^((?:ada|babbage|curie|davinci)):ft-/i;

function stripRoutes(text: string, routes: Routes): { rest: string; route: string[]; org?: string } {
  const route: string[] = [];
  let rest = text;
  let org: string | undefined;
  for (let i = 0; i < MAX_ROUTES; i += 1) {
    const colon = rest.indexOf(':');
    const colonRoute = colon > 0 ? own(routes.colon, rest.slice(0, colon + 1).toLowerCase()) : undefined;
    if (
      colonRoute !== undefined &&
      !rest.startsWith('//', colon + 1) &&
      colon + 1 < rest.length &&
      !OLLAMA_TAG.test(rest.slice(colon + 1))
    ) {
      route.push(colonRoute);
      rest = rest.slice(colon + 1);
      continue;
    }
    const first = rest.indexOf('/');
    const second = first > 0 ? rest.indexOf('/', first + 1) : -1;
    const two = second > 0 ? own(routes.slash, rest.slice(0, second + 1).toLowerCase()) : undefined;
    const one = first > 0 ? own(routes.slash, rest.slice(0, first + 1).toLowerCase()) : undefined;
    if (two !== undefined && second + 1 < rest.length) {
      route.push(two);
      rest = rest.slice(second + 1);
    } else if (one !== undefined && first + 1 < rest.length) {
      route.push(one);
      org = rest.slice(0, first);
      rest = rest.slice(first + 1);
    } else break;
  }
  return { rest, route, ...(org !== undefined && { org }) };
}

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** `us.anthropic.…`: an inference profile of a region runs the model whose id follows. */
export const withoutRegion = (id: string): string => id.replace(BEDROCK_REGION, '');

/** Follows the steps quotes → URL → ARN → resource → gateways → cloud spelling → owner and tag. Undefined where the text is no id at all. */
export function canonicaliseWith(routes: Routes, text: string): Canonical | undefined {
  let written = text.trim().replace(QUOTES, '$2').trim();
  if (written.length === 0 || written.length > MAX_MODEL_ID || /[\s\0]/.test(written)) return undefined;
  let shape: Canonical['shape'];
  if (HUB_URL.test(written)) {
    written = written
      .replace(HUB_URL, '')
      .replace(HUB_URL_REST, '')
      .replace(/[?#].*$/, '')
      .replace(/\/+$/, '');
    shape = 'hub-url';
  }
  const arn = BEDROCK_ARN.exec(written);
  if (arn?.[1] !== undefined) {
    written = arn[1];
    shape = 'arn';
  }
  const {
    rest: unrouted,
    route,
    org: routeOrg,
  } = shape === 'hub-url' ? { rest: written, route: [], org: undefined } : stripRoutes(written, routes);
  let id = unrouted;
  if (GOOGLE_RESOURCE.test(id)) {
    id = id.replace(GOOGLE_RESOURCE, '');
    shape ??= 'google-resource';
  }
  id = id.replace(FIREWORKS_RESOURCE, '').replace(DATABRICKS_ENDPOINT, '').replace(VARIANT, '');
  const tuned = FINE_TUNE.exec(id) ?? LEGACY_FINE_TUNE.exec(id);
  if (tuned?.[1] !== undefined) {
    id = tuned[1];
    shape ??= 'fine-tune';
  }
  let org = routeOrg;
  let revision: string | undefined;
  const slash = id.indexOf('/');
  if (slash > 0 && slash === id.lastIndexOf('/')) {
    org = id.slice(0, slash);
    id = id.slice(slash + 1);
  }
  const at = id.indexOf('@');
  if (at > 0 && slash > 0) {
    revision = id.slice(at + 1);
    id = id.slice(0, at);
  } else if (at > 0 && /^[\w.-]+@(?:\d{3,8}|default|latest)$/i.test(id)) {
    id = /@(?:default|latest)$/i.test(id) ? id.slice(0, at) : id.replace('@', '-');
  }
  if (slash < 0 && BEDROCK_VENDOR.test(id.replace(BEDROCK_REGION, ''))) {
    id = id.replace(BEDROCK_REGION, '').replace(/:\d+(?::\d+k)?$/i, '');
    id = /^deepseek\./i.test(id) ? id.replace('.', '-') : id.replace(BEDROCK_VENDOR, '');
    shape ??= 'bedrock';
  }
  let tag: string | undefined;
  const colon = id.indexOf(':');
  if (colon > 0 && colon === id.lastIndexOf(':') && colon + 1 < id.length) {
    tag = id.slice(colon + 1);
    id = id.slice(0, colon);
  }
  id = id
    .toLowerCase()
    .replace(/-maas$/, '')
    .replace(/^gpt-35-/, 'gpt-3.5-');
  if (id === '') return undefined;
  return {
    id,
    written,
    route,
    ...(org !== undefined && { org }),
    ...(tag !== undefined && { tag }),
    ...(revision !== undefined && { revision }),
    ...(shape !== undefined && { shape }),
  };
}
