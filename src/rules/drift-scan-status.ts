import { driftRule } from './shared/drift.ts';

export const driftScanStatus = driftRule('drift-scan-status');
