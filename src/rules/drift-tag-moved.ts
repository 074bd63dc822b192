import { driftRule } from './shared/drift.ts';

export const driftTagMoved = driftRule('drift-tag-moved');
