import { driftRule } from './shared/drift.ts';

export const driftBaseModelChanged = driftRule('drift-base-model-changed');
