import { driftRule } from './shared/drift.ts';

export const driftAccessLost = driftRule('drift-access-lost');
