import { ascii, startsWith } from './archive/bytes.ts';
import { isScript, nativeKind } from './native/native.ts';
import { baseName } from './reading.ts';

/** Bytes that `artifactRole` wants of a file whose name does not decide. */
export const SNIFF_SIZE = 512;

/**
 * Extensions that promise model weights, and the formats that honestly carry them. A format id
 * that is not in the list is a lie of the name (`inspect.ts` says how bad).
 */
const TORCH = ['torch-zip', 'torchscript', 'torch-legacy', 'torch-tar', 'pickle', 'safetensors'];
const PICKLES = [
  'pickle',
  'joblib',
  'numpy',
  'npz',
  'gzip',
  'zlib',
  'bzip2',
  'xz',
  'lzma',
  'lz4',
  'zstd',
  'joblib-zfile',
  'torch-zip',
  'torchscript',
  'torch-legacy',
];

export const PROMISES: Readonly<Record<string, readonly string[]>> = {
  '.pt': [...TORCH, 'torch-package'],
  '.pth': TORCH,
  '.pt2': [...TORCH, 'zip'],
  '.ptl': TORCH,
  '.torch': [...TORCH, 'torch7'],
  '.t7': ['torch7'],
  '.tar': ['tar', 'torch-tar', ...TORCH],
  '.ckpt': [...TORCH, 'tensorflow-checkpoint', 'tensorflow-checkpoint-data', 'zip'],
  '.pkl': PICKLES,
  '.pickle': PICKLES,
  '.p': PICKLES,
  '.pkl3': PICKLES,
  '.joblib': PICKLES,
  '.jbl': PICKLES,
  '.dill': PICKLES,
  '.cloudpickle': PICKLES,
  '.sav': PICKLES,
  '.npy': ['numpy'],
  '.npz': ['npz', 'zip'],
  '.safetensors': ['safetensors'],
  '.gguf': ['gguf'],
  '.ggml': ['ggml'],
  '.ggla': ['ggml'],
  '.onnx': ['onnx'],
  '.ort': ['onnx', 'onnxruntime', 'ort'],
  '.h5': ['hdf5', 'keras-h5', 'keras-hdf5'],
  '.hdf5': ['hdf5', 'keras-h5', 'keras-hdf5'],
  '.keras': ['keras', 'hdf5', 'keras-h5', 'keras-hdf5'],
  '.tflite': ['tflite'],
  '.lite': ['tflite'],
  '.pb': [
    'tensorflow',
    'savedmodel',
    'saved-model',
    'tensorflow-savedmodel',
    'graphdef',
    'tensorflow-graphdef',
    'tensorflow-metagraph',
    'keras-metadata',
    'tensorflow-fingerprint',
    'onnx',
    'onnx-tensor',
  ],
  '.mlmodel': ['coreml'],
  '.mlpackage': ['coreml-package'],
  '.caffemodel': ['caffe'],
  '.pdparams': ['paddle', 'pickle'],
  '.pdopt': ['paddle', 'pickle'],
  '.pdiparams': ['paddle', 'pickle'],
  '.pdmodel': ['paddle'],
  '.msgpack': ['msgpack', 'flax-msgpack', 'flax'],
  '.flax': ['msgpack', 'flax-msgpack', 'flax'],
  '.orbax': ['msgpack', 'orbax'],
  '.engine': ['tensorrt'],
  '.plan': ['tensorrt'],
  '.trt': ['tensorrt'],
  '.pte': ['executorch'],
  '.mar': ['torchserve-mar', 'tar', 'gzip'],
  '.nemo': ['nemo', 'tar', 'gzip'],
  '.skops': ['skops'],
  '.cbm': ['catboost'],
  '.xgb': ['xgboost', 'xgboost-json', 'xgboost-ubj', 'pickle'],
  '.ubj': ['xgboost', 'xgboost-ubj', 'ubjson'],
  '.lgb': ['lightgbm'],
  '.pmml': ['pmml'],
  '.rds': ['rds', 'r-data', 'gzip', 'xz', 'bzip2'],
  '.rdata': ['rdata', 'r-data', 'gzip', 'xz', 'bzip2'],
  '.faiss': ['faiss'],
  '.params': ['mxnet'],
  '.rknn': ['rknn'],
  '.llamafile': ['llamafile', 'pe', 'elf'],
  '.ftz': ['fasttext'],
};

/** Never the name of anything but a model: unknown content under it is incomplete, never clean. */
export const isWeightExtension = (extension: string): boolean => Object.hasOwn(PROMISES, extension);

