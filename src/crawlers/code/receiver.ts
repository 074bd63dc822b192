import type { ModelOrigin } from '../../core/component.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import { newQuery } from '../../resolve/bound.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { holds } from './conditions.ts';
import type { Context } from './context.ts';
import { isElsewhere } from './served.ts';
import { detectService, ROUTED } from './services.ts';

/** The provider's client that a method is called on. */
export interface Receiver {
  readonly rule: DetectRule;
  /** Where it talks to; its constructor may have been given a base URL. */
  readonly provider: string | undefined;
  /** Its constructor was given an address that is not known. */
  readonly elsewhere: boolean;
  /** A class or module is called without an object: the call itself is the evidence of the service. */
  readonly direct: boolean;
}

/** What the object that a method is called on may be: of `a.B().c.d` the constructor `a.B`, of `m#google.embedding` the export. */
function ownersOf(path: string): readonly string[] {
  const owners: string[] = [];
  const at = path.indexOf('()');
  if (at > 0 && (at < path.length - 2 || FACTORY.test(path))) owners.push(path.slice(0, at));
  for (let end = path.lastIndexOf('.'); end > 0 && owners.length < 4; end = path.lastIndexOf('.', end - 1))
    if (at < 0 || end < at) owners.push(path.slice(0, end));
  return owners;
}

/** `createOllama()("llama3")`: factories of JavaScript make a function that takes the model's id. */
const FACTORY = /#create[A-Z]\w*\(\)$/;
export const madeByFactory = (path: string): boolean => FACTORY.test(path);

/** The call that made the object, or the function that is called. */
function constructorOf(context: Context, site: CallSite, path: string): CallSite | undefined {
  const program = context.resolver.program;
  let { callee } = site.call;
  if (madeByFactory(path))
    for (const bound of program.expand(callee, site.unit, site.scope, newQuery()))
      if (bound.kind === 'expr' && bound.expr.kind === 'call') return { call: bound.expr, unit: bound.unit, scope: bound.scope };
  for (let depth = 0; depth < MAX_MEMBERS && callee.kind === 'member'; depth++) {
    callee = callee.object;
    for (const bound of program.expand(callee, site.unit, site.scope, newQuery())) {
      if (bound.kind === 'expr' && bound.expr.kind === 'call') return { call: bound.expr, unit: bound.unit, scope: bound.scope };
    }
  }
  return undefined;
}
/** `client.beta.chat.completions.stream` has five. */
const MAX_MEMBERS = 8;

export function receiverOf(context: Context, site: CallSite, path: string): Receiver | undefined {
  const { index } = context;
  for (const owner of ownersOf(path)) {
    const candidates = index.match(site.unit.facts.language, owner).filter((rule) => rule.service !== undefined);
    if (candidates.length === 0) continue;
    // A facade of PHP makes its object itself: `OpenAI::chat()->create(…)`.
    const facade = site.unit.facts.language === 'php' && !path.startsWith(`${owner}()`);
    const direct = facade || !path.includes('()');
    const made = direct ? undefined : constructorOf(context, site, path);
    const rule = candidates.find((candidate) => (made ? holds(context, candidate, made) : candidate.when === undefined));
    if (!rule) continue;
    const silent: Context = { ...context, components: [], observations: [], relations: [] };
    return {
      rule,
      provider: made ? detectService(silent, rule, made, '').provider : rule.service,
      elsewhere: made !== undefined && isElsewhere(context, rule, made),
      direct,
    };
  }
  return undefined;
}

/** LiteLLM and its like: the id says which service is called. */
export function routeServices(context: Context, rule: DetectRule, models: readonly string[], site: CallSite, path: string): void {
  const found = models.length === 0 ? [] : context.components.slice(-models.length);
  // What is written elsewhere may get a prefix on its way.
  const direct = argumentOf(context.resolver.program, site, rule.args?.['model'])?.expr.kind === 'string';
  const args = { baseUrl: ['base_url', 'api_base', 'baseURL'], apiKey: ['api_key', 'apiKey'] };
  for (const component of found) {
    if (component.kind !== 'model') continue;
    const route = routeOf(context, component.aliases?.[0] ?? component.name, direct ? component.origin : 'unknown');
    const provider = route === undefined ? component.provider : route;
    if (provider) detectService(context, { id: ROUTED, languages: [], calls: [], service: provider, args }, site, path);
  }
}

/**
 * `groq/llama-3`, `openai:gpt-4o`: the provider of the prefix. `google/gemini-3-flash`: of what only an API serves, the one
 * that is called so; any other prefix is the owner of a model.
 */
export function routeOf(context: Context, id: string, origin: ModelOrigin): string | undefined | null {
  const end = id.search(/[/:]/);
  if (end < 0) return undefined;
  const named = context.index.asset.routes[id.slice(0, end + 1).toLowerCase()];
  if (named !== undefined || origin !== 'api') return named ?? null;
  const prefix = id.slice(0, end).toLowerCase();
  const slug = context.providers.byWord(prefix);
  return slug !== undefined && !context.providers.isGateway(slug) && `${slug}-`.startsWith(`${prefix}-`) ? slug : null;
}
