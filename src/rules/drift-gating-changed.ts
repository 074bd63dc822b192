import { driftRule } from './shared/drift.ts';

export const driftGatingChanged = driftRule('drift-gating-changed');
