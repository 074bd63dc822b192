import { driftRule } from './shared/drift.ts';

export const driftNewerRevision = driftRule('drift-newer-revision');
