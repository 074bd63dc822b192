import { createHash } from 'node:crypto';
import type { DraftFinding, Finding } from './finding.ts';

/** JSON with sorted keys: the same value gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** First 16 bytes of SHA-256, hexadecimal. */
export const shortHash = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);

/**
 * Fingerprints of all drafts together. Two drafts that differ in their line alone get an ordinal,
 * in the order of their lines, so that each keeps its own fingerprint.
 */
export function withFingerprints(drafts: readonly DraftFinding[]): Finding[] {
  const seen = new Map<string, number>();
  return drafts.map(({ subject, related, ...draft }) => {
    const base = shortHash([draft.ruleId, draft.component ?? null, draft.location.path, subject ?? canonicalJson(draft.args)]);
    const ordinal = seen.get(base) ?? 0;
    seen.set(base, ordinal + 1);
    return { ...draft, related: related ?? [], status: 'open', fingerprint: ordinal === 0 ? base : shortHash([base, ordinal]) };
  });
}
