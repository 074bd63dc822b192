import type { Format } from '../format.ts';
import { inspectPickle } from './inspect.ts';
import { looksLikePickle } from './probe.ts';

/** A plain pickle file, one written by joblib without compression, or several pickles in a row. */
export const pickleFormat: Format = {
  id: 'pickle',
  extensions: ['.pkl', '.pickle', '.joblib', '.p', '.pk', '.sav', '.dill', '.model'],
  matches: ({ head, size }) => looksLikePickle(head, size),
  inspect: ({ reader }, context) => inspectPickle(reader, context),
};
