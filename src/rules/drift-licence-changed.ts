import { driftRule } from './shared/drift.ts';

export const driftLicenceChanged = driftRule('drift-licence-changed');
