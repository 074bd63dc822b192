import { ParseError } from '../core/errors.ts';
import { Cursor } from './cursor.ts';
import { escapes } from './external-path.ts';
import { BYTES, Message, VARINT, type Field } from './protobuf.ts';
import type { Draft } from './draft.ts';
import { defineReader, hasExtension, printable, spend } from './reading.ts';
import type { InspectContext } from './format.ts';

/** Fields of Model.proto that hold the model itself. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [200, 'pipelineClassifier'],
  [201, 'pipelineRegressor'],
  [202, 'pipeline'],
  [300, 'glmRegressor'],
  [301, 'supportVectorRegressor'],
  [302, 'treeEnsembleRegressor'],
  [303, 'neuralNetworkRegressor'],
  [304, 'bayesianProbitRegressor'],
  [400, 'glmClassifier'],
  [401, 'supportVectorClassifier'],
  [402, 'treeEnsembleClassifier'],
  [403, 'neuralNetworkClassifier'],
  [404, 'kNearestNeighborsClassifier'],
  [500, 'neuralNetwork'],
  [501, 'itemSimilarityRecommender'],
  [502, 'mlProgram'],
  [555, 'customModel'],
  [556, 'linkedModel'],
  [560, 'classConfidenceThresholding'],
  [600, 'oneHotEncoder'],
  [601, 'imputer'],
  [602, 'featureVectorizer'],
  [603, 'dictVectorizer'],
  [604, 'scaler'],
  [606, 'categoricalMapping'],
  [607, 'normalizer'],
  [609, 'arrayFeatureExtractor'],
  [610, 'nonMaximumSuppression'],
  [900, 'identity'],
  [2000, 'textClassifier'],
  [2001, 'wordTagger'],
  [2002, 'visionFeaturePrint'],
  [2003, 'soundAnalysisPreprocessing'],
  [2004, 'gazetteer'],
  [2005, 'wordEmbedding'],
  [2006, 'audioFeaturePrint'],
  [3000, 'serializedModel'],
]);
const NETWORKS = new Set([303, 403, 500]);
const PIPELINES = new Set([200, 201, 202]);
const CUSTOM_LAYER = 500;
const MAX_PROGRAM = 16 * 1024 * 1024;
const MAX_VERSION = 30n;

interface CoremlWalk {
  readonly context: InspectContext;
  readonly draft: Draft;
  layers: number;
}

/** CustomLayerParams and CustomModel: the name of a class that the application must bring. */
async function readCustom(message: Message, kind: string, walk: CoremlWalk): Promise<void> {
  let name = '';
  for (let field = await message.next(); field; field = await message.next())
    if (field.number === 10 && field.wire === BYTES) name = await message.text(field);
  walk.draft.report('custom-operation', { operation: printable(name, 80), domain: kind });
}

async function readNetwork(message: Message, walk: CoremlWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 1 || field.wire !== BYTES) continue;
    spend(walk.context, 1);
    walk.layers += 1;
    const layer = message.sub(field);
    for (let item = await layer.next(); item; item = await layer.next())
      if (item.number === CUSTOM_LAYER && item.wire === BYTES) await readCustom(layer.sub(item), 'coreml-layer', walk);
  }
}

/** Models of a pipeline: field 1 of Pipeline, one level deeper in classifier and regressor. */
async function readPipeline(message: Message, wrapped: boolean, walk: CoremlWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 1 || field.wire !== BYTES) continue;
    if (wrapped) await readPipeline(message.sub(field), false, walk);
    else await readModel(message.sub(field), walk);
  }
}

/** Programs name their weight files as `@model_path/weights/weight.bin`. */
async function readProgram(message: Message, field: Field, walk: CoremlWalk): Promise<void> {
  const text = await message.text(field, MAX_PROGRAM);
  if (field.length > MAX_PROGRAM) walk.draft.report('incomplete-artifact', { reason: 'limit', detail: 'program is too long' });
  for (const match of text.matchAll(/@model_path\/?([^\p{Cc}"']{0,300})/gu))
    if (escapes(match[1] ?? '')) walk.draft.report('external-reference', { problem: 'weights', target: printable(match[0]) });
  for (const match of text.matchAll(/\b(?:custom_\w+|py_func\w*)\b/g))
    walk.draft.report('custom-operation', { operation: printable(match[0], 60), domain: 'coreml-program' });
}

async function readLinked(message: Message, walk: CoremlWalk): Promise<void> {
  const visit = async (inner: Message, depth: number): Promise<void> => {
    for (let field = await inner.next(); field; field = await inner.next()) {
      if (field.wire !== BYTES) continue;
      const text = await inner.text(field);
      if (depth < 2 && field.length > 2) {
        try {
          await visit(inner.sub(field), depth + 1);
          continue;
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
      }
      walk.draft.report(
        'external-reference',
        { problem: 'linked-model', target: printable(text) },
        escapes(text) ? {} : { verdict: 'suspicious', severity: 'medium' },
      );
    }
  };
  await visit(message, 0);
}

async function readDescription(message: Message, walk: CoremlWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 100 || field.wire !== BYTES) continue;
    const metadata = message.sub(field);
    for (let item = await metadata.next(); item; item = await metadata.next()) {
      if (item.wire !== BYTES) continue;
      if (item.number === 1) walk.draft.facts['description'] = printable(await metadata.text(item));
      else if (item.number === 3) walk.draft.facts['author'] = printable(await metadata.text(item));
      else if (item.number === 4) walk.draft.licence = printable(await metadata.text(item));
    }
  }
}

async function readModel(message: Message, walk: CoremlWalk): Promise<void> {
  let type: string | undefined;
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1 && field.wire === VARINT) {
      if (field.value === 0n || field.value > MAX_VERSION) throw new ParseError('no Core ML specification version', field.start);
      walk.draft.facts['specificationVersion'] ??= Number(field.value);
    } else if (field.number === 2 && field.wire === BYTES) await readDescription(message.sub(field), walk);
    else if (TYPES.has(field.number) && field.wire === BYTES) {
      type = TYPES.get(field.number);
      walk.draft.certain = true;
      if (NETWORKS.has(field.number)) await readNetwork(message.sub(field), walk);
      else if (PIPELINES.has(field.number)) await readPipeline(message.sub(field), field.number !== 202, walk);
      else if (field.number === 502) await readProgram(message, field, walk);
      else if (field.number === 555) await readCustom(message.sub(field), 'coreml-model', walk);
      else if (field.number === 556) await readLinked(message.sub(field), walk);
      else if (field.number === 3000) walk.draft.report('incomplete-artifact', { reason: 'opaque', detail: 'serialised model' });
    } else if (![10, 1, 2].includes(field.number)) throw new ParseError('no Core ML model', field.start);
  }
  if (type === undefined) throw new ParseError('Core ML model without a type');
  walk.draft.card ??= { architecture: type };
}

/** https://apple.github.io/coremltools/mlmodel/Format/Model.html */
export const coreml = defineReader({
  id: 'coreml',
  extensions: ['.mlmodel'],
  matches: ({ head, path }) => (hasExtension(path, '.mlmodel') && head[0] === 0x08 ? 'maybe' : 'no'),
  async read({ reader }, context, draft) {
    draft.certain = true;
    const walk: CoremlWalk = { context, draft, layers: 0 };
    await readModel(new Message(new Cursor(reader)), walk);
    draft.facts['layerCount'] = walk.layers;
  },
});
