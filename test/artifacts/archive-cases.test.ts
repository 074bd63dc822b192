import { describe, expect, test } from 'vitest';
import { archiveCases } from '../../fixtures/artifacts/archive/cases.ts';
import { realCases } from '../../fixtures/artifacts/real/cases.ts';
import { inspectFile } from './inspect.ts';

const reasons = (findings: readonly { ruleId: string; verdict?: string; args: unknown }[]): string[] =>
  findings.filter((finding) => finding.verdict).map((finding) => `${finding.verdict} ${finding.ruleId} ${JSON.stringify(finding.args)}`);

describe.each(['malicious', 'benign', 'malformed'] as const)('%s', (kind) => {
  test.each([...archiveCases, ...realCases].filter((item) => item.kind === kind).map((item) => [item.name, item] as const))(
    '%s',
    async (_, item) => {
      const { verdict, findings } = await inspectFile(item.path, item.bytes());
      expect({ verdict, reasons: reasons(findings).slice(0, 8) }).toMatchObject({ verdict: item.expected });
    },
  );
});
