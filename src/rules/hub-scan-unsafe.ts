import { at, facts, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

/** Words of the Hub for what its scanners dislike; `unscanned` and `queued` say nothing. */
const BAD = new Set(['unsafe', 'suspicious', 'caution']);

/** A third party's opinion, told as such. */
export const hubScanUnsafe = defineRule({
  id: 'hub-scan-unsafe',
  check: (input) =>
    observed(input, 'hub-scan')
      .filter(({ facts: told }) => BAD.has(text(told, 'status') ?? ''))
      .map((told) => ({ ...at(told), ...(text(told.facts, 'status') === 'caution' ? { severity: 'low' } : {}), args: facts({ path: told.facts['path'], status: told.facts['status'] }) })),
});
