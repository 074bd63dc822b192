import { bytesReader } from '../../core/byte-reader.ts';
import { inspectEncodedText } from '../encoded.ts';
import { escapes } from '../external-path.ts';
import { judgeFreeText } from '../free-text.ts';
import { BYTES, type Field, type Message } from '../protobuf.ts';
import { printable, RECORD, spend } from '../reading.ts';
import type { OnnxWalk } from './walk-state.ts';
import { readSparseTensor, readTensor } from './tensor.ts';

/** Inputs, outputs and inner values of a graph. */
const VALUES = new Set([11, 12, 13]);
const MAX_OPERATOR_KINDS = 2000;
/** Attributes of one node that may name a file. */
const MAX_PATHS = 32;
/** Strings in attributes that could hold a pickle. */
const MAX_PAYLOAD = 16 * 1024 * 1024;

async function readAttribute(message: Message, walk: OnnxWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 4 || field.number === 9) await readString(message, field, walk);
    else if (field.number === 5 || field.number === 10) await readTensor(message.sub(field), true, walk);
    else if (field.number === 6 || field.number === 11) await readGraph(message.sub(field), walk);
    else if (field.number === 22 || field.number === 23) await readSparseTensor(message.sub(field), walk);
  }
}

async function readString(message: Message, field: Field, walk: OnnxWalk): Promise<void> {
  if (field.wire !== BYTES || field.length < 8 || field.length > MAX_PAYLOAD) return;
  const head = Buffer.from(await message.text(field, 4), 'utf8');
  const path = `${walk.path}!attribute`;
  // U+FFFD stands for the byte 0x80 with which binary pickles begin.
  if (head[0] === 0xef || head[0] === 0x80) {
    const bytes = await message.bytes(field);
    if (bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 9) <= 5)
      walk.draft.absorb(await walk.context.inspect({ path, reader: bytesReader(bytes) }), path);
  } else await inspectEncodedText(await message.text(field, field.length), path, walk.context, walk.draft);
}

/** An execution provider's compiled graph may stand in a file beside the model: native code for its driver. */
async function readContextPath(message: Message, walk: OnnxWalk): Promise<void> {
  let [name, value] = ['', ''];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) name = await message.text(field);
    else if (field.number === 4) value = await message.text(field);
  }
  if (name === 'ep_cache_context' && escapes(value)) walk.draft.report('external-reference', { problem: name, target: printable(value) });
}

async function readNode(message: Message, walk: OnnxWalk): Promise<void> {
  spend(walk.context, RECORD);
  let [operator, domain] = ['', ''];
  const attributes: Field[] = [];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 4) operator = await message.text(field);
    else if (field.number === 7) domain = await message.text(field);
    else if (field.number === 5) {
      await readAttribute(message.sub(field), walk);
      if (attributes.length < MAX_PATHS) attributes.push(field);
    }
  }
  if (operator === 'EPContext') for (const field of attributes) await readContextPath(message.sub(field), walk);
  const id = domain === '' ? operator : `${domain}:${operator}`;
  if (walk.operators.size < MAX_OPERATOR_KINDS || walk.operators.has(id)) walk.operators.set(id, (walk.operators.get(id) ?? 0) + 1);
  else walk.draft.facts['operatorsOmitted'] = true;
}

/** Messages of a type by field: what is not listed is a scalar or a string. */
type Shape = { readonly [field: number]: Shape };
const DIMENSION: Shape = {};
const TENSOR: Shape = { 2: { 1: DIMENSION } };
const ELEMENTS: { [field: number]: Shape } = { 1: TENSOR, 8: TENSOR };
// Sequences and optional values hold a type, maps have it as their value.
const TYPE: Shape = Object.assign(ELEMENTS, { 4: { 1: ELEMENTS }, 9: { 1: ELEMENTS }, 5: { 2: ELEMENTS } });
/** ValueInfoProto. */
const VALUE_INFO: Shape = { 2: TYPE };

/** Nothing of a type acts, but damage in it stops the library. */
async function readShape(message: Message, shape: Shape, walk: OnnxWalk): Promise<void> {
  spend(walk.context, 1);
  for (let field = await message.next(); field; field = await message.next()) {
    const inner = shape[field.number];
    if (inner && field.wire === BYTES) await readShape(message.sub(field), inner, walk);
  }
}

/** GraphProto: nodes, weights, and graphs in attributes of nodes. */
export async function readGraph(message: Message, walk: OnnxWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) await readNode(message.sub(field), walk);
    else if (field.number === 5) {
      spend(walk.context, 1);
      await readTensor(message.sub(field), true, walk);
    } else if (field.number === 15) await readSparseTensor(message.sub(field), walk);
    else if (VALUES.has(field.number) && field.wire === BYTES) {
      if (field.number === 11) walk.inputs += 1;
      else if (field.number === 12) walk.outputs += 1;
      await readShape(message.sub(field), VALUE_INFO, walk);
    } else if (field.number === 16) await readProperty(message.sub(field), walk);
  }
}

/** FunctionProto: a body of nodes under a name of its own. */
export async function readFunction(message: Message, walk: OnnxWalk): Promise<void> {
  let [name, domain] = ['', ''];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) name = await message.text(field);
    else if (field.number === 10) domain = await message.text(field);
    else if (field.number === 7) await readNode(message.sub(field), walk);
    else if (field.number === 11) await readAttribute(message.sub(field), walk);
  }
  walk.functions.add(`${domain}:${name}`);
}

/** TrainingInfoProto: two further graphs. */
export async function readTraining(message: Message, walk: OnnxWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1 || field.number === 2) await readGraph(message.sub(field), walk);
  }
}

const MAX_PROPERTY = 1 << 20;

/** metadata_props: free text, of which some runtimes read settings. */
export async function readProperty(message: Message, walk: OnnxWalk): Promise<readonly [string, string]> {
  let [key, value] = ['', ''];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) key = await message.text(field);
    else if (field.number === 2) value = await message.text(field, MAX_PROPERTY);
  }
  judgeFreeText(value, key, walk.draft);
  await inspectEncodedText(value, `${walk.path}!${printable(key, 40)}`, walk.context, walk.draft);
  return [key, value];
}

/** Domains of ONNX itself: their operators are all listed. */
const STANDARD = new Set(['', 'ai.onnx', 'ai.onnx.ml']);

function isKnown(domain: string, operator: string, walk: OnnxWalk): boolean {
  if (walk.functions.has(`${domain}:${operator}`)) return true;
  return STANDARD.has(domain) ? walk.words('operators').has(operator) : walk.words('domains').has(domain);
}

/** Operators judged once per kind: a model has thousands of nodes of some dozen operators. */
export function judgeOperators(walk: OnnxWalk): void {
  for (const [id, count] of walk.operators) {
    const colon = id.lastIndexOf(':');
    const [domain, operator] = colon < 0 ? ['', id] : [id.slice(0, colon), id.slice(colon + 1)];
    const args = { operation: printable(operator, 80), domain: printable(domain || 'ai.onnx', 80), count };
    if (walk.words('pythonOps').has(operator) || /python|^py_?(?:func|op|custom|exec)/i.test(operator))
      walk.draft.report('dangerous-operation', { ...args, kind: 'python' });
    else if (!isKnown(domain, operator, walk)) walk.draft.report('custom-operation', args);
  }
}
