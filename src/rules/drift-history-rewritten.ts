import { driftRule } from './shared/drift.ts';

export const driftHistoryRewritten = driftRule('drift-history-rewritten');
