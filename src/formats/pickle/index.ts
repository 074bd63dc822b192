export type { PickleInspection, PickleOptions, RawHook } from './api.ts';
export { IMPLIED_SIZES, sizeOfCode } from './dtype.ts';
export { pickleFormat } from './format.ts';
export { inspectPickle } from './inspect.ts';
export { looksLikePickle } from './probe.ts';
export * from './values.ts';
