import { globMatches, matchesAny } from './glob.ts';
import type { AccessList } from './policy.ts';

export interface Denial {
  readonly reason: 'denied' | 'not allowed';
  /** Entry of the deny list that matched. */
  readonly entry?: string;
}

/** `undefined` where the list has nothing against any of the names. */
export function judgeAccess(list: AccessList, names: readonly string[]): Denial | undefined {
  const entry = list.deny?.find((pattern) => names.some((name) => globMatches(pattern.toLowerCase(), name.toLowerCase())));
  if (entry !== undefined) return { reason: 'denied', entry };
  return list.allow !== undefined && !matchesAny(list.allow, names) ? { reason: 'not allowed' } : undefined;
}
