import { driftRule } from './shared/drift.ts';

export const driftDeleted = driftRule('drift-deleted');
