import { refOf, type Ecosystem, type LibraryComponent } from '../core/component.ts';
import type { Location } from '../core/evidence.ts';
import type { Discovery } from '../core/inventory.ts';
import type { Observation } from '../core/observation.ts';
import type { Confidence } from '../core/severity.ts';
import { infrastructureSection } from '../knowledge/infrastructure.ts';
import { librariesSection, type Libraries, type LibraryEntry } from '../knowledge/libraries.ts';
import type { LanguageId, SourceFacts } from '../lang/facts.ts';
import { defineCrawler, type Project } from './crawler.ts';
import { families } from './manifests/families.ts';
import type { FileManifests } from './manifests/family.ts';
import { specifierRequirement } from './manifests/javascript/package-json.ts';
import type { ManifestFacts } from './manifests/model.ts';
import { ownPackages, packageKey, type OwnPackages } from './manifests/own.ts';
import { rangeFacts } from './manifests/ranges.ts';
import { localModules, type LocalModules } from './undeclared-python.ts';

const ID = 'imports';

type Language = LanguageId | 'r';

type Guard = 'typing' | 'optional';

/** What one import statement brings in. Shape of `SourceFacts.imports`. */
interface Import {
  readonly module: string;
  readonly name?: string;
  readonly line: number;
  readonly guard?: Guard;
}

/** An import that names an AI package. */
interface Match {
  readonly entry: LibraryEntry;
  readonly module: string;
  readonly confidence: Confidence;
}

/** Where a library's declarations stand, by `ecosystem:key`. */
type Declared = ReadonlyMap<string, LibraryComponent>;

const keyOf = (ecosystem: Ecosystem, name: string): string => packageKey({ ecosystem, name });

/** Places of one library that are kept as evidence. */
const MAX_PLACES = 25;

interface Context {
  readonly own: OwnPackages;
  readonly libraries: Libraries;
  readonly declared: Declared;
  readonly local: LocalModules;
  readonly project: Project;
}

function comesWithParent(module: string, { libraries, declared }: Context): boolean {
  const parent = module.includes('.') ? libraries.byImport('pypi', module.slice(0, module.lastIndexOf('.'))) : undefined;
  return (
    parent !== undefined && !parent.generic && parent.entries.some((entry) => declared.get(keyOf('pypi', entry.name))?.declared === true)
  );
}

function python({ module, name }: Import, file: string, context: Context): Match | undefined {
  if (module.startsWith('.') || module === '') return undefined;
  const { libraries, declared, local } = context;
  // `from google import genai` names google.genai.
  const path = name && name !== '*' ? `${module}.${name}` : module;
  const found = libraries.byImport('pypi', path);
  if (!found) return undefined;
  const entry =
    found.entries.find((candidate) => declared.get(keyOf('pypi', candidate.name))?.declared) ?? (found.entries[0] as LibraryEntry);
  const isDeclared = declared.get(keyOf('pypi', entry.name))?.declared === true;
  // `langgraph.prebuilt` comes with the declared package whose module it lies in.
  if (!isDeclared && comesWithParent(found.module, context)) return undefined;
  const top = path.split('.')[0] as string;
  const base: Match = { entry, module: found.module, confidence: entry.certain ? 'high' : 'medium' };
  if (!found.generic) return !isDeclared && local.resolves(file, module) ? undefined : base;
  if (local.anywhere(top)) return undefined;
  if (isDeclared) return base;
  // What is imported of it shows whether it is the package that is known by this name.
  const rest = path.slice(found.module.length + 1).split('.')[0] as string;
  return found.generic.includes(rest === '' ? '*' : rest) ? { ...base, confidence: 'medium' } : undefined;
}

/** `@scope/name` or `name` of a bare specifier. */
const packageOf = (specifier: string): string | undefined =>
  /^(@[a-z0-9~][\w.-]*\/[a-z0-9~][\w.-]*|[a-z0-9~][\w.-]*)(?:\/|$)/i.exec(specifier)?.[1];

function javascript({ module }: Import, context: Context): Match | undefined {
  const name = specifierRequirement(module, 1)?.name ?? packageOf(module);
  const entry = name === undefined || /^(?:node|bun|virtual|astro):/.test(module) ? undefined : context.libraries.find('npm', name);
  if (!entry) return undefined;
  const isDeclared = context.declared.get(keyOf('npm', entry.name))?.declared === true;
  const candidates = ['', 'src/', 'app/'].flatMap((root) =>
    ['.ts', '.js', '/index.ts', '/index.js', '/index.tsx'].map((end) => `${root}${module}${end}`),
  );
  if (!isDeclared && candidates.some((path) => context.project.has(path))) return undefined;
  return { entry, module: entry.name, confidence: entry.certain ? 'high' : 'medium' };
}

