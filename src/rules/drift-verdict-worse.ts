import { driftRule } from './shared/drift.ts';

export const driftVerdictWorse = driftRule('drift-verdict-worse');
