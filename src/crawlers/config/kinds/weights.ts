const WEIGHTS = /\.(?:pt|pth|bin|ckpt|safetensors|onnx|gguf|ggml|h5|hdf5|keras|tflite|pb|caffemodel|mlmodel|weights|task|engine)$/i;
/** A file of weights called `model.bin` has no name. */
const NAMELESS =
  /^(?:model|pytorch_model|weights?|checkpoint|best|last|latest|final|download|file|data|tf_model|flax_model|adapter_model|diffusion_pytorch_model)(?:[-_.]?\d*)(?:[-_.]\w+)?\.\w+$/i;

/** HDF5 and NumPy hold data as well. */
const TABLE = /(?:^|[-_])(?:train|test|valid|data(?:set)?|images?|labels?)(?:[-_.]|$)/i;

export interface Weights {
  readonly name: string;
  /** Without credentials, query and fragment. */
  readonly url: string;
}

export const isWeightsUrl = (url: string): boolean => WEIGHTS.test(url);

/** The weights that a URL points at, by the name of the file; undefined where the name says nothing. */
export function weightsAt(written: string): Weights | undefined {
  const url = written.replace(/\/\/[^@/]*@/, '//').replace(/[?#].*$/, '');
  const name = url.slice(url.lastIndexOf('/') + 1);
  return WEIGHTS.test(url) && !NAMELESS.test(name) && !TABLE.test(name) && !/[{}$<>*%]/.test(name) ? { name, url } : undefined;
}

/** What an address names that holds a commit (`/resolve/<commit>/`, `/raw/<commit>/`) never changes. */
export const isFixedUrl = (url: string): boolean => /\/[0-9a-f]{40}\//.test(url);
