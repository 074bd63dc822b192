import type { Ecosystem } from '../core/component.ts';
import { normalizePypiName } from '../core/component.ts';
import { isObject, objects, type JsonObject } from '../core/json.ts';
import type { Severity } from '../core/severity.ts';
import type { VersionRange } from '../core/versions/index.ts';
import { cvssSeverity } from './cvss.ts';

/** The facts of one advisory about one package: what decides whether a version is affected, and where to read more. */
export interface Advisory {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly ecosystem: Ecosystem;
  /** PEP 503 name on PyPI, else as the registry writes it. */
  readonly package: string;
  readonly ranges: readonly VersionRange[];
  /** Versions named one by one, where no range says it. */
  readonly versions?: readonly string[];
  readonly severity?: Severity;
}

/** OSV ecosystem names (https://ossf.github.io/osv-schema/#defined-ecosystems). A suffix after `:` is dropped. */
export const OSV_ECOSYSTEMS: ReadonlyMap<string, Ecosystem> = new Map([
  ['PyPI', 'pypi'],
  ['npm', 'npm'],
  ['Maven', 'maven'],
  ['NuGet', 'nuget'],
  ['Go', 'golang'],
  ['crates.io', 'cargo'],
  ['RubyGems', 'gem'],
  ['Packagist', 'composer'],
  ['Pub', 'pub'],
  ['SwiftURL', 'swift'],
  ['CRAN', 'cran'],
]);

/** One identity per package: registries compare these names without regard to case or separators. */
export const packageKey = (ecosystem: Ecosystem, name: string): string => {
  const plain = ecosystem === 'pypi' ? normalizePypiName(name) : ecosystem === 'maven' ? name.replace('/', ':') : name;
  return `${ecosystem}/${ecosystem === 'golang' || ecosystem === 'maven' ? plain : plain.toLowerCase()}`;
};

const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
const string = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * Events in order make intervals: each `introduced` opens one, the next `fixed` or `last_affected`
 * closes it (https://ossf.github.io/osv-schema/#evaluation).
 */
function intervals(events: readonly JsonObject[]): VersionRange[] {
  const ranges: VersionRange[] = [];
  let introduced: string | undefined;
  for (const event of events) {
    const fixed = string(event['fixed']);
    const lastAffected = string(event['last_affected']);
    if (introduced !== undefined && (fixed !== undefined || lastAffected !== undefined)) {
      ranges.push({ introduced, ...(fixed === undefined ? { lastAffected: lastAffected ?? '' } : { fixed }) });
      introduced = undefined;
    }
    introduced = string(event['introduced']) ?? introduced;
  }
  if (introduced !== undefined) ranges.push({ introduced });
  return ranges;
}

const WORDS: ReadonlyMap<string, Severity> = new Map([
  ['CRITICAL', 'critical'],
  ['HIGH', 'high'],
  ['MODERATE', 'medium'],
  ['MEDIUM', 'medium'],
  ['LOW', 'low'],
]);

/** A CVSS vector where there is one, else the word that GitHub's database gives. */
function severityOf(record: JsonObject, affected: JsonObject): Severity | undefined {
  const vectors = [...objects(affected['severity']), ...objects(record['severity'])].flatMap((entry) => string(entry['score']) ?? []);
  for (const vector of vectors) {
    const severity = cvssSeverity(vector);
    if (severity) return severity;
  }
  const specific = record['database_specific'];
  return isObject(specific) ? WORDS.get(string(specific['severity'])?.toUpperCase() ?? '') : undefined;
}

/**
 * Versions that are affected. Go's database leaves a range open where the advisory's versions are
 * not those of the module, and gives them beside it (`custom_ranges`): they say more than "all".
 */
function rangesOf(affected: JsonObject): VersionRange[] {
  const read = (value: unknown): VersionRange[] =>
    objects(value)
      .filter((range) => range['type'] !== 'GIT')
      .flatMap((range) => intervals(objects(range['events'])));
  const ranges = read(affected['ranges']);
  const specific = affected['ecosystem_specific'];
  const custom = isObject(specific) ? read(specific['custom_ranges']) : [];
  const isOpen = ranges.every(({ fixed, lastAffected }) => fixed === undefined && lastAffected === undefined);
  return custom.length > 0 && isOpen ? custom : ranges;
}

/** Facts of an OSV record, one per package that it names. Withdrawn records and unknown ecosystems give none. */
export function advisoriesOf(record: unknown): Advisory[] {
  if (!isObject(record) || string(record['withdrawn']) !== undefined) return [];
  const id = string(record['id']);
  if (id === undefined) return [];
  return objects(record['affected']).flatMap((affected): Advisory[] => {
    const named = isObject(affected['package']) ? affected['package'] : {};
    const name = string(named['name']);
    const ecosystem = OSV_ECOSYSTEMS.get(string(named['ecosystem'])?.split(':')[0] ?? '');
    if (name === undefined || ecosystem === undefined) return [];
    const ranges = rangesOf(affected);
    const versions = strings(affected['versions']);
    const severity = severityOf(record, affected);
    if (ranges.length === 0 && versions.length === 0) return [];
    return [
      {
        id,
        aliases: strings(record['aliases']),
        ecosystem,
        package: ecosystem === 'pypi' ? normalizePypiName(name) : name,
        ranges,
        ...(ranges.length === 0 ? { versions } : {}),
        ...(severity === undefined ? {} : { severity }),
      },
    ];
  });
}
