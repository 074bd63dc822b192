import { UserError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';

/** Fingerprints that an earlier report holds as open. What was waived then must be waived again now. */
export interface Baseline {
  readonly source: string;
  readonly timestamp?: string;
  readonly fingerprints: ReadonlySet<string>;
}

/** Reads any earlier JSON report. */
export function parseBaseline(text: string, source: string): Baseline {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${source} is no JSON report: ${error instanceof Error ? error.message : String(error)}`);
  }
  const findings = isObject(report) ? report['findings'] : undefined;
  if (!isObject(report) || !Array.isArray(findings)) throw new UserError(`${source} is no report of this tool: it has no findings`);
  const fingerprints = findings
    .filter(isObject)
    .filter((finding) => finding['status'] === 'open' || finding['status'] === 'baselined')
    .flatMap((finding) => (typeof finding['fingerprint'] === 'string' ? [finding['fingerprint']] : []));
  const timestamp = report['timestamp'];
  return { source, fingerprints: new Set(fingerprints), ...(typeof timestamp === 'string' ? { timestamp } : {}) };
}
