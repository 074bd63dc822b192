import { driftRule } from './shared/drift.ts';

export const driftSignatureRemoved = driftRule('drift-signature-removed');
