import { LimitError, ParseError } from '../../core/errors.ts';
import { escapes } from '../external-path.ts';
import type { InspectContext } from '../format.ts';
import { walkKeras } from '../keras/walk.ts';
import { walkConfig } from '../model-config/walk.ts';
import { BYTES, isIdentifier, VARINT, type Field, type Message } from '../protobuf.ts';
import type { Draft } from '../draft.ts';
import { printable, RECORD, spend } from '../reading.ts';
import { parseJson } from '../strict-json.ts';
import { GraphJudge } from './judge.ts';

export interface TensorflowWalk {
  readonly path: string;
  readonly context: InspectContext;
  readonly draft: Draft;
  readonly judge: GraphJudge;
  functions: number;
  nodes: number;
}

const MAX_STRING = 4096;
/** Keras metadata of one layer or model. */
const MAX_METADATA = 16 * 1024 * 1024;
const STRING_TYPE = 7n;

/** Inputs whose constants are looked at. */
const MAX_INPUTS = 4;

/** AttrValue: a string, the first of several, or a string tensor. */
async function attributeText(message: Message): Promise<string | undefined> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1 && field.wire === BYTES) return firstText(message.sub(field));
    if (field.number === 2 && field.wire === BYTES) return message.text(field, MAX_STRING);
    if (field.number === 8 && field.wire === BYTES) return tensorText(message.sub(field));
  }
  return undefined;
}

/** AttrValue.ListValue of strings. */
async function firstText(message: Message): Promise<string | undefined> {
  for (let field = await message.next(); field; field = await message.next())
    if (field.number === 2 && field.wire === BYTES) return message.text(field, MAX_STRING);
  return undefined;
}

/** TensorProto with one string. */
async function tensorText(message: Message): Promise<string | undefined> {
  let text: string | undefined;
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1 && field.wire === VARINT && field.value !== STRING_TYPE) return undefined;
    if (field.number === 8 && field.wire === BYTES) text ??= await message.text(field, MAX_STRING);
  }
  return text;
}

async function readNode(message: Message, walk: TensorflowWalk): Promise<void> {
  spend(walk.context, RECORD);
  let [name, operator] = ['', ''];
  const inputs: string[] = [];
  const strings = new Map<string, string>();
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) name = await message.text(field);
    else if (field.number === 2) operator = await message.text(field);
    else if (field.number === 3 && inputs.length < MAX_INPUTS) inputs.push(await message.text(field));
    else if (field.number === 5) {
      const pair = message.sub(field);
      let key = '';
      for (let item = await pair.next(); item; item = await pair.next()) {
        if (item.number === 1) key = await pair.text(item);
        else if (item.number === 2) {
          const text = await attributeText(pair.sub(item));
          if (text !== undefined) strings.set(key, text);
        }
      }
    }
  }
  if (!isIdentifier(operator)) throw new ParseError('node without operator', message.end);
  walk.nodes += 1;
  walk.judge.node({ name, operator, inputs, strings });
}

/** OpDef of a function. */
async function readSignature(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next())
    if (field.number === 1 && field.wire === BYTES) walk.judge.function(await message.text(field));
}

/** FunctionDefLibrary: bodies that nodes call by name; modelscan and others look at them as well. */
async function readLibrary(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 1) continue;
    const body = message.sub(field);
    spend(walk.context, RECORD);
    walk.functions += 1;
    walk.judge.enter();
    for (let item = await body.next(); item; item = await body.next()) {
      if (item.number === 3) await readNode(body.sub(item), walk);
      else if (item.number === 1 && item.wire === BYTES) await readSignature(body.sub(item), walk);
    }
    walk.judge.leave();
  }
}

export async function readGraphDef(message: Message, walk: TensorflowWalk): Promise<void> {
  walk.judge.enter();
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 1) await readNode(message.sub(field), walk);
    else if (field.number === 2 && field.wire === BYTES) await readLibrary(message.sub(field), walk);
  }
  walk.judge.leave();
}

/** AssetFileDef: file names that are joined to the assets folder. */
async function readAsset(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 2) continue;
    const path = await message.text(field);
    if (escapes(path)) walk.draft.report('external-reference', { problem: 'asset', target: printable(path) });
  }
}

/** Keras writes the configuration of every layer as JSON beside the graph. */
async function readMetadata(message: Message, field: Field, walk: TensorflowWalk): Promise<void> {
  if (field.length > MAX_METADATA) throw new LimitError('keras-metadata', 'Keras metadata is too long');
  const text = await message.text(field, MAX_METADATA);
  if (!text.startsWith('{')) return;
  spend(walk.context, Math.ceil(text.length / 64));
  try {
    const { value } = parseJson(text, { lenient: true });
    walkKeras(value, walk.context, walk.draft);
    await walkConfig(value, walk.path, walk.context, walk.draft);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    walk.draft.report('incomplete-artifact', { reason: 'malformed', detail: `Keras metadata: ${error.message}` });
  }
}

/** SavedObjectGraph: user objects carry an identifier and, in older files, Keras metadata. */
async function readObjects(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 1) continue;
    spend(walk.context, 1);
    const object = message.sub(field);
    for (let item = await object.next(); item; item = await object.next()) {
      if (item.number !== 4 || item.wire !== BYTES) continue;
      const user = object.sub(item);
      for (let part = await user.next(); part; part = await user.next())
        if (part.number === 3 && part.wire === BYTES) await readMetadata(user, part, walk);
    }
  }
}

async function readInfo(message: Message, walk: TensorflowWalk): Promise<void> {
  const tags: string[] = [];
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 4) tags.push(printable(await message.text(field), 40));
    else if (field.number === 5) walk.draft.facts['writer'] = `tensorflow ${printable(await message.text(field), 40)}`;
  }
  if (tags.length > 0) walk.draft.facts['tags'] = tags;
}

export async function readMetaGraph(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.wire !== BYTES) throw new ParseError('no MetaGraphDef', field.start);
    if (field.number === 1) await readInfo(message.sub(field), walk);
    else if (field.number === 2) await readGraphDef(message.sub(field), walk);
    else if (field.number === 6) await readAsset(message.sub(field), walk);
    else if (field.number === 7) await readObjects(message.sub(field), walk);
  }
}

export async function readSavedModel(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number === 2) await readMetaGraph(message.sub(field), walk);
    else if (field.number === 1) walk.draft.facts['schemaVersion'] = Number(field.value);
    else throw new ParseError('no SavedModel', field.start);
  }
}

/** keras_metadata.pb: SavedMetadata of SavedObjects. */
export async function readKerasMetadata(message: Message, walk: TensorflowWalk): Promise<void> {
  for (let field = await message.next(); field; field = await message.next()) {
    if (field.number !== 1 || field.wire !== BYTES) throw new ParseError('no Keras metadata', field.start);
    const object = message.sub(field);
    for (let item = await object.next(); item; item = await object.next())
      if (item.number === 5 && item.wire === BYTES) await readMetadata(object, item, walk);
  }
}
