import { refOf, type ServiceComponent, type VectorStoreComponent } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import { isTestPath } from '../../resolve/places.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { AI_PATH } from './interest.ts';
import { isTest, observe, occurrence, placeOf, symbolOf, allValues, type Context } from './context.ts';

const LOOPBACK =
  /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+|[a-z0-9-]+|[\w.-]+\.(?:local|internal|svc|svc\.cluster\.local|lan))$/i;

export interface Endpoint {
  readonly url: string;
  readonly host: string;
  readonly port?: string;
  readonly internal: boolean;
}

/** Splits a URL or `host:port`; credentials and query are dropped. */
export function endpointOf(text: string): Endpoint | undefined {
  const match = /^(?:(https?|wss?|grpcs?):\/\/)?(?:[^@/\s]*@)?(\[[0-9a-f:]+\]|[\w.-]+)(?::(\d{2,5}))?(\/[^?#\s]*)?/i.exec(text);
  if (!match || (!match[1] && !match[3] && !match[2]?.includes('.'))) return undefined;
  const [, scheme, host = '', port, path = ''] = match;
  return {
    url: `${scheme ? `${scheme}://` : ''}${host}${port ? `:${port}` : ''}${path}`,
    host,
    internal: LOOPBACK.test(host),
    ...(port ? { port } : {}),
  };
}

/** Provider behind an endpoint: by host, by a local runtime's port or name, or by what the path says. */
export function providerAt(context: Context, endpoint: Endpoint): string | undefined {
  return context.providers.byUrl(endpoint.url)?.provider ?? (endpoint.internal ? undefined : vendorOf(endpoint));
}

/** A vendor that the catalogue does not know, by the path of its API: the name before the public suffix. */
function vendorOf({ url, host }: Endpoint): string | undefined {
  if (!AI_PATH.test(url)) return undefined;
  const labels = host.toLowerCase().split('.');
  const name = labels.at(/^(?:co|com|net|org|gov|ac)$/.test(labels.at(-2) ?? '') ? -3 : -2);
  return name === undefined || name === 'example' || name.length < 3 ? undefined : name;
}

export function addService(
  context: Context,
  slug: string,
  location: Location,
  symbol: string,
  test: boolean,
  extra: Partial<ServiceComponent> = {},
): string {
  const title = context.providers.bySlug(slug)?.name;
  const component: ServiceComponent = {
    ...extra,
    kind: 'service',
    name: slug,
    occurrences: [occurrence(location, symbol, test ? 'medium' : 'high')],
    ...(title ? { title } : {}),
    ...(context.providers.selfHosted(slug) ? { selfHosted: true } : {}),
  };
  context.components.push(component);
  return refOf(component);
}

export interface ServiceResult {
  /** Slug in scope for the models of this client. */
  readonly provider: string | undefined;
  readonly ref?: string;
}

/** The rule of a service that only the prefix of a model's id names. */
export const ROUTED = 'routed';

/** The service of a client's constructor; a base URL swaps the provider. */
export function detectService(context: Context, rule: DetectRule, site: CallSite, path: string): ServiceResult {
  let provider = rule.service;
  const program = context.resolver.program;
  const bases = allValues(context, argumentOf(program, site, rule.args?.['baseUrl'])).filter(
    // An address that a test gives is made up.
    (value) => value.text !== '' && (!value.possible || !isTestPath(value.location.path)),
  );
  const symbol = symbolOf(path);
  const location = placeOf(site);
  const endpoints = bases.flatMap((value) => {
    const endpoint = endpointOf(value.text);
    return endpoint ? [{ value, endpoint, provider: providerAt(context, endpoint) }] : [];
  });
  const named = endpoints.filter((item) => item.provider !== undefined);
  const test = isTest(site.unit);
  if (named.length > 0) {
    let ref: string | undefined;
    for (const item of named) {
      ref = addService(context, item.provider ?? '', location, symbol, test, { endpoints: [item.endpoint.url] });
      observe(context, 'endpoint', item.value.location, { url: item.endpoint.url, via: symbol, internal: item.endpoint.internal }, ref);
    }
    return { provider: named[0]?.provider, ...(ref ? { ref } : {}) };
  }
  const [first] = endpoints;
  if (first) {
    observe(context, 'endpoint', first.value.location, { url: first.endpoint.url, via: symbol, internal: first.endpoint.internal });
    // A client pointed at a host of one's own, written in the code, talks to no vendor; `openai/` there says how to ask.
    const own = !first.value.indirect || (rule.id === ROUTED && provider === 'openai' && first.endpoint.internal);
    if (provider && !context.providers.selfHosted(provider) && own) provider = undefined;
  }
  if (!provider) return { provider: undefined };
  const key = argumentOf(program, site, rule.args?.['apiKey']);
  const ref = addService(context, provider, location, symbol, test, {
    ...(first ? { endpoints: [first.endpoint.url] } : {}),
    ...(key ? { authenticated: true } : {}),
  });
  return { provider, ref };
}

/** A vector store's client; stores that somebody else runs are services too. */
export function detectStore(context: Context, rule: DetectRule, site: CallSite, path: string): string | undefined {
  if (!rule.store) return undefined;
  const { titles, hostedStores } = context.index.asset;
  const program = context.resolver.program;
  const title = titles[rule.store];
  const collections = allValues(context, argumentOf(program, site, rule.args?.['name']))
    .filter((value) => value.exact)
    .map((value) => value.text);
  const [base] = allValues(context, argumentOf(program, site, rule.args?.['baseUrl']));
  const endpoint = base ? endpointOf(base.text) : undefined;
  const component: VectorStoreComponent = {
    kind: 'vector-store',
    name: rule.store,
    occurrences: [occurrence(placeOf(site), symbolOf(path), isTest(site.unit) ? 'medium' : 'high')],
    ...(title ? { title } : {}),
    ...(collections.length > 0 ? { collections } : {}),
    ...(endpoint ? { endpoints: [endpoint.url] } : {}),
  };
  context.components.push(component);
  const ref = refOf(component);
  if (endpoint)
    observe(
      context,
      'endpoint',
      base?.location ?? placeOf(site),
      { url: endpoint.url, via: symbolOf(path), internal: endpoint.internal },
      ref,
    );
  if (hostedStores.includes(rule.store)) addService(context, rule.store, placeOf(site), symbolOf(path), isTest(site.unit));
  return ref;
}
