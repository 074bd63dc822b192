import { driftRule } from './shared/drift.ts';

export const driftCommit = driftRule('drift-commit');
