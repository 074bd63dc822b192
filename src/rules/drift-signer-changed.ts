import { driftRule } from './shared/drift.ts';

export const driftSignerChanged = driftRule('drift-signer-changed');
