import { baseName, defineReader } from '../reading.ts';

/** `model.onnx_data` of Optimum, `model.onnx.data` of PyTorch, `model.onnx_data_1` where one file is too small. */
const NAME = /\.onnx[._]data(?:_\d+)?$/;

/**
 * Tensors that an ONNX model keeps outside of itself, one behind the other; their places stand in the
 * model. Raw numbers have no structure, so that only the name says what this is; whatever else the
 * bytes are is found by the other formats.
 */
export const onnxData = defineReader({
  id: 'onnx-external-data',
  extensions: [],
  matches: ({ path }) => (NAME.test(baseName(path)) ? 'maybe' : 'no'),
  async read(_input, _context, draft) {
    draft.certain = true;
  },
});
