import { driftRule } from './shared/drift.ts';

export const driftSafetensorsRemoved = driftRule('drift-safetensors-removed');