/** `group1-shard1of4.bin`, `face_recognition_model-shard2`: what TensorFlow.js writes beside its `model.json`. */
const TENSORFLOW_JS = /^group\d+-shard\d+of\d+(?:\.bin)?$|model-shard\d+(?:of\d+)?(?:\.bin)?$/i;
export const isTensorflowJsShard = (path: string): boolean => TENSORFLOW_JS.test(baseName(path));

/** Names that may be a model or anything else: the first bytes decide. */
const AMBIGUOUS = new Set([
  '',
  '.bin',
  '.dat',
  '.data',
  '.model',
  '.weights',
  '.zip',
  '.7z',
  '.rar',
  '.gz',
  '.tgz',
  '.bz2',
  '.xz',
  '.lzma',
  '.lz4',
  '.zst',
  '.tar',
  '.p',
  '.sav',
  '.ckpt',
  '.params',
  '.index',
  '.pickle',
  '.db',
  '.cache',
  '.obj',
  '.object',
  '.raw',
  '.out',
  '.mdl',
  '.mod',
  '.vec',
  '.emb',
  '.state',
  '.meta',
  '.pbtxt',
  '.h5ad',
  '.json',
  '.ubj',
  '.txt',
  '.xml',
  '.cfg',
  '.hdf',
  '.plan',
  '.engine',
  '.tar.gz',
]);

/** Configuration beside weights that can carry code or name it. */
const COMPANIONS = new Set([
  'config.json',
  'tokenizer_config.json',
  'chat_template.json',
  'chat_template.jinja',
  'chat_template.gotmpl',
  'processor_config.json',
  'preprocessor_config.json',
  'generation_config.json',
  'adapter_config.json',
  'model_config.yaml',
  'keras_metadata.pb',
  'model_index.json',
  'modular_model_index.json',
  'modules.json',
  'router_config.json',
  'special_tokens_map.json',
  'tokenizer.json',
  'mlmodel',
]);
/** TorchServe's manifest, unpacked, and templates that transformers finds by their folder. */
const COMPANION_PATH = /(?:^|\/)(?:mar-inf\/manifest\.json|additional_chat_templates\/[^/]*\.jinja)$/i;
/** Names that are companions only in the folder of a model: too common elsewhere. `config.json` is sniffed. */
const SNIFFED_COMPANIONS = new Set([
  'config.json',
  'tokenizer.json',
  'special_tokens_map.json',
  'generation_config.json',
  'modules.json',
  'router_config.json',
  'mlmodel',
]);

/** Keys that only configurations of models have. */
const MODEL_CONFIG =
  /"(?:architectures|model_type|auto_map|_name_or_path|_class_name|_diffusers_version|transformers_version|tokenizer_class|added_tokens|bos_token|bos_token_id|class_name|peft_type|custom_generate)"|"type": ?"sentence_transformers|"idx": ?\d[^}]{0,300}"type":|"types": ?\{|^flavors:|^artifact_path:/m;

const COMPRESSIONS = new Set(['.gz', '.bz2', '.xz', '.lzma', '.lz4', '.zst', '.z']);
/** What SageMaker and others unpack before they load it, and Hugging Face's own names of weights. */
const BUNDLE =
  /^model(?:[-_][\w-]{1,40})?\.(?:tar|tar\.gz|tgz|tar\.bz2|tar\.xz)$|^(?:(?:diffusion_|open_clip_)?pytorch_model(?:[-.][\w-]{1,30})?|adapter_model|training_args)\.bin$/;

export type ArtifactRole = 'weights' | 'companion' | 'sniff' | undefined;

/** Last extension of the last part of a path, lower case; of `a.zip!b/data.pkl` that of the member. */
export function extensionOf(path: string): string {
  const name = baseName(path);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot);
}

const GGML_MAGICS = ['lmgg', 'fmgg', 'tjgg', 'algg'].map(ascii);

