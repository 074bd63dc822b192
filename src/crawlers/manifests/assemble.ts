import { refOf, type LibraryComponent } from '../../core/component.ts';
import type { Discovery } from '../../core/inventory.ts';
import type { Observation } from '../../core/observation.ts';
import { librariesSection, type Libraries } from '../../knowledge/libraries.ts';
import { vectorStoresSection } from '../../knowledge/vector-stores.ts';
import type { Project } from '../crawler.ts';
import { MAX_NAME } from './limits.ts';
import type { ResolvedLock, ResolvedRequirement, Resolution } from './model.ts';
import { rangeFacts } from './ranges.ts';

/** What the catalogue says a package is, under the name that the inventory keeps it by. */
interface Identity {
  readonly ecosystem: LibraryComponent['ecosystem'];
  readonly name: string;
  readonly alias?: string;
  readonly category?: string;
  readonly certain: boolean;
}

/**
 * Conda packages a Python project under its PyPI name or one of its own (`pytorch`). Where the
 * catalogue knows the project it gets its PyPI name, so that it is one component with what pip
 * installs and what code imports; the conda name stays as an alias.
 */
function identify(libraries: Libraries, ecosystem: Identity['ecosystem'], name: string, ofStore: KeepsVectors): Identity {
  const own = libraries.find(ecosystem, name);
  const module = own?.imports[0];
  const python =
    ecosystem === 'conda'
      ? (libraries.find('pypi', name) ?? (module ? libraries.byImport('pypi', module)?.entries[0] : undefined))
      : undefined;
  const entry = python ?? own;
  // Drivers and kernels of a GPU are no AI by themselves; they come with every framework's wheel.
  const known = entry && entry.category !== 'gpu-runtime' ? entry.category : undefined;
  const category = known ?? (ofStore(ecosystem, name) ? 'vector-store-client' : undefined);
  return {
    ecosystem: python ? 'pypi' : ecosystem,
    name: python ? python.name : name,
    ...(python ? { alias: `conda:${name}` } : {}),
    ...(category ? { category } : {}),
    certain: entry?.certain ?? true,
  };
}

/** Whether a package is the client of a search engine in which the target keeps vectors. */
type KeepsVectors = (ecosystem: Identity['ecosystem'], name: string) => boolean;

/** What the catalogue says of the client of a search engine, which is AI only where vectors are searched. */
const SEARCH_ENGINE = /^search engine\b/;

/** A client that code calls is known by its calls; one that a layer or an image installs, by the store that something else names. */
function keepsVectors(project: Project): KeepsVectors {
  const libraries = project.knowledge.get(librariesSection);
  const used = new Set(
    project.found.flatMap(({ components = [] }) => components.flatMap(({ kind, name }) => (kind === 'vector-store' ? [name] : []))),
  );
  const stores = project.knowledge.get(vectorStoresSection).all.filter(({ slug }) => used.has(slug));
  return (ecosystem, name) =>
    stores.some(({ packages = {} }) => packages[ecosystem]?.includes(name.toLowerCase()) === true) &&
    SEARCH_ENGINE.test(libraries.borderline(ecosystem, name) ?? '');
}

const usable = (name: string): boolean => name !== '' && name.length <= MAX_NAME && !/\s|\p{Cc}/u.test(name);

/** Folders above a file. */
const depthOf = ({ occurrences: [first] }: LibraryComponent): number => (first?.location.path ?? '').split('/').length;

/**
 * Manifests of one repository may ask for different versions. The component shows that of the
 * manifest nearest to the root; the others stand in the observations.
 */
function withOneVersion(components: readonly LibraryComponent[]): LibraryComponent[] {
  const main = new Map<string, LibraryComponent>();
  for (const component of components) {
    if (component.version === undefined && component.range === undefined) continue;
    const known = main.get(refOf(component));
    if (!known || (component.declared && !known.declared) || (component.declared === known.declared && depthOf(component) < depthOf(known)))
      main.set(refOf(component), component);
  }
  return components.map((component) => {
    if (main.get(refOf(component)) === component) return component;
    const { version: _version, range: _range, ...rest } = component;
    return rest;
  });
}

