import { driftRule } from './shared/drift.ts';

export const driftOwnerChanged = driftRule('drift-owner-changed');
