import type { Location, Occurrence } from '../../core/evidence.ts';
import type { Observation } from '../../core/observation.ts';

/**
 * Directories and file names that hold tests, examples or documentation, by the conventions of the
 * usual test runners (pytest, unittest, Go, Jest, Vitest, JUnit, RSpec). Code there does not run in
 * production, so what it does is worth less attention.
 */
const TEST_DIRECTORY = /(?:^|\/)(?:tests?|testing|__tests__|spec|specs|testdata|test_data|fixtures|e2e|__mocks__|__stories__|stories)(?:\/|$)/i;
const SHOWN_DIRECTORY = /(?:^|\/)(?:examples?|samples?|demos?|docs?)(?:\/|$)/i;
const TEST_FILE = /(?:^|\/)(?:test_[^/]*\.py|[^/]*_test\.(?:py|go|dart)|conftest\.py|[^/]*\.(?:test|spec|stories)\.[cm]?[jt]sx?|[^/]*Tests?\.(?:java|kt|cs|swift)|[^/]*_spec\.rb)$/;
/** Targets of Xcode and Swift packages: `AppTests/`, `AppUITests/`. */
const TEST_TARGET = /(?:^|\/)[\w.-]*Tests\/.*\.swift$/;

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Tests, their fixtures, and stories of interface parts: none of it reaches a user. */
export const isTestPlace = (path: string): boolean =>
  TEST_DIRECTORY.test(folderOf(path)) || TEST_FILE.test(path) || TEST_TARGET.test(path);

export const isSideline = (path: string): boolean => SHOWN_DIRECTORY.test(folderOf(path)) || isTestPlace(path);

/** What a program wrote about a run: nothing loads by it. */
const RECORD =
  /(?:^|[/_.-])(?:reports?|baselines?|results?|summary|metrics|stats|outputs?|logs?|history|response|trainer_state|scores?|predictions?|checkpoint(?:[_-]?\d+)?)(?:[_.-][\w.-]*)?\.jsonl?$/i;

export const isRecord = (path: string): boolean => RECORD.test(path);

/** Commands that people have made short: what they run names what it uses by itself. */
export const isRecipe = (path: string): boolean => /(?:^|\/)(?:(?:GNU)?makefile|\.?justfile)$|\.(?:mk|just)$/i.test(path);

/** Where a name is written: what one changes. Calls that it reaches count where nothing else is known. */
export function writtenPlaces(occurrences: readonly Occurrence[]): readonly Occurrence[] {
  const written = occurrences.filter(({ reached }) => !reached);
  return written.length > 0 ? written : occurrences;
}

/** The line that states a requirement's range: in the manifest that asks, or in the entry elsewhere that it refers to. */
export function statedAt({ location, facts }: Observation): Location {
  const { statedIn, statedLine } = facts;
  return typeof statedIn === 'string' && typeof statedLine === 'number' ? { path: statedIn, line: statedLine } : location;
}

/** IPv4, or IPv6 in brackets as URLs write it. */
export const isAddress = (host: string): boolean => /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i.test(host);

/** A model server on one of these is reached by the machine itself only. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?|0\.0\.0\.0)$/i;
/** The host as seen from a container on Docker's default bridge, and from an Android emulator. */
const HOST_ALIASES = new Set(['172.17.0.1', '10.0.2.2']);

/** Host of an absolute URL, lower case, without port and credentials; undefined where there is none. */
export function hostOf(url: string): string | undefined {
  try {
    const { hostname } = new URL(url);
    return hostname === '' ? undefined : hostname.toLowerCase();
  } catch {
    return undefined;
  }
}

export const isLoopback = (host: string): boolean => LOOPBACK.test(host) || host.endsWith('.localhost') || HOST_ALIASES.has(host);

/**
 * Names that only resolve inside a private network: no dot at all (a compose or Kubernetes service),
 * and the domains that are reserved for such use (RFC 6762, RFC 8375, Kubernetes, Docker).
 */
export const isInternalName = (host: string): boolean =>
  (!host.includes('.') && !host.includes(':')) || /\.(?:local|internal|home\.arpa|svc|cluster\.local|lan|test|example|invalid)$/i.test(host);
