import { driftRule } from './shared/drift.ts';

export const driftWeightsChanged = driftRule('drift-weights-changed');