/** Ecosystems whose code always comes with a manifest: an import alone counts only where the repository has none. */
const OTHERS: Partial<Record<LanguageId, { readonly ecosystem: Ecosystem; readonly manifests: string }>> = {
  java: { ecosystem: 'maven', manifests: 'manifest-jvm' },
  kotlin: { ecosystem: 'maven', manifests: 'manifest-jvm' },
  dart: { ecosystem: 'pub', manifests: 'manifest-dart' },
  scala: { ecosystem: 'maven', manifests: 'manifest-jvm' },
  swift: { ecosystem: 'swift', manifests: 'manifest-apple' },
  csharp: { ecosystem: 'nuget', manifests: 'manifest-dotnet' },
  go: { ecosystem: 'golang', manifests: 'manifest-go' },
  rust: { ecosystem: 'cargo', manifests: 'manifest-rust' },
  ruby: { ecosystem: 'gem', manifests: 'manifest-ruby' },
  php: { ecosystem: 'composer', manifests: 'manifest-php' },
};
/** A namespace that more packages share does not tell which of them is meant. */
const MAX_CANDIDATES = 3;

function other({ module }: Import, language: LanguageId, context: Context): Match | undefined {
  const known = OTHERS[language];
  if (!known || module.startsWith('.')) return undefined;
  const { ecosystem } = known;
  const path = ecosystem === 'cargo' ? (module.split('::')[0] as string) : module;
  const found = context.libraries.byImport(ecosystem, path) ?? (ecosystem === 'golang' ? byGoPath(context.libraries, path) : undefined);
  if (!found) return undefined;
  const declared = found.entries.find((entry) => context.declared.get(keyOf(ecosystem, entry.name))?.declared);
  if (declared) return { entry: declared, module: found.module, confidence: 'high' };
  if (found.entries.length > MAX_CANDIDATES || context.project.factsOf(known.manifests).length > 0) return undefined;
  return { entry: found.entries[0] as LibraryEntry, module: found.module, confidence: 'medium' };
}

/** `github.com/owner/name/v2/sub` lies below the catalogued `github.com/owner/name`. */
function byGoPath(libraries: Libraries, path: string): { readonly module: string; readonly entries: readonly LibraryEntry[] } | undefined {
  const entry = libraries.find('golang', path);
  return entry ? { module: entry.name, entries: [entry] } : undefined;
}

/** `library(xgboost)`: the package bears the name of what is attached, and R needs no manifest. */
function cran({ module }: Import, context: Context): Match | undefined {
  const entry = context.libraries.find('cran', module);
  return entry && { entry, module, confidence: entry.certain ? 'high' : 'medium' };
}

function match(fact: Import, file: string, language: Language, context: Context): Match | undefined {
  if (fact.module.length > 300) return undefined;
  if (language === 'r') return cran(fact, context);
  if (language === 'python') return python(fact, file, context);
  return language === 'javascript' || language === 'typescript' ? javascript(fact, context) : other(fact, language, context);
}

interface Sightings {
  readonly entry: LibraryEntry;
  readonly places: {
    readonly location: Location;
    readonly module: string;
    readonly confidence: Confidence;
    readonly guard?: Guard;
  }[];
  /** `npm:openai@4`: the import itself states the version. */
  range?: string;
}

/** Every library component that manifests and lock files gave. */
function declaredOf(project: Project): Declared {
  const declared = new Map<string, LibraryComponent>();
  for (const component of project.found.flatMap((discovery) => discovery.components ?? [])) {
    if (component.kind !== 'library') continue;
    const key = keyOf(component.ecosystem, component.name);
    const known = declared.get(key);
    if (!known?.declared) declared.set(key, component);
    for (const alias of component.aliases ?? []) if (alias.startsWith('conda:')) declared.set(keyOf('conda', alias.slice(6)), component);
  }
  return declared;
}

/** Packages that the tool of a file puts into the image that it builds. https://github.com/replicate/cog/blob/main/docs/yaml.md */
const BUILT_IN: ReadonlyMap<string, string> = new Map([['cog.yaml', 'cog']]);

/** Packages that come with the container images of the project. */
function bundledWith(project: Project): ReadonlySet<string> {
  const infrastructure = project.knowledge.get(infrastructureSection);
  const images = project.found.flatMap((discovery) => discovery.components ?? []).filter(({ kind }) => kind === 'infra');
  const built = project.entries.flatMap(({ path }) => BUILT_IN.get(path.slice(path.lastIndexOf('/') + 1)) ?? []);
  return new Set([...built, ...images.flatMap(({ name }) => infrastructure.packagesIn(name))].map((found) => keyOf('pypi', found)));
}

/** `webrtcvad-wheels`, `tensorflow-cpu`: another build of the package that is imported. */
const BUILD = /[-_.](?:wheels?|bin(?:ary)?|prebuilt|gpu|cpu|nightly|cu\d{2,3}|headless|unofficial)$/i;
/** `optimum[openvino]` and `crewai[tools]` bring the package that the extra, or both names together, are. */
const extrasIn = (manifests: readonly ManifestFacts[]): readonly string[] =>
  manifests.flatMap(({ requirements }) =>
    (requirements ?? []).flatMap(({ name, extras }) =>
      [...(extras ?? []).flatMap((extra) => [extra, `${name}-${extra}`]), ...(BUILD.test(name) ? [name.replace(BUILD, '')] : [])].map(
        (brought) => keyOf('pypi', brought),
      ),
    ),
  );