/** An import and what an opcode after it can be: two lines of words alone are no pickle (`coverage`, `node_modules`). */
const TEXT_PICKLE = /^(?:\(?[ci][\w.]+\r?\n[\w.]+\r?\n(?:[()tlde.]|[pg]\d+\r?\n|[SVIFLN'])|\((?:l|d)p0\r?\n)/;

/** Pickle of protocol 2 or later, or a text pickle that imports at once. */
const isPickleHead = (head: Uint8Array): boolean =>
  (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 9) <= 5) || TEXT_PICKLE.test(latin(head));

const latin = (head: Uint8Array): string => Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');

/** `.pth` in site-packages is a text that extends Python's path. */
const isCertain = (extension: string): boolean => isWeightExtension(extension) && !AMBIGUOUS.has(extension) && extension !== '.pth';

/** Folders and imports, one a line (https://docs.python.org/3/library/site.html). */
const isPathFile = (head: Uint8Array): boolean =>
  /^(?:[#./\w][^\0\n\x80-\xff]{0,300}\r?\n)+/.test(latin(head)) &&
  !head.includes(0) &&
  !startsWith(head, ascii('version https://git-lfs')) &&
  !isPickleHead(head);

/** A zip or tar whose first entries are model files. PyTorch's padding, an extra field `FB`, follows the name at once. */
const MODEL_MEMBERS =
  /(?:data\.pkl|\.(?:pkl|pickle|joblib|pth?|ckpt|npy|h5|hdf5|keras|onnx|safetensors|gguf|tflite|sav|pb|weights|nemo)|MAR-INF\/MANIFEST\.json|model_config\.yaml|_stable_baselines3_version)(?:FB)?(?![\w.])/i;

function isModelContent(path: string, head: Uint8Array): boolean {
  const text = latin(head);
  if (startsWith(head, ascii('version https://git-lfs')))
    return isWeightExtension(extensionOf(path)) || /\.(?:bin|dat|data|model|weights)$/i.test(path);
  if (isPickleHead(head)) return true;
  if (startsWith(head, ascii('GGUF')) || startsWith(head, ascii('\x89HDF\r\n\x1a\n')) || startsWith(head, ascii('\x93NUMPY'))) return true;
  if (GGML_MAGICS.some((magic) => startsWith(head, magic)) || startsWith(head, ascii('TFL3'), 4)) return true;
  if (/^.{8}\{"/s.test(text) && head[7] === 0 && head[6] === 0 && head[5] === 0) return true;
  if (startsWith(head, ascii('CBM1')) || startsWith(head, ascii('binf')) || startsWith(head, ascii('tree\nversion=v'))) return true;
  if (startsWith(head, ascii('PK\x03\x04')) || startsWith(head, ascii('ustar'), 257)) return MODEL_MEMBERS.test(text);
  if (/^\s*\{\s*"learner"\s*:|^\{L?.{0,12}learner/s.test(text)) return true;
  if (startsWith(head, ascii('ptrt')) || startsWith(head, ascii('ftrt'))) return true;
  // A MetaGraphDef begins with its meta_info_def or its graph_def.
  if (extensionOf(path) === '.meta') return (head[0] === 0x0a || head[0] === 0x12) && head.some((byte) => byte < 9);
  return false;
}

/** Graphs as text: of TensorFlow, of OpenVINO, and their documents with entities of their own. */
function isGraphText(extension: string, head: Uint8Array): boolean {
  if (extension === '.pbtxt')
    return /^\s*(?:#[^\n]*\s*)*(?:node|graph_def|meta_graphs|saved_model_schema_version|versions|library)\b/.test(latin(head));
  return extension === '.xml' && /<net\s+(?:name|version)=|<!DOCTYPE\s+net\b/.test(latin(head));
}

/**
 * What a file is to a scan of a repository. Without `head`: `sniff` asks for the first
 * `SNIFF_SIZE` bytes. Not every .zip, .json or .bin is a model.
 */
export function artifactRole(path: string, head?: Uint8Array): ArtifactRole {
  const name = baseName(path);
  const extension = extensionOf(path);
  if (COMPANION_PATH.test(path) || name.endsWith('-symbol.json')) return 'companion';
  if (COMPANIONS.has(name)) {
    if (!SNIFFED_COMPANIONS.has(name)) return 'companion';
    if (!head) return 'sniff';
    return MODEL_CONFIG.test(latin(head)) ? 'companion' : undefined;
  }
  // `model.pkl.gz`: weights behind a compression.
  if (COMPRESSIONS.has(extension) && isCertain(extensionOf(name.slice(0, -extension.length)))) return 'weights';
  if (BUNDLE.test(name)) return 'weights';
  if (isCertain(extension) || isTensorflowJsShard(path)) return 'weights';
  if (!AMBIGUOUS.has(extension) && extension !== '.pth') return undefined;
  if (!head) return 'sniff';
  if (extension === '.pth') return isPathFile(head) ? undefined : 'weights';
  if (isModelContent(path, head)) return 'weights';
  if (isGraphText(extension, head)) return 'companion';
  // A program or nothing readable under a name that only models use.
  if (isWeightExtension(extension) && extension !== '.tar' && extension !== '.p' && (nativeKind(head) !== undefined || isScript(head)))
    return 'weights';
  return undefined;
}
