import { driftRule } from './shared/drift.ts';

export const driftFileReplaced = driftRule('drift-file-replaced');
