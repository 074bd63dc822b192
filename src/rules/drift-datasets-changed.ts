import { driftRule } from './shared/drift.ts';

export const driftDatasetsChanged = driftRule('drift-datasets-changed');
