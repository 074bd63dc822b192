import { judgeFreeText } from './free-text.ts';
import { defineReader, hasExtension, printable } from './reading.ts';

const EXTENSIONS = ['.engine', '.plan', '.trt'];
const MAGICS = ['ptrt', 'ftrt', 'trtp', 'trtf'];
const MAX_SEARCH = 16 * 1024 * 1024;
/** Plugins are loaded by name; a path says from where. */
const LIBRARY = /(?:\/[\w.-]{1,64}){1,12}\.(?:so|dll|dylib|py)\b|\.\.\/[\w./-]{1,200}|\/(?:etc|root|home|tmp|dev)\/[\w./-]{3,200}/;

/** A serialised CUDA program for one GPU: native code that nobody can judge by reading. */
export const tensorrt = defineReader({
  id: 'tensorrt',
  extensions: EXTENSIONS,
  matches: ({ head, path }) =>
    MAGICS.includes(Buffer.from(head.subarray(0, 4)).toString('latin1')) ? 'yes' : hasExtension(path, ...EXTENSIONS) ? 'maybe' : 'no',
  async read({ reader }, _context, draft) {
    draft.certain = true;
    draft.report('incomplete-artifact', { reason: 'opaque', detail: 'TensorRT engines hold native code' });
    const text = Buffer.from(await reader.read(0, Math.min(reader.size, MAX_SEARCH))).toString('latin1');
    const library = LIBRARY.exec(text);
    if (library)
      draft.report(
        'external-reference',
        { problem: 'library', target: printable(library[0]) },
        { verdict: 'suspicious', offset: library.index },
      );
    judgeFreeText(text, 'engine', draft);
  },
});
