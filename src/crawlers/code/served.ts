import type { DetectRule } from '../../knowledge/detect.ts';
import type { Value } from '../../resolve/value.ts';
import { enclosingClass, scopeOf } from '../../resolve/unit.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { allValues, type Context } from './context.ts';

/** Who is asked for a model. */
export interface Asked {
  /** Slug; undefined where nobody is known to be asked. */
  readonly provider: string | undefined;
  /** The client was given an address that is not known: it may talk to anybody who speaks as the provider does. */
  readonly elsewhere: boolean;
}

/** Whether the constructor of a client was given an address that is not known. */
export function isElsewhere(context: Context, rule: DetectRule, site: CallSite): boolean {
  const given = argumentOf(context.resolver.program, site, rule.args?.['baseUrl']);
  return given !== undefined && allValues(context, given).length === 0;
}

/**
 * The provider that an adapter is named after, where its client is not known: `nebius.py`,
 * `providers/cohere/client.ts`, `class GroqProvider`. An `openai` adapter may be pointed anywhere.
 */
export function adapterOf(context: Context, { unit, scope }: CallSite): Asked {
  const owner = enclosingClass(unit.facts, scope);
  const [file = '', folder = ''] = unit.path.split('/').reverse();
  const names = [owner === undefined ? '' : (scopeOf(unit, owner)?.name ?? ''), file.replace(/\.\w+$/, ''), folder];
  const provider = names.map((name) => context.providers.byBlock(name.replace(ADAPTER, ''))).find((slug) => slug !== undefined);
  return { provider, elsewhere: provider === 'openai' };
}

/** What adapters are called beside the provider. */
const ADAPTER = /[-_.]?(?:Chat)?(?:Client|Provider|Adapter|Service|Backend|Embedd(?:ings?|er)|LLM|Model|Engine|Connector|Driver)s?$/i;

/**
 * A registry says beside an id who serves it (`provider: "nebius"`): of a call that asks somebody
 * else it says nothing. Gateways and clouds serve other makers' models, and what people write at
 * the key may be the maker: then it stands in the id too.
 */
export function isServedElsewhere(context: Context, value: Value, { provider, elsewhere }: Asked): boolean {
  const { providers } = context;
  if (provider === undefined || elsewhere || !value.provider) return false;
  if (SERVE_OTHERS.has(providers.bySlug(provider)?.category ?? '')) return false;
  const said = value.provider.map((word) => ({ word: fold(word), slug: providers.byWord(word) }));
  const id = fold(value.text);
  return said.every(
    ({ word, slug }) =>
      slug !== undefined && slug !== provider && vendor(slug) !== vendor(provider) && !id.includes(word) && slug !== 'openai',
  );
}

/** Categories of the catalogue whose members pass on what others make. */
const SERVE_OTHERS: ReadonlySet<string> = new Set(['gateway', 'cloud-ml', 'agent-platform']);

const fold = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
/** `google` of google-gemini and google-vertex-ai: two doors of one house. */
const vendor = (slug: string): string => slug.split('-')[0] ?? slug;
