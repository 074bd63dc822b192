import { defineReader, hasExtension } from './reading.ts';

const MAGICS = ['ptrt', 'ftrt'];

/** A serialised CUDA program for one GPU: native code that nobody can judge by reading. */
export const tensorrt = defineReader({
  id: 'tensorrt',
  extensions: ['.engine', '.plan', '.trt'],
  matches: ({ head, path }) => {
    const magic = Buffer.from(head.subarray(0, 4)).toString('latin1');
    const reversed = [...magic].reverse().join('');
    return MAGICS.includes(magic) || (MAGICS.includes(reversed) && hasExtension(path, '.engine', '.plan', '.trt')) ? 'yes' : 'no';
  },
  async read(_input, _context, draft) {
    draft.certain = true;
    draft.report('incomplete-artifact', { reason: 'opaque', detail: 'TensorRT engines hold native code' });
    await Promise.resolve();
  },
});
