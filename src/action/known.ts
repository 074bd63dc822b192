import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import { atLeast } from '../core/severity.ts';
import { parseBaseline, type Baseline } from '../policy/index.ts';
import { isOpen } from '../reporters/select.ts';
import { readBaseline } from './files.ts';
import type { Inputs } from './inputs.ts';

/** Findings that do not count, because they were there before. */
export interface Known extends Baseline {
  /** Digests of the base's weight files: what is known of a file is known as long as its bytes are the same. */
  readonly digests?: ReadonlyMap<string, string> | undefined;
}

const digestsOf = (report: Report): Map<string, string> =>
  new Map(report.artifacts.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [[path, sha256] as const])));

/** The same of a report that was read. What it does not tell is no digest that could differ. */
function digestsIn(report: unknown): Map<string, string> | undefined {
  const artifacts = (report as { readonly artifacts?: unknown } | null)?.artifacts;
  if (!Array.isArray(artifacts)) return undefined;
  return new Map(
    artifacts.flatMap((item: { readonly path?: unknown; readonly sha256?: unknown } | null) =>
      typeof item?.path === 'string' && typeof item.sha256 === 'string' ? [[item.path, item.sha256] as const] : [],
    ),
  );
}

/**
 * `baseline`, else what the base has open. Inline ignores of the base count as known on forks: the fork's own are
 * not honoured, and what it did not touch must not turn red.
 */
export async function chooseBaseline(
  inputs: Inputs,
  before: Report | undefined,
  from: Parameters<typeof readBaseline>[1],
): Promise<Known | undefined> {
  if (inputs.baseline !== undefined) {
    const text = await readBaseline(inputs.baseline, from);
    return { ...parseBaseline(text, inputs.baseline), digests: digestsIn(JSON.parse(text)) };
  }
  if (!before) return undefined;
  const counts = (finding: Finding): boolean => isOpen(finding) || (from.fork && finding.suppression?.kind === 'inline');
  return {
    source: `base ${before.target.commit?.slice(0, 12) ?? ''}`.trim(),
    fingerprints: new Set(before.findings.filter(counts).map((finding) => finding.fingerprint)),
    digests: digestsOf(before),
  };
}

/** Findings that are known are marked, never removed: they stay in every output. */
export function closeKnown(report: Report, known: Known): Report {
  const digests = digestsOf(report);
  const isKnown = (finding: Finding): boolean => {
    if (finding.status !== 'open' || !known.fingerprints.has(finding.fingerprint)) return false;
    const file = finding.location.path.split('!')[0] ?? '';
    const changed = known.digests !== undefined && digests.has(file) && known.digests.get(file) !== digests.get(file);
    // The same words about other bytes: a payload may be exchanged for a worse one under an old finding.
    return !(changed && atLeast(finding.severity, 'high'));
  };
  return {
    ...report,
    findings: report.findings.map((finding) =>
      isKnown(finding)
        ? { ...finding, status: 'baselined', suppression: { kind: 'baseline', reason: 'was there before', source: known.source } }
        : finding,
    ),
  };
}
