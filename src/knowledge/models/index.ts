import type { ModelRole } from '../../core/component.ts';
import { canonicaliseWith, type Canonical, withoutRegion } from './canonical.ts';
import { keyReader, type KeyReader } from './keys.ts';
import type { EndOfLife, Family, FamilyContext, ModelsAsset, PretrainedLibrary } from './shapes.ts';

/** What is known at the place where a model id stands. */
export interface Scope {
  readonly provider?: string | undefined;
  /** Dotted callee of the loader (`whisper.load_model`), or the import name of its library. */
  readonly loader?: string | undefined;
  /** The value of a key that names a model. */
  readonly modelKey?: boolean | undefined;
}

export interface FamilyMatch {
  readonly family: Family;
  /** The short-name pattern matched, in a scope where it counts. */
  readonly contextual: boolean;
  /** The owner is not one of the family's organisations: derived from it, not the family itself. */
  readonly derived: boolean;
}

interface CompiledFamily {
  readonly family: Family;
  readonly pattern: RegExp;
  readonly contextPattern: RegExp | undefined;
  readonly orgs: ReadonlySet<string>;
}

/** Look-ups over `rules/catalog/models`. */
export interface ModelsIndex {
  readonly asset: ModelsAsset;
  readonly keys: KeyReader;
  canonicalise(text: string): Canonical | undefined;
  family(id: string): Family | undefined;
  /** The family of an id, or undefined. Cached. */
  match(canonical: Canonical, scope: Scope): FamilyMatch | undefined;
  isOrg(owner: string): boolean;
  isOllamaName(name: string): boolean;
  isPlaceholder(text: string): boolean;
  /** An expression, a path, a version, a MIME type …: certainly not a model id. */
  isOtherKind(text: string): boolean;
  isPathOwner(segment: string): boolean;
  weightExtension(text: string): 'sure' | 'unsure' | undefined;
  /** Library whose loader stands at this callee, where it knows `name`. */
  pretrained(name: string, loader: string | undefined): PretrainedLibrary | undefined;
  roleOfId(id: string): ModelRole | undefined;
  /** Dates of (provider, id); without provider the maker's own. */
  endOfLife(provider: string | undefined, id: string): EndOfLife | undefined;
  /** Hub id that `transformers.pipeline(task)` loads without a model. */
  pipelineDefault(task: string): { readonly model: string; readonly revision?: string } | undefined;
}

/** Results of family matching kept per process: the same few ids come again and again. */
const CACHE_SIZE = 4096;

const anyOf = (patterns: readonly string[]): RegExp => new RegExp(patterns.map((pattern) => `(?:${pattern})`).join('|'), 'i');

const inScope = (context: FamilyContext | undefined, scope: Scope, org: string | undefined): boolean =>
  context !== undefined &&
  ((scope.provider !== undefined && context.providers?.includes(scope.provider) === true) ||
    (scope.loader !== undefined && context.libraries?.some((library) => underModule(scope.loader ?? '', library)) === true) ||
    (org !== undefined && context.orgs?.some((owner) => owner.toLowerCase() === org.toLowerCase()) === true) ||
    (scope.modelKey === true && context.keys === true));

export const underModule = (callee: string, module: string): boolean =>
  callee === module || callee.startsWith(`${module}.`) || callee.startsWith(`${module}/`) || callee.includes(`.${module}.`);

/** Spellings to test: the id, and with a tag `name-tag`, which carries the size. */
const candidates = (canonical: Canonical): string[] =>
  canonical.tag === undefined ? [canonical.id] : [canonical.id, `${canonical.id}-${canonical.tag.toLowerCase()}`];

