import { describe, expect, it } from 'vitest';
import { renderReport, scanDirectory, UserError } from '../../src/index.ts';

describe('the public API', () => {
  it('scans a directory and renders the report', async () => {
    const report = await scanDirectory('fixtures/examples/support-assistant', { now: new Date('2026-01-01') });
    expect(report.timestamp).toBe('2026-01-01T00:00:00.000Z');
    expect(report.components.map((component) => component.name)).toContain('gpt-4o-mini');
    expect(JSON.parse(await renderReport(report, 'cyclonedx'))).toMatchObject({ bomFormat: 'CycloneDX' });
  });

  it('throws a UserError for what is not there', async () => {
    await expect(scanDirectory('no/such/place')).rejects.toThrow(UserError);
  });
});
