import { at, facts, observed } from './facts.ts';
import { defineRule, type Rule } from '../rule.ts';

/** A rule about one kind of change between two audits; `src/audit/drift` sees the changes. */
export const driftRule = (id: string): Rule =>
  defineRule({
    id,
    check: (input) =>
      observed(input, 'drift')
        .filter((change) => change.facts['change'] === id)
        .map((change) => ({
          ...at(change),
          subject: `${String(change.facts['subject'])} ${JSON.stringify(change.facts['before'])} ${JSON.stringify(change.facts['after'])}`,
          args: facts({ subject: change.facts['subject'], name: change.facts['name'], before: change.facts['before'], after: change.facts['after'] }),
        })),
  });
