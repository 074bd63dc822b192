export type { Report } from './core/report.ts';
