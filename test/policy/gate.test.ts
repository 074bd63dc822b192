import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FindingStatus } from '../../src/core/finding.ts';
import { SEVERITIES, severityRank } from '../../src/core/severity.ts';
import { exitCodeOf } from '../../src/policy/gate.ts';
import { finding } from './fixtures.ts';

const STATUSES: readonly FindingStatus[] = ['open', 'waived', 'baselined', 'not-affected', 'fixed', 'under-investigation', 'disabled'];

describe('gate', () => {
  it('fails on open findings at or above the severity, and on nothing else', () => {
    const anyFinding = fc.record({ severity: fc.constantFrom(...SEVERITIES), status: fc.constantFrom(...STATUSES) });
    fc.assert(
      fc.property(fc.array(anyFinding, { maxLength: 6 }), fc.constantFrom(...SEVERITIES), (list, failOn) => {
        const worst = Math.max(-1, ...list.filter((item) => item.status === 'open').map((item) => severityRank(item.severity)));
        expect(exitCodeOf({ findings: list }, failOn)).toBe(worst >= severityRank(failOn) ? 1 : 0);
        expect(exitCodeOf({ findings: list }, 'none')).toBe(0);
      }),
    );
  });

  it('passes an empty report', () => {
    expect(exitCodeOf({ findings: [] }, 'info')).toBe(0);
    expect(exitCodeOf({ findings: [finding({ severity: 'critical' })] }, 'critical')).toBe(1);
  });
});
