import { driftRule } from './shared/drift.ts';

export const driftCodeAdded = driftRule('drift-code-added');
