import { driftRule } from './shared/drift.ts';

export const driftRecreated = driftRule('drift-recreated');
