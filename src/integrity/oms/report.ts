import type { IntegrityResult } from '../../core/report.ts';
import type { OmsResult } from './verify.ts';

/** An OMS verification as the report shows it. `subject` is the model, `bundle` the signature's path. */
export function omsIntegrity(result: OmsResult, subject: string, bundle: string): IntegrityResult {
  const { signer } = result;
  return {
    source: 'oms',
    subject,
    status: result.verified ? 'verified' : 'failed',
    trust: result.trust,
    files: result.files.size,
    ...(signer ? { signer: Object.fromEntries(Object.entries(signer)) } : {}),
    problems: [
      ...result.problems,
      ...result.notices,
      ...result.legacy.map((detail) => ({ code: 'legacy', detail })),
    ],
    location: { path: bundle },
  };
}