/** Components and observations of one family's manifests and lock files. */
export function assemble(crawler: string, resolution: Resolution, project: Project): Discovery {
  const libraries = project.knowledge.get(librariesSection);
  const ofStore = keepsVectors(project);
  const components: LibraryComponent[] = [];
  const observations: Observation[] = [];
  const declared = new Set<string>();

  function sight({ path, requirement, lockedVersion, inLock, managed, deployable }: ResolvedRequirement): void {
    const name = requirement.repository ? (libraries.ofRepository(requirement.repository) ?? requirement.name) : requirement.name;
    if (!usable(name)) return;
    const identity = identify(libraries, requirement.ecosystem, name, ofStore);
    const facts = rangeFacts(requirement.ecosystem, requirement.range);
    // A commit fixes the code but is no version of a registry.
    const version = lockedVersion ?? (requirement.origin === 'vcs' ? undefined : facts.version);
    const locked = inLock || managed || facts.version !== undefined || requirement.hashed === true || requirement.fixed === true;
    const confidence = identity.certain ? (requirement.confidence ?? 'high') : 'medium';
    const component: LibraryComponent = {
      kind: 'library',
      name: identity.name,
      ecosystem: identity.ecosystem,
      ...(version ? { version } : {}),
      ...(requirement.range && (version === undefined || version !== facts.version) ? { range: requirement.range } : {}),
      scope: requirement.scope,
      declared: !requirement.transitive,
      ...(requirement.transitive ? { transitive: true } : {}),
      ...(locked ? { locked } : {}),
      ...(identity.category ? { category: identity.category } : {}),
      ...(identity.alias ? { aliases: [identity.alias] } : {}),
      occurrences: [
        { location: { path, line: requirement.line }, technique: 'manifest-analysis', crawler, confidence, symbol: requirement.name },
      ],
    };
    components.push(component);
    const ref = refOf(component);
    declared.add(ref);
    if (requirement.transitive || requirement.origin === 'path') return;
    observations.push({
      type: 'requirement',
      location: { path, line: requirement.line },
      crawler,
      confidence,
      component: ref,
      facts: {
        range: requirement.range ?? '',
        ...(version ? { version } : {}),
        manifest: path,
        locked,
        bounded: facts.bounded || managed,
        deployable,
        scope: requirement.scope,
        ...(requirement.stated ? { statedIn: requirement.stated.path, statedLine: requirement.stated.line } : {}),
        ...(requirement.origin ? { origin: requirement.origin } : {}),
      },
    });
  }

  function sightLock({ path, locked }: ResolvedLock): void {
    if (!usable(locked.name)) return;
    const identity = identify(libraries, locked.ecosystem, locked.name, ofStore);
    const component: LibraryComponent = {
      kind: 'library',
      name: identity.name,
      ecosystem: identity.ecosystem,
      ...(locked.version ? { version: locked.version } : {}),
      scope: 'runtime',
      declared: false,
      transitive: true,
      locked: true,
      ...(identity.category ? { category: identity.category } : {}),
      ...(identity.alias ? { aliases: [identity.alias] } : {}),
      occurrences: [
        {
          location: { path, line: locked.line },
          technique: 'manifest-analysis',
          crawler,
          confidence: identity.certain ? 'high' : 'medium',
          symbol: locked.name,
        },
      ],
    };
    // A declared package has its place in the manifest; its lock entry only gives the version.
    const ref = refOf(component);
    if (declared.has(ref)) return;
    components.push(component);
    // Lock files of one repository may fix several versions of what comes along.
    if (identity.category && locked.version)
      observations.push({
        type: 'locked',
        location: { path, line: locked.line },
        crawler,
        confidence: 'high',
        component: ref,
        facts: { version: locked.version },
      });
  }

  for (const requirement of resolution.requirements) sight(requirement);
  for (const lock of resolution.locks) sightLock(lock);
  return { components: withOneVersion(components), observations };
}
