import { driftRule } from './shared/drift.ts';

export const driftWeightsAdded = driftRule('drift-weights-added');
