import type { IntegrityResult } from '../../core/report.ts';
import { MAX_COVERED } from '../result.ts';
import type { OmsResult } from './verify.ts';

/** An OMS verification as the report shows it. `subject` is the model, `.` where it is the target itself; `bundle` the signature's path. */
export function omsIntegrity(result: OmsResult, subject: string, bundle: string): IntegrityResult {
  const { signer } = result;
  return {
    source: 'oms',
    subject,
    status: result.verified ? 'verified' : 'failed',
    trust: result.trust,
    files: result.files.size,
    ...(result.files.size === 0
      ? {}
      : {
          covered: [...result.files.keys()]
            .sort()
            .slice(0, MAX_COVERED)
            .map((path) => (subject === '.' ? path : `${subject}/${path}`)),
        }),
    ...(signer ? { signer: Object.fromEntries(Object.entries(signer)) } : {}),
    problems: [...result.problems, ...result.notices, ...result.legacy.map((detail) => ({ code: 'legacy', detail }))],
    location: { path: bundle },
  };
}
