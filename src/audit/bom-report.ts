import type { Component } from '../core/component.ts';
import type { Report } from '../core/report.ts';
import { scan } from '../scan.ts';
import { inlineEngine } from '../workers/engine.ts';
import { common } from './judge.ts';
import type { AuditContext } from './context.ts';

/** API models and services of a BOM, judged by what is known of them: end of life, plain-text endpoints, policy. */
export async function bomReport(components: readonly Component[], path: string, context: AuditContext): Promise<Report> {
  const source = {
    target: { name: path, type: 'bom' } as const,
    list: () => Promise.resolve({ entries: [], skipped: [] }),
    open: () => Promise.reject(new Error('no files')),
  };
  const engine = inlineEngine({ source, knowledge: context.knowledge, hash: false, now: Date.now });
  return scan({ source, engine, registry: { discovery: { components } }, ...common(context) });
}
