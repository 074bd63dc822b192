import type { ArtifactReport } from '../../core/report.ts';

/** Format ids whose readers unpickle: loading the file runs what it says. */
const PICKLE_FAMILY = new Set(['pickle', 'torch', 'torch-zip', 'torch-legacy', 'torch-tar', 'torchscript', 'joblib', 'dill', 'cloudpickle', 'skops-pickle', 'numpy-pickle', 'nemo']);

export const isPickleFamily = (artifact: Pick<ArtifactReport, 'format' | 'facts'>): boolean => PICKLE_FAMILY.has(artifact.format) || artifact.facts['pickle'] === true;
