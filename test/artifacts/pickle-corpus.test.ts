import { describe, expect, it } from 'vitest';
import { pickleCases } from '../../fixtures/artifacts/pickle/cases.ts';
import { inspectBytes } from './pickle-harness.ts';

describe('pickle corpus', () => {
  for (const { name, kind, expected, bytes } of pickleCases) {
    it(`${kind}: ${name}`, async () => {
      const content = bytes();
      const started = performance.now();
      const { verdict, inspection } = await inspectBytes(content);
      const told = JSON.stringify(inspection.findings.slice(0, 3));
      if (kind === 'malformed') expect(verdict, told).not.toBe('clean');
      else expect(verdict, told).toBe(expected);
      expect(performance.now() - started).toBeLessThan(2000);
    });
  }

  it('holds enough of each kind', () => {
    const count = (kind: string): number => pickleCases.filter((item) => item.kind === kind).length;
    expect(count('malicious')).toBeGreaterThanOrEqual(150);
    expect(count('benign')).toBeGreaterThanOrEqual(60);
    expect(count('malformed')).toBeGreaterThanOrEqual(40);
    expect(new Set(pickleCases.map((item) => item.name)).size).toBe(pickleCases.length);
  });
});
