import type { Component } from '../../core/component.ts';
import { UserError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { REPORT_SCHEMA_VERSION, type Report } from '../../core/report.ts';
import { clip } from '../text/visible.ts';
import { checkLenient, checkReport } from './check.ts';

/** Largest report that is read, in UTF-16 units. V8 holds strings of half a billion; the largest monorepo stays far below. */
export const MAX_REPORT = 256 * 1024 * 1024;

/** A report as it is written: `ref`, `title` and `message` are for readers, and made again when the report is rendered. */
type Written = Omit<Report, 'components' | 'findings'> & {
  readonly components: readonly (Component & { readonly ref?: string })[];
  readonly findings: readonly (Finding & { readonly title?: string; readonly message?: string })[];
};

/** Any JSON text, or a `UserError` that names the file. */
export function parseJson(text: string, name: string): unknown {
  if (text.length > MAX_REPORT) throw new UserError(`${name}: larger than ${MAX_REPORT} characters`);
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown;
  } catch (error) {
    throw new UserError(`${name}: not JSON: ${clip(error instanceof Error ? error.message : String(error), 200)}`);
  }
}

const versionOf = (value: unknown): string | undefined => {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'schemaVersion')) return undefined;
  const { schemaVersion } = value as { readonly schemaVersion: unknown };
  return typeof schemaVersion === 'string' && /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(schemaVersion) ? schemaVersion : undefined;
};

/** Whether a value claims to be our report. */
export const isReport = (value: unknown): boolean => versionOf(value) !== undefined;

/** A report as `--format json` wrote it, from its parsed JSON. Throws `UserError` where it does not follow the schema. */
export function toReport(value: unknown, name: string): Report {
  const version = versionOf(value);
  if (version === undefined) throw new UserError(`${name}: not a report of Assay (no schemaVersion); write one with --format json`);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [ourMajor = 0, ourMinor = 0] = REPORT_SCHEMA_VERSION.split('.').map(Number);
  if (major !== ourMajor) throw new UserError(`${name}: report of schema ${version}; this version of Assay reads ${ourMajor}.x`);
  const problem = minor > ourMinor ? checkLenient(value) : checkReport(value);
  if (problem !== undefined) throw new UserError(`${name}: not a valid report: ${clip(problem, 300)}`);
  const report = value as Written;
  return {
    ...report,
    components: report.components.map(({ ref: _ref, ...component }) => component as Component),
    findings: report.findings.map(({ title: _title, message: _message, ...finding }) => finding),
  };
}

/** @throws UserError */
export const readReport = (text: string, name: string): Report => toReport(parseJson(text, name), name);
