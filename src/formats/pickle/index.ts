export type { PickleInspection, PickleOptions, PickleRun, RawData, RawHook } from './api.ts';
export { elementType, sizeOfCode, type ElementType } from './dtype.ts';
export { pickleFormat } from './format.ts';
export { inspectPickle } from './inspect.ts';
export { joblibArrays } from './joblib-arrays.ts';
export { looksLikePickle } from './probe.ts';
export * from './values.ts';
