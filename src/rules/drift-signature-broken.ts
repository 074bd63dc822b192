import { driftRule } from './shared/drift.ts';

export const driftSignatureBroken = driftRule('drift-signature-broken');
