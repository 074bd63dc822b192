import { driftRule } from './shared/drift.ts';

export const driftWeightsRemoved = driftRule('drift-weights-removed');
