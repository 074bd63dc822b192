import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { judgeFreeText } from '../free-text.ts';
import { BYTES, Message, VARINT } from '../protobuf.ts';
import type { Draft } from '../draft.ts';
import { defineReader, hasExtension, printable, spend } from '../reading.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { judgeOperators, readFunction, readGraph, readProperty, readTraining } from './walk.ts';
import { newWalk, type OnnxWalk } from './walk-state.ts';

const EXTENSIONS = ['.onnx'];
/** Fields of ModelProto and their wire types (onnx.proto3, IR version 12). */
const FIELDS: ReadonlyMap<number, number> = new Map([
  [1, VARINT],
  [2, BYTES],
  [3, BYTES],
  [4, BYTES],
  [5, VARINT],
  [6, BYTES],
  [7, BYTES],
  [8, BYTES],
  [14, BYTES],
  [20, BYTES],
  [25, BYTES],
  [26, BYTES],
]);
const MAX_IR_VERSION = 100n;
const MAX_SHOWN = 200;
/** Of a description that is searched. */
const MAX_DOC = 64 * 1024;

/** A ModelProto has a graph (or functions) and only fields of its own: protobuf has no magic. */
async function check(input: ArtifactInput): Promise<boolean> {
  const message = new Message(new Cursor(input.reader));
  let graph = false;
  let count = 0;
  for (let field = await message.next(); field; field = await message.next()) {
    if (FIELDS.get(field.number) !== field.wire) return false;
    if (field.number === 1 && (field.value === 0n || field.value > MAX_IR_VERSION)) return false;
    if (field.number === 7 || field.number === 25) graph = true;
    if (++count > 100_000) break;
  }
  return graph;
}

async function readOpset(message: Message, walk: OnnxWalk): Promise<void> {
  let domain = '';
  let version = 0;
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) domain = await message.text(field);
    else if (field.number === 2) version = Number(field.value);
  }
  walk.opsets.set(printable(domain, 80), version);
}

async function readModel(message: Message, walk: OnnxWalk): Promise<void> {
  const { draft } = walk;
  const producer: string[] = [];
  const properties: string[] = [];
  for (let field = await message.next(); field; field = await message.next()) {
    spend(walk.context, 1);
    if (field.number === 1) draft.facts['irVersion'] = Number(field.value);
    else if (field.number === 2 || field.number === 3) producer.push(printable(await message.text(field), 60));
    else if (field.number === 6) judgeFreeText(await message.text(field, MAX_DOC), 'doc_string', draft);
    else if (field.number === 7) await readGraph(message.sub(field), walk);
    else if (field.number === 8) await readOpset(message.sub(field), walk);
    else if (field.number === 14) {
      const [key, value] = await readProperty(message.sub(field), walk);
      properties.push(printable(key, 60));
      if (/^licen[cs]e$/i.test(key)) draft.licence = printable(value);
      if (/^base_?model$/i.test(key)) draft.baseModels.push(printable(value));
    } else if (field.number === 20) await readTraining(message.sub(field), walk);
    else if (field.number === 25) await readFunction(message.sub(field), walk);
    else if (!FIELDS.has(field.number))
      draft.report('incomplete-artifact', { reason: 'unsupported', detail: `unknown field ${field.number}` }, { offset: field.start });
  }
  if (producer.length > 0) draft.facts['writer'] = producer.join(' ').trim();
  if (properties.length > 0) draft.facts['metadataKeys'] = properties.slice(0, MAX_SHOWN);
}

function finish(walk: OnnxWalk): void {
  const { draft } = walk;
  judgeOperators(walk);
  draft.facts['operators'] = Object.fromEntries(
    [...walk.operators]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, MAX_SHOWN)
      .map(([id, count]) => [printable(id, 80), count]),
  );
  draft.facts['opsets'] = Object.fromEntries(walk.opsets);
  draft.facts['tensorCount'] = walk.tensors;
  draft.facts['functionCount'] = walk.functions.size;
  if (walk.externalFiles.size > 0) draft.facts['externalFiles'] = [...walk.externalFiles].sort();
  draft.card = { ...(walk.tensors > 0 && { parameterCount: Number(walk.parameters), dtypes: [...walk.dtypes].sort() }) };
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  if (hasExtension(input.path, '.onnx')) draft.certain = true;
  else if (!(await check(input))) throw new ParseError('no ONNX model');
  draft.certain = true;
  const words = context.knowledge.get(vocabularySection);
  const walk = newWalk(input, context, draft, (list) => words.names('onnx', list));
  try {
    await readModel(new Message(new Cursor(input.reader)), walk);
    if (walk.operators.size === 0 && walk.tensors === 0 && walk.inputs === 0 && walk.outputs === 0) throw new ParseError('no graph');
  } finally {
    finish(walk);
  }
}

/** https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, read without the library. */
export const onnx = defineReader({
  id: 'onnx',
  extensions: EXTENSIONS,
  // ir_version, then a name, a graph, or an operator set.
  matches: ({ head, path }) =>
    hasExtension(path, '.onnx') || (head[0] === 0x08 && [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42].includes(head[2] ?? 0)) ? 'maybe' : 'no',
  read,
});
