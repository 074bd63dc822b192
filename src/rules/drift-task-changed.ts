import { driftRule } from './shared/drift.ts';

export const driftTaskChanged = driftRule('drift-task-changed');
