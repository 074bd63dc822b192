import { driftRule } from './shared/drift.ts';

export const driftRenamed = driftRule('drift-renamed');
