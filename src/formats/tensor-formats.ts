import { coreml } from './coreml.ts';
import { flax } from './flax.ts';
import type { Format } from './format.ts';
import { gguf } from './gguf/index.ts';
import { hdf5 } from './hdf5/index.ts';
import { matlab } from './matlab/index.ts';
import { json } from './model-config/json.ts';
import { spacy } from './model-config/spacy.ts';
import { yaml } from './model-config/yaml.ts';
import { onnx } from './onnx/index.ts';
import { onnxData } from './onnx/data-file.ts';
import { onnxTensor } from './onnx/tensor-file.ts';
import { openvino } from './openvino.ts';
import { paddle } from './paddle.ts';
import { pmml } from './pmml.ts';
import { rds } from './rds/index.ts';
import { safetensors } from './safetensors/index.ts';
import { template } from './template/format.ts';
import { goTemplate } from './template/go.ts';
import { tensorflowBundle } from './tensorflow/bundle.ts';
import { tensorflowFingerprint, tensorflowJsShard, tensorflowShard } from './tensorflow/companions.ts';
import { tensorflow } from './tensorflow/index.ts';
import { tensorflowText } from './tensorflow/text.ts';
import { tensorrt } from './tensorrt.ts';
import { tflite } from './tflite.ts';
import { catboost, lightgbm, xgboostBinary, xgboostUbj } from './tree-models/formats.ts';
import { faiss } from './vectors/faiss.ts';
import { fasttext } from './vectors/fasttext.ts';
import { word2vec } from './vectors/word2vec.ts';

/** Formats of tensors, graphs, templates and model configurations; those with magic bytes first. */
export const tensorFormats: readonly Format[] = [
  gguf,
  safetensors,
  hdf5,
  matlab,
  tflite,
  rds,
  fasttext,
  faiss,
  catboost,
  lightgbm,
  xgboostUbj,
  xgboostBinary,
  tensorrt,
  pmml,
  openvino,
  onnx,
  onnxTensor,
  onnxData,
  tensorflow,
  tensorflowText,
  tensorflowBundle,
  tensorflowFingerprint,
  tensorflowShard,
  tensorflowJsShard,
  coreml,
  paddle,
  flax,
  word2vec,
  json,
  yaml,
  spacy,
  template,
  goTemplate,
];
