import { driftRule } from './shared/drift.ts';

export const driftTemplateChanged = driftRule('drift-template-changed');