/** Joins imports with manifests. One sighting per library and file; one observation per library that no manifest names. */
function detectImports(
  sources: readonly { readonly path: string; readonly facts: { readonly language: Language; readonly imports: readonly Import[] } }[],
  project: Project,
): Discovery {
  const manifests = families.flatMap(({ id }) => project.factsOf<FileManifests>(id).flatMap(({ facts }) => [...facts]));
  const own = ownPackages(manifests);
  const context: Context = {
    own,
    libraries: project.knowledge.get(librariesSection),
    declared: declaredOf(project),
    local: localModules(project.entries),
    project,
  };
  const found = new Map<string, Sightings>();
  for (const { path, facts } of sources) {
    const here = new Set<string>();
    for (const fact of facts.imports) {
      const matched = match(fact, path, facts.language, context);
      if (!matched || matched.entry.category === 'gpu-runtime') continue;
      const key = packageKey(matched.entry);
      // The repository's own package, or a project that bears this name and needs no other.
      if (here.has(key) || own.published.has(key) || (own.made.has(key) && !context.declared.get(key)?.declared)) continue;
      // What only type checkers read says nothing of the imports that run.
      if (fact.guard !== 'typing') here.add(key);
      const sightings = found.get(key) ?? { entry: matched.entry, places: [] };
      found.set(key, sightings);
      const range = specifierRequirement(fact.module, 1)?.range;
      if (range) sightings.range ??= range;
      if (sightings.places.length < MAX_PLACES)
        sightings.places.push({
          location: { path, line: fact.line },
          module: matched.module,
          confidence: matched.confidence,
          ...(fact.guard ? { guard: fact.guard } : {}),
        });
    }
  }
  const components: LibraryComponent[] = [];
  const observations: Observation[] = [];
  const bundled = new Set([...bundledWith(project), ...extrasIn(manifests)]);
  for (const [key, { entry, places, range }] of found) {
    const known = context.declared.get(key);
    const inline = range === undefined ? undefined : rangeFacts(entry.ecosystem, range);
    const declared = known?.declared === true || inline !== undefined;
    const component: LibraryComponent = {
      kind: 'library',
      name: known?.name ?? entry.name,
      ecosystem: entry.ecosystem,
      ...(inline?.version ? { version: inline.version } : range ? { range } : {}),
      scope: known?.scope ?? 'runtime',
      declared,
      category: entry.category,
      occurrences: places.map(({ location, module, confidence }) => ({
        location,
        technique: 'source-code-analysis',
        crawler: ID,
        confidence,
        symbol: module,
      })),
    };
    components.push(component);
    // Named by a lock file alone: it comes with a declared package, and inventories see it. In an image: as fixed as the image.
    if (declared || known?.transitive || bundled.has(key)) continue;
    for (const { location, module, confidence, guard } of places) {
      if (guard === 'typing' || OF_TOOLS.test(location.path)) continue;
      const facts = { module, ...(guard ? { optional: true } : {}) };
      observations.push({
        type: 'import',
        location,
        crawler: ID,
        confidence: guard ? 'low' : confidence,
        component: refOf(component),
        facts,
      });
    }
  }
  return { components, observations };
}

/** Plugins of tools, which bring what they offer: `.opencode/plugins/check.ts`. */
const OF_TOOLS = /(?:^|\/)\.(?!github\/)[\w-]+\//;

/** Crawlers whose facts are `SourceFacts`. */
const SOURCES = ['code'];

const R_IMPORT = /\b(?:library|require|requireNamespace|loadNamespace)\s{0,5}\(\s{0,5}["']?([A-Za-z][\w.]{0,100})/g;

/**
 * AI packages that code imports, whether or not a manifest names them (shadow AI). Reads R scripts
 * itself, for which there is no front-end; everything else comes from the code crawler.
 */
export const importsCrawler = defineCrawler<readonly Import[]>({
  id: ID,
  wants: ({ path }) => /\.(?:R|Rmd|qmd)$/i.test(path),
  extract: ({ text }) => ({
    facts: text.split('\n').flatMap((row, index) =>
      // A comment; in prose of a notebook the name stands in no call.
      row.trimStart().startsWith('#')
        ? []
        : [...row.slice(0, 2000).matchAll(R_IMPORT)].map((found) => ({ module: found[1] as string, line: index + 1 })),
    ),
  }),
  detect(files, project) {
    const scripts = files.map(({ path, facts }) => ({ path, facts: { language: 'r' as const, imports: facts } }));
    const sources = SOURCES.flatMap((id) => [...project.factsOf<SourceFacts>(id)]);
    return detectImports([...sources, ...scripts], project);
  },
});
