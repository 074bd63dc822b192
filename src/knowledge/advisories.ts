import type { Ecosystem } from '../core/component.ts';
import { compareVersions, inRange } from '../core/versions/index.ts';
import type { Severity } from '../core/severity.ts';
import { packageKey, type Advisory } from './osv.ts';
import { defineSection, type RuleFile } from './section.ts';

/** An advisory that covers the version asked for. */
export interface AdvisoryMatch {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly severity?: Severity;
  /** First version after the asked one that is not affected. */
  readonly fixed?: string;
  readonly url: string;
}

export interface Advisories {
  /** Date up to which all the facts were collected, ISO. */
  readonly asOf: string;
  readonly size: number;
  affecting(ecosystem: Ecosystem, name: string, version: string): readonly AdvisoryMatch[];
}

/** A file under `rules/advisories`. */
export interface AdvisoryFile {
  /** Where the facts come from, and under which licence. */
  readonly source: string;
  readonly asOf: string;
  readonly advisories: readonly Advisory[];
}

interface Compiled {
  readonly asOf: string;
  readonly advisories: readonly Advisory[];
}

/** PyPI and conda share names and versions for Python packages; facts are kept under the former. */
const ecosystemOf = (ecosystem: Ecosystem): Ecosystem => (ecosystem === 'conda' ? 'pypi' : ecosystem);

function compile(files: readonly RuleFile[]): Compiled {
  const parsed = files.filter((file) => file.path.endsWith('.json')).map((file) => JSON.parse(file.text) as AdvisoryFile);
  // The oldest date: what is newer in one file is not known to be newer in all.
  return { asOf: parsed.map((file) => file.asOf).sort()[0] ?? '', advisories: parsed.flatMap((file) => file.advisories) };
}

/** `2.7.0+cu128` is a build of 2.7.0: PEP 440 puts it above, advisories mean it too. */
const published = (ecosystem: Ecosystem, version: string): string =>
  ecosystemOf(ecosystem) === 'pypi' ? (version.split('+')[0] ?? version) : version;

/** Same vulnerability under another id: one finding, not two. */
const sameAs = (a: Advisory, b: Advisory): boolean =>
  a.id === b.id || a.aliases.includes(b.id) || b.aliases.includes(a.id) || a.aliases.some((alias) => b.aliases.includes(alias));

function match(advisory: Advisory, version: string): AdvisoryMatch | undefined {
  const hit = advisory.ranges.find((range) => inRange(advisory.ecosystem, version, range) === true);
  const named = advisory.versions?.some((candidate) => compareVersions(advisory.ecosystem, candidate, version) === 0) ?? false;
  if (!hit && !named) return undefined;
  return {
    id: advisory.id,
    aliases: advisory.aliases,
    ...(advisory.severity === undefined ? {} : { severity: advisory.severity }),
    ...(hit?.fixed === undefined ? {} : { fixed: hit.fixed }),
    url: advisory.id.startsWith('CVE-')
      ? `https://nvd.nist.gov/vuln/detail/${advisory.id}`
      : `https://osv.dev/vulnerability/${advisory.id}`,
  };
}

export function indexAdvisories({ asOf, advisories }: Compiled): Advisories {
  const byPackage = new Map<string, Advisory[]>();
  for (const advisory of advisories) {
    const key = packageKey(advisory.ecosystem, advisory.package);
    const list = byPackage.get(key);
    if (!list) byPackage.set(key, [advisory]);
    else if (!list.some((other) => sameAs(other, advisory))) list.push(advisory);
  }
  return {
    asOf,
    size: advisories.length,
    affecting: (ecosystem, name, version) =>
      (byPackage.get(packageKey(ecosystemOf(ecosystem), name)) ?? []).flatMap(
        (advisory) => match(advisory, published(ecosystem, version)) ?? [],
      ),
  };
}

/** Known vulnerabilities of AI packages: facts only, no prose. */
export const advisoriesSection = defineSection<Compiled, Advisories>({
  id: 'advisories',
  sources: ['advisories'],
  compile,
  index: indexAdvisories,
});
