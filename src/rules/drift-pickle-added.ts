import { driftRule } from './shared/drift.ts';

export const driftPickleAdded = driftRule('drift-pickle-added');
