import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule } from './rule.ts';

const CODES = new Set(['certificate-expiring']);

/** The signature holds today and will not soon: there is no trusted time of signing that would keep it valid. */
export const expiringCertificate = defineRule({
  id: 'expiring-certificate',
  check: (input) =>
    problemsOf(input.integrity, CODES).map(({ result, problem, location }) => ({
      location,
      subject: result.subject,
      args: facts({ subject: result.subject, detail: problem.detail }),
    })),
});
