import { facts } from './shared/facts.ts';
import { problemsOf } from './shared/integrity.ts';
import { defineRule } from './rule.ts';

/** Bytes, files or shards are not those that a statement, a checksum file or a pointer names. */
const CODES = new Set(['mismatch', 'root-digest', 'missing', 'shard-gap']);

export const digestMismatch = defineRule({
  id: 'digest-mismatch',
  check: (input) =>
    problemsOf(input.integrity, CODES).map(({ result, problem, location }) => ({
      location,
      severity: problem.code === 'missing' || problem.code === 'shard-gap' ? 'medium' : 'high',
      subject: `${problem.code} ${problem.path ?? ''}`,
      args: facts({
        source: result.source,
        path: problem.path ?? result.subject,
        what: problem.code === 'missing' || problem.code === 'shard-gap' ? 'is missing' : 'has another digest',
        detail: problem.detail,
      }),
    })),
});
