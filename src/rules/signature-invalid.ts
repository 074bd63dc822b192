import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule } from './rule.ts';

const CODES = new Set([
  'bundle-invalid',
  'statement-invalid',
  'method-mismatch',
  'signature-invalid',
  'signer-untrusted',
  'certificate-invalid',
  'certificate-expired',
  'identity-mismatch',
  'limit',
]);

/** There is a signature, and it does not hold. */
export const signatureInvalid = defineRule({
  id: 'signature-invalid',
  check: (input) =>
    problemsOf(input.integrity, CODES).map(({ result, problem, location }) => ({
      location,
      subject: `${problem.code} ${problem.path ?? ''}`,
      args: facts({ source: result.source, subject: result.subject, code: problem.code, detail: problem.detail, path: problem.path }),
    })),
});
