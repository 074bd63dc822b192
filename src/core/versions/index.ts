import { compare as comparePep440, valid as validPep440 } from '@renovatebot/pep440';
import semver from 'semver';
import type { Ecosystem } from '../component.ts';
import { compareMaven } from './maven.ts';
import { compareNuget } from './nuget.ts';

/** Versions longer than this are not compared: regular expressions of the libraries would see attacker text. */
const MAX_LENGTH = 256;

/** Negative, zero, positive; `undefined` where a text is no version of the ecosystem. */
export function compareVersions(ecosystem: Ecosystem, a: string, b: string): number | undefined {
  if (a.length > MAX_LENGTH || b.length > MAX_LENGTH) return undefined;
  switch (ecosystem) {
    case 'pypi':
    case 'conda':
      return validPep440(a) !== null && validPep440(b) !== null ? comparePep440(a, b) : undefined;
    case 'npm':
    case 'cargo':
    case 'golang':
    case 'pub':
    case 'swift':
    case 'cocoapods':
    case 'composer':
      return compareSemver(a, b);
    case 'maven':
      return compareMaven(a, b);
    case 'nuget':
      return compareNuget(a, b);
    case 'gem':
    case 'cran':
      return compareSemver(a, b);
  }
}

/** `v1.2.3` (Go, Composer) and `1.2` (manifests) are accepted; build metadata does not count (semver 2.0, 10). */
function compareSemver(a: string, b: string): number | undefined {
  const [left, right] = [toSemver(a), toSemver(b)];
  return left && right ? semver.compare(left, right) : undefined;
}

const PARTIAL = /^v?(\d+)(?:\.(\d+))?$/;

function toSemver(text: string): semver.SemVer | undefined {
  const exact = semver.parse(text.trim().replace(/^v/, ''));
  if (exact) return exact;
  const partial = PARTIAL.exec(text.trim());
  return (partial && semver.parse(`${partial[1] ?? '0'}.${partial[2] ?? '0'}.0`)) ?? undefined;
}

/** False where either is no version. */
export const atLeastVersion = (ecosystem: Ecosystem, version: string, floor: string): boolean =>
  (compareVersions(ecosystem, version, floor) ?? -1) >= 0;

/** An interval of versions as OSV writes it: `introduced` (`0` is the beginning) to before `fixed`, or up to `lastAffected`. */
export interface VersionRange {
  readonly introduced: string;
  readonly fixed?: string;
  readonly lastAffected?: string;
}

/** Undefined where a bound or the version cannot be compared: not known, hence not `no`. */
export function inRange(ecosystem: Ecosystem, version: string, range: VersionRange): boolean | undefined {
  if (range.introduced !== '0') {
    const from = compareVersions(ecosystem, version, range.introduced);
    if (from === undefined) return undefined;
    if (from < 0) return false;
  }
  if (range.fixed !== undefined) {
    const to = compareVersions(ecosystem, version, range.fixed);
    return to === undefined ? undefined : to < 0;
  }
  if (range.lastAffected !== undefined) {
    const to = compareVersions(ecosystem, version, range.lastAffected);
    return to === undefined ? undefined : to <= 0;
  }
  return true;
}
