import { normalizePypiName, type Ecosystem } from '../../core/component.ts';

export const ECOSYSTEMS: readonly Ecosystem[] = [
  'pypi',
  'npm',
  'maven',
  'nuget',
  'golang',
  'cargo',
  'gem',
  'composer',
  'conda',
  'pub',
  'swift',
  'cocoapods',
  'cran',
];

/** One line of `<ecosystem>.tsv`, as the asset holds it. */
export interface LibraryRow {
  readonly name: string;
  readonly category: string;
  /** What code imports it as; left out where it follows from the name. */
  readonly imports?: readonly string[];
  /** Slug of the hosted service that it calls. */
  readonly provider?: string;
  /** AI-adjacent, or known from its summary alone. */
  readonly likely?: true;
}

export interface LibrariesAsset {
  readonly libraries: Readonly<Record<string, readonly LibraryRow[]>>;
  /** Names that begin so belong to an AI project: its integrations appear faster than a catalogue can follow. */
  /** `modules`: below them every module is a package of its own, named after its path. */
  readonly families: readonly (readonly [ecosystem: string, prefix: string, category: string, modules: readonly string[]])[];
  /** Often found beside AI, not AI themselves. */
  readonly borderline: readonly (readonly [ecosystem: string, name: string, reason: string])[];
  /** Names that look like AI and are something else. */
  readonly traps: readonly (readonly [ecosystem: string, name: string, reason: string])[];
  /** Python modules that several distributions supply. */
  readonly preferred: readonly (readonly [module: string, name: string])[];
  /** Python modules too common to count by name alone, with what the real package exports; `*` is the bare import. */
  readonly generic: readonly (readonly [module: string, names: readonly string[]])[];
  /** `owner/name` of a repository whose distribution has another name. */
  readonly repositories: readonly (readonly [repository: string, name: string])[];
}

/** Form of a name in which two spellings of one package are equal, by the rules of its registry. */
export function libraryKey(ecosystem: Ecosystem, name: string): string {
  switch (ecosystem) {
    case 'pypi':
      return normalizePypiName(name);
    case 'conda':
      return name.toLowerCase();
    case 'cargo':
      return name.toLowerCase().replaceAll('-', '_');
    case 'pub':
      return name.toLowerCase().replaceAll('-', '_');
    case 'golang':
      return name.toLowerCase().replace(/\/v\d+$/, '');
    case 'maven':
      // Scala artifacts carry the binary version of the language: spark-mllib_2.12.
      return name.toLowerCase().replace(/_(?:2\.1\d|3)$/, '');
    case 'npm':
    case 'nuget':
    case 'gem':
    case 'composer':
    case 'swift':
    case 'cocoapods':
    case 'cran':
      return name.toLowerCase();
  }
}

/** What code imports a package as where the catalogue does not say. */
export function defaultImport(ecosystem: Ecosystem, name: string): string {
  return ecosystem === 'pypi' || ecosystem === 'cargo' || ecosystem === 'gem' || ecosystem === 'cran' ? name.replaceAll('-', '_') : name;
}
