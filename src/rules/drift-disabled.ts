import { driftRule } from './shared/drift.ts';

export const driftDisabled = driftRule('drift-disabled');
