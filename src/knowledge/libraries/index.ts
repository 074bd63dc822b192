import type { Ecosystem } from '../../core/component.ts';
import { defaultImport, ECOSYSTEMS, libraryKey, type LibrariesAsset, type LibraryRow } from './shapes.ts';

/** An AI package of the catalogue. */
export interface LibraryEntry {
  readonly ecosystem: Ecosystem;
  /** As its registry spells it. */
  readonly name: string;
  readonly category: string;
  readonly imports: readonly string[];
  /** Slug of the hosted service (or local runtime) that it calls. */
  readonly provider?: string;
  /** AI by its purpose; else AI-adjacent, or known from its summary alone. */
  readonly certain: boolean;
}

/** A module that code imports, and the packages that supply it: the usual one first. */
interface ImportMatch {
  /** The part of the imported path that the catalogue knows. */
  readonly module: string;
  readonly entries: readonly LibraryEntry[];
  /** Too common a name to count without more: what the real package exports (`*`: the bare import is enough). */
  readonly generic?: readonly string[];
}

export interface Libraries {
  /** The AI package of that name; nothing for a trap, a borderline or an unknown package. */
  find(ecosystem: Ecosystem, name: string): LibraryEntry | undefined;
  /** By the longest known prefix of what code imports. */
  byImport(ecosystem: Ecosystem, module: string): ImportMatch | undefined;
  /** Why a name that looks like AI is none. */
  trap(ecosystem: Ecosystem, name: string): string | undefined;
  /** Why a package that is often found beside AI does not count. */
  borderline(ecosystem: Ecosystem, name: string): string | undefined;
  /** PyPI name of what a repository (`owner/name`) installs, where it is not the repository's. */
  ofRepository(repository: string): string | undefined;
  /** Every entry, in the order of the catalogue. */
  readonly entries: readonly LibraryEntry[];
}

/** What separates the parts of an imported path. */
const SEPARATORS: Readonly<Record<Ecosystem, string>> = {
  pypi: '.',
  conda: '.',
  maven: '.',
  nuget: '.',
  npm: '/',
  golang: '/',
  gem: '/',
  composer: '\\',
  cargo: '::',
  pub: '/',
  swift: '.',
  cocoapods: '.',
  cran: '::',
};
const NO_CODE = /[-/](?:bom|parent|stubs|types)$/;
/** Parts of a path that are looked at: no catalogued import has more than eight. */
const MAX_PARTS = 12;

const entryOf = (ecosystem: Ecosystem, row: LibraryRow): LibraryEntry => ({
  ecosystem,
  name: row.name,
  category: row.category,
  imports: row.imports ?? [defaultImport(ecosystem, row.name)],
  ...(row.provider ? { provider: row.provider } : {}),
  certain: !row.likely,
});

export function indexLibraries(asset: LibrariesAsset): Libraries {
  const entries = ECOSYSTEMS.flatMap((ecosystem) => (asset.libraries[ecosystem] ?? []).map((row) => entryOf(ecosystem, row)));
  const id = (ecosystem: Ecosystem, name: string): string => `${ecosystem}:${libraryKey(ecosystem, name)}`;
  const byName = new Map(entries.map((entry) => [id(entry.ecosystem, entry.name), entry]));
  const byModule = new Map<string, LibraryEntry[]>();
  for (const entry of entries) {
    for (const module of entry.imports) {
      const key = `${entry.ecosystem}:${module}`;
      const known = byModule.get(key);
      if (known) known.push(entry);
      else byModule.set(key, [entry]);
    }
  }
  for (const [module, name] of asset.preferred) {
    const preferred = libraryKey('pypi', name);
    byModule
      .get(`pypi:${module}`)
      ?.sort((a, b) => Number(libraryKey('pypi', b.name) === preferred) - Number(libraryKey('pypi', a.name) === preferred));
  }
  const generic = new Map(asset.generic);
  const reasons = (rows: LibrariesAsset['traps']): ReadonlyMap<string, string> =>
    new Map(rows.map(([ecosystem, name, reason]) => [id(ecosystem as Ecosystem, name), reason]));
  const traps = reasons(asset.traps);
  const borderline = reasons(asset.borderline);
  const repositories = new Map(asset.repositories.map(([repository, name]) => [repository.toLowerCase(), name]));

  const namespaces = new Set(asset.families.flatMap(([ecosystem, , , modules]) => (ecosystem === 'pypi' ? modules : [])));
  const families = asset.families.map(([ecosystem, prefix, category]) => ({
    ecosystem,
    prefix: libraryKey(ecosystem as Ecosystem, `${prefix}x`).slice(0, -1),
    category,
  }));

  /** A member of a project's family of packages that the catalogue does not list. Bills of materials and parents hold no code. */
  function ofFamily(ecosystem: Ecosystem, name: string): LibraryEntry | undefined {
    const key = libraryKey(ecosystem, name);
    if (NO_CODE.test(key)) return undefined;
    const family = families.find(
      (candidate) => candidate.ecosystem === ecosystem && key.startsWith(candidate.prefix) && key.length > candidate.prefix.length,
    );
    return family && entryOf(ecosystem, { name, category: family.category });
  }

  function find(ecosystem: Ecosystem, name: string): LibraryEntry | undefined {
    const key = id(ecosystem, name);
    const exact = byName.get(key);
    if (exact || traps.has(key) || borderline.has(key)) return exact;
    const family = ofFamily(ecosystem, name);
    // A Go module below a catalogued one; a pod's subspec.
    if (family || (ecosystem !== 'golang' && ecosystem !== 'cocoapods')) return family;
    for (let end = key.lastIndexOf('/'); end > 0; end = key.lastIndexOf('/', end - 1)) {
      const above = key.slice(0, end).replace(/\/v\d+$/, '');
      if (traps.has(above) || borderline.has(above)) return undefined;
      const found = byName.get(above);
      if (found) return found;
    }
    return undefined;
  }

  function byImport(ecosystem: Ecosystem, module: string): ImportMatch | undefined {
    const separator = SEPARATORS[ecosystem];
    const parts = module.split(separator, MAX_PARTS);
    for (let count = parts.length; count > 0; count -= 1) {
      const path = parts.slice(0, count).join(separator);
      // `llama_index.vector_stores.lancedb` comes with `llama-index-vector-stores-lancedb`.
      if (
        ecosystem === 'pypi' &&
        /^[a-z][a-z0-9_]*$/.test(parts[count - 1] ?? '') &&
        namespaces.has(parts.slice(0, count - 1).join(separator)) &&
        !byModule.has(`pypi:${path}`)
      ) {
        const own = find('pypi', path.replaceAll(/[._]/g, '-'));
        if (own) return { module: path, entries: [own] };
      }
      const found = byModule.get(`${ecosystem}:${path}`);
      const names = ecosystem === 'pypi' ? generic.get(path) : undefined;
      if (found) return { module: path, entries: found, ...(names ? { generic: names } : {}) };
    }
    // `langchain_newstore` is imported from a package that is named so.
    const [top = ''] = parts;
    const family = ecosystem === 'pypi' && /^\w+$/.test(top) ? ofFamily(ecosystem, top.replaceAll('_', '-')) : undefined;
    return family && !traps.has(id(ecosystem, family.name)) ? { module: top, entries: [family] } : undefined;
  }

  return {
    find,
    byImport,
    trap: (ecosystem, name) => traps.get(id(ecosystem, name)),
    borderline: (ecosystem, name) => borderline.get(id(ecosystem, name)),
    ofRepository: (repository) => repositories.get(repository.toLowerCase()),
    entries,
  };
}
