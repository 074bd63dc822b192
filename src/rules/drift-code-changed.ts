import { driftRule } from './shared/drift.ts';

export const driftCodeChanged = driftRule('drift-code-changed');