export function indexModels(asset: ModelsAsset): ModelsIndex {
  const { recogniser } = asset;
  const families: CompiledFamily[] = asset.families.map((family) => ({
    family,
    pattern: new RegExp(family.pattern, 'i'),
    contextPattern: family.context_pattern === undefined ? undefined : new RegExp(family.context_pattern, 'i'),
    orgs: new Set((family.orgs ?? []).map((org) => org.toLowerCase())),
  }));
  const byId = new Map(asset.families.map((family) => [family.id, family]));
  /** One test tells for nearly every string that no family matches. */
  const anyFamily = anyOf(asset.families.map((family) => family.pattern));
  const withContext = families.filter(({ contextPattern }) => contextPattern !== undefined);
  const orgs = new Set([...recogniser.orgs, ...asset.families.flatMap((family) => family.orgs ?? [])].map((org) => org.toLowerCase()));
  const ollama = new Map<string, CompiledFamily>();
  for (const entry of families)
    for (const name of entry.family.ollama ?? []) if (!ollama.has(name.toLowerCase())) ollama.set(name.toLowerCase(), entry);
  const placeholder = anyOf(recogniser.placeholders);
  const otherKind = anyOf([...recogniser.expressions, ...recogniser.other_kinds]);
  const pathOwners = new Set(recogniser.path_owners);
  const sure = new Set(recogniser.weight_extensions.sure);
  const unsure = new Set(recogniser.weight_extensions.unsure);
  const idRoles = recogniser.id_roles.map(({ role, pattern }) => ({ role, pattern: new RegExp(pattern, 'i') }));
  const libraries = asset.libraries.map((library) => ({ library, names: new Set(library.names.map((name) => name.toLowerCase())) }));
  const eol = new Map<string, EndOfLife>();
  for (const entry of asset.endOfLife)
    for (const id of [entry.id, ...entry.aliases]) eol.set(`${entry.provider}\0${id.toLowerCase()}`, entry);
  const pipelines = new Map(asset.pipelineDefaults.map((entry) => [entry.task, entry]));
  const cache = new Map<string, CompiledFamily | undefined>();

  const strict = (id: string): CompiledFamily | undefined => {
    if (cache.has(id)) return cache.get(id);
    const found = anyFamily.test(id) ? families.find(({ pattern }) => pattern.test(id)) : undefined;
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(id, found);
    return found;
  };

  const result = (entry: CompiledFamily, contextual: boolean, org: string | undefined): FamilyMatch => ({
    family: entry.family,
    contextual,
    derived: org !== undefined && entry.orgs.size > 0 && !entry.orgs.has(org.toLowerCase()),
  });

  const index: ModelsIndex = {
    asset,
    keys: keyReader(recogniser),
    canonicalise: (text) => canonicaliseWith(asset.routes, text),
    family: (id) => byId.get(id),
    match(canonical, scope) {
      const org = canonical.org;
      for (const id of candidates(canonical)) {
        const entry = strict(id);
        if (entry) return result(entry, false, org);
      }
      const provider = canonical.route.at(-1) ?? scope.provider;
      const scoped = { ...scope, provider };
      const contextual = withContext.find(
        ({ family, contextPattern }) =>
          (contextPattern?.test(canonical.id) === true || contextPattern?.test(canonical.written) === true) &&
          inScope(family.context, scoped, org),
      );
      if (contextual) return result(contextual, true, org);
      if (org === undefined && (provider === 'ollama' || canonical.tag !== undefined)) {
        const entry = ollama.get(canonical.id);
        if (entry) return result(entry, true, org);
      }
      return undefined;
    },
    isOrg: (owner) => orgs.has(owner.toLowerCase()),
    isOllamaName: (name) => ollama.has(name.toLowerCase()),
    isPlaceholder: (text) => placeholder.test(text),
    isOtherKind: (text) => otherKind.test(text),
    isPathOwner: (segment) => pathOwners.has(segment.toLowerCase()),
    weightExtension(text) {
      const extension = /\.([a-z0-9]{2,12})$/i.exec(text)?.[1]?.toLowerCase();
      if (extension === undefined) return undefined;
      return sure.has(extension) ? 'sure' : unsure.has(extension) ? 'unsure' : undefined;
    },
    pretrained(name, loader) {
      if (loader === undefined) return undefined;
      const lower = name.toLowerCase();
      return libraries.find(({ library, names }) => names.has(lower) && library.modules.some((module) => underModule(loader, module)))
        ?.library;
    },
    roleOfId: (id) => idRoles.find(({ pattern }) => pattern.test(id))?.role,
    endOfLife(provider, id) {
      const canonical = index.canonicalise(id);
      const written = canonical?.written.toLowerCase();
      const spellings = [
        id.trim().toLowerCase(),
        ...(canonical && written !== undefined ? [written, withoutRegion(written), canonical.id] : []),
      ];
      const maker = canonical === undefined ? undefined : index.match(canonical, { modelKey: true })?.family.provider;
      const places = provider === undefined ? [canonical?.route.at(-1), maker] : [provider];
      for (const place of places) {
        if (place === undefined) continue;
        for (const spelling of spellings) {
          const entry = eol.get(`${place}\0${spelling}`);
          if (entry) return entry;
        }
      }
      return undefined;
    },
    pipelineDefault: (task) => pipelines.get(asset.pipelineAliases[task] ?? task),
  };
  return index;
}
