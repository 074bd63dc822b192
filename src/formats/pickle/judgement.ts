import type { Confidence, Severity } from '../../core/severity.ts';

/** What an effect means. `silent`: known to be safe. `note`: worth telling, no verdict. */
export interface Judgement {
  readonly level: 'silent' | 'note' | 'suspicious' | 'malicious';
  readonly category: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
}

/** Categories whose harm ends with the process. */
export const MILD: ReadonlySet<string> = new Set(['denial-of-service']);

export const SILENT: Judgement = { level: 'silent', category: 'safe', severity: 'info', confidence: 'high' };
export const NOTE: Judgement = { level: 'note', category: 'unknown-class', severity: 'info', confidence: 'high' };

export const suspicious = (category: string, severity: Severity = 'medium', confidence: Confidence = 'medium'): Judgement => ({
  level: 'suspicious',
  category,
  severity,
  confidence,
});

export const malicious = (category: string, severity: Severity = 'critical', confidence: Confidence = 'high'): Judgement => ({
  level: 'malicious',
  category,
  severity,
  confidence,
});
