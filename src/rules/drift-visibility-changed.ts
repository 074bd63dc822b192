import { driftRule } from './shared/drift.ts';

export const driftVisibilityChanged = driftRule('drift-visibility-changed');
