import { facts } from './shared/facts.ts';
import { defineRule } from './rule.ts';

/** Anybody can sign anything: where signatures are required, a signature by somebody whom nobody named is none. */
export const unpinnedSigner = defineRule({
  id: 'unpinned-signer',
  check: (input) =>
    input.policy?.requireSignatures === true
      ? input.integrity
          .filter((result) => result.status === 'verified' && result.trust === 'signed-unpinned')
          .map((result) => ({
            location: result.location ?? { path: result.subject },
            subject: result.subject,
            args: facts({ subject: result.subject, identity: result.signer?.['identity'], issuer: result.signer?.['issuer'] }),
          }))
      : [],
});
