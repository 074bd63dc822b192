import type { Component } from '../core/component.ts';
import type { Report } from '../core/report.ts';
import { bareReport } from './judge.ts';
import type { AuditContext } from './context.ts';

/** API models and services of a BOM, judged by what is known of them: end of life, plain-text endpoints, policy. */
export function bomReport(components: readonly Component[], path: string, context: AuditContext): Promise<Report> {
  return bareReport({ name: path, type: 'bom' }, { components }, [], context);
}
