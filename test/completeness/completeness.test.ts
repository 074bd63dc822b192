import { describe, expect, it } from 'vitest';
import schema from '../../assay.schema.json' with { type: 'json' };
import { completenessOf } from '../../src/completeness/index.ts';
import type { Component } from '../../src/core/component.ts';
import type { Report } from '../../src/core/report.ts';
import { completenessSection } from '../../src/knowledge/completeness.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { model, seen } from '../rules/inventory.ts';

const elements = loadKnowledge().get(completenessSection);
const report = (components: readonly Component[], more: Partial<Report> = {}): Report => ({
  schemaVersion: '1.0.0',
  tool: { name: 'assay', version: '0', rules: '0' },
  target: { name: 'app', type: 'directory' },
  timestamp: '2026-11-25T00:00:00.000Z',
  components,
  relations: [],
  artifacts: [],
  findings: [],
  integrity: [],
  coverage: { filesSeen: 0, bytesSeen: 0, crawlers: [], skipped: [] },
  ...more,
});
const dataset: Component = { kind: 'dataset', name: 'acme/data', origin: 'huggingface', occurrences: [seen()] };

describe('completeness', () => {
  it('knows the 50 elements of the G7, ten, nine, thirteen, ten, two, four and two', () => {
    const clusters = new Map<string, number>();
    for (const { framework, cluster } of elements) if (framework === 'g7') clusters.set(cluster, (clusters.get(cluster) ?? 0) + 1);
    expect(Object.fromEntries(clusters)).toEqual({
      metadata: 10,
      system: 9,
      models: 13,
      datasets: 10,
      infrastructure: 2,
      security: 4,
      kpi: 2,
    });
  });

  it('tells derived, declared, unknown and not applicable apart', () => {
    const statusOf = (result: ReturnType<typeof completenessOf>, id: string) => result.entries.find((entry) => entry.id === id);
    const known = model('acme/chat', { origin: 'huggingface', revision: 'abc', licence: { id: 'mit', source: 'card' } });
    const result = completenessOf(report([known, model('gpt-4o')]), elements, { manufacturer: 'Acme' });
    expect(statusOf(result, 'g7-metadata-tool')?.status).toBe('derived');
    expect(statusOf(result, 'g7-system-producer')?.status).toBe('declared');
    expect(statusOf(result, 'g7-model-name')).toMatchObject({ status: 'derived', share: { known: 2, total: 2 } });
    expect(statusOf(result, 'g7-model-licence')).toMatchObject({
      status: 'unknown',
      share: { known: 1, total: 2 },
      todo: expect.stringContaining('license') as string,
    });
    expect(statusOf(result, 'g7-dataset-name')?.status).toBe('not-applicable');
    expect(statusOf(result, 'g7-dataset-description')?.status).toBe('not-applicable');
    expect(statusOf(completenessOf(report([dataset]), elements), 'g7-dataset-description')?.status).toBe('unknown');
  });

  it('counts only what applies', () => {
    const { entries, score } = completenessOf(report([]), elements);
    const applicable = entries.filter((entry) => entry.framework === 'g7' && entry.status !== 'not-applicable');
    expect(score.g7).toEqual({ known: applicable.filter((entry) => entry.status !== 'unknown').length, total: applicable.length });
    expect(applicable.some((entry) => entry.cluster === 'models')).toBe(false);
  });

  it('can be raised by every declaration that it names', () => {
    const keys = [...new Set(elements.flatMap((element) => element.declare ?? []))];
    const everything = Object.fromEntries(
      keys.map((key) => [key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()), 'x']),
    );
    const { entries } = completenessOf(report([model('m'), dataset]), elements, everything);
    for (const element of elements)
      if (element.declare !== undefined) expect(entries.find((entry) => entry.id === element.id)?.status, element.id).not.toBe('unknown');
    for (const key of keys) expect(key).toMatch(new RegExp(schema.properties.declarations.propertyNames.pattern));
  });
});
