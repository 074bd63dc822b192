import type { Component } from '../../src/core/component.ts';
import type { Finding } from '../../src/core/finding.ts';

export const TODAY = '2026-11-25';

export const finding = (values: Partial<Finding> = {}): Finding => ({
  ruleId: 'unpinned-revision',
  severity: 'medium',
  confidence: 'high',
  status: 'open',
  location: { path: 'src/app.py', line: 7 },
  related: [],
  args: {},
  fingerprint: 'a'.repeat(32),
  ...values,
});

export const torch: Component = {
  kind: 'library',
  name: 'torch',
  ecosystem: 'pypi',
  version: '2.1.0',
  scope: 'runtime',
  declared: true,
  occurrences: [
    { location: { path: 'requirements.txt', line: 1 }, technique: 'manifest-analysis', crawler: 'requirements', confidence: 'high' },
  ],
};

export const vulnerable = finding({
  ruleId: 'vulnerable-library',
  severity: 'high',
  component: 'library:pypi/torch',
  location: { path: 'requirements.txt', line: 1 },
  args: { name: 'torch', version: '2.1.0', advisory: 'GHSA-53q9-r3pm-6pq6', aliases: ['CVE-2025-32434'] },
  fingerprint: 'b'.repeat(32),
});
