import { LimitError, ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import { Table } from '../flatbuffer.ts';
import { judgeDocument } from '../model-config/json.ts';
import { defineReader, hasExtension, printable, spend } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';
import { isObject } from '../strict-json.ts';
import { treeModelFacts } from './json.ts';
import { UbjsonReader } from './ubjson.ts';

/** XGBoost's UBJSON: an object whose first key is a 64-bit length and `learner` or `version`. */
export const xgboostUbj = defineReader({
  id: 'xgboost-ubj',
  extensions: ['.ubj'],
  matches: ({ head, path }) => {
    const text = Buffer.from(head.subarray(0, 64)).toString('latin1');
    if (/^\{[LlIiU][^]{1,8}(?:learner|version|Config)/.test(text)) return 'yes';
    return hasExtension(path, '.ubj') && text.startsWith('{') ? 'maybe' : 'no';
  },
  async read(input, context, draft) {
    draft.certain = true;
    const cursor = new Cursor(input.reader);
    const value = await new UbjsonReader(cursor, context).value();
    if (!isObject(value)) throw new ParseError('no UBJSON object', 0);
    if (!treeModelFacts(value, draft)) await judgeDocument(value, input.path, context, draft);
    draft.format = 'xgboost-ubj';
    await inspectTrailing(input, cursor.position, context, draft);
  },
});

const MAX_LIGHTGBM = 512 * 1024 * 1024;
/** `key=value`, a section title, a comment line, or `[key: value]` of the parameters. */
const LINE =
  /^(?:[\w.\- ]+=|tree$|Tree=|end of |feature[_ ]importances|parameters:|pandas_categorical:|\[[\w.\-: ]+:|loaded_parameter|categorical|\s*$)/;

/** LightGBM's text model: numbers and names, line by line. */
export const lightgbm = defineReader({
  id: 'lightgbm',
  extensions: ['.lgb'],
  matches: ({ head }) => (/^tree\r?\nversion=v\d/.test(Buffer.from(head.subarray(0, 32)).toString('latin1')) ? 'yes' : 'no'),
  async read({ reader }, context, draft) {
    draft.certain = true;
    if (reader.size > MAX_LIGHTGBM) throw new LimitError('lightgbm-size', 'model is too long');
    const step = 1 << 20;
    let rest = '';
    let trees = 0;
    let ended = false;
    let line = 0;
    for (let at = 0; at < reader.size; at += step) {
      spend(context, step / 1024);
      const lines = (rest + Buffer.from(await reader.read(at, step)).toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > 64 * step) throw new LimitError('lightgbm-line', 'line is too long');
      if (at + step >= reader.size) lines.push(rest);
      for (const text of lines) {
        line += 1;
        if (/^Tree=\d/.test(text)) trees += 1;
        else if (text.startsWith('end of trees')) ended = true;
        else if (text.startsWith('version=')) draft.facts['version'] = printable(text.slice(8), 20);
        else if (text.startsWith('objective=')) draft.facts['objective'] = printable(text.slice(10), 60);
        else if (text.startsWith('max_feature_idx=')) draft.facts['featureCount'] = Number(text.slice(16)) + 1;
        if (!LINE.test(text.trimEnd())) throw new ParseError(`unexpected text in line ${line}`);
      }
    }
    draft.facts['treeCount'] = trees;
    draft.card = { architecture: 'lightgbm' };
    if (!ended) throw new ParseError('model ends before its trees do', reader.size);
  },
});

/** CatBoost's binary: `CBM1`, the size of a flatbuffer (TModelCore), then parts for categorical features. */
export const catboost = defineReader({
  id: 'catboost',
  extensions: ['.cbm'],
  matches: ({ head }) => (Buffer.from(head.subarray(0, 4)).toString('latin1') === 'CBM1' ? 'yes' : 'no'),
  async read({ reader }, context, draft) {
    draft.certain = true;
    const cursor = new Cursor(reader);
    await cursor.need(8);
    cursor.skip(4);
    const size = cursor.u32();
    if (size > reader.size - 8) throw new ParseError('model core ends beyond the file', 4);
    const core = await Table.root(new Cursor(reader, 8, 8 + size), 8);
    const version = await core.text(0);
    if (version === undefined || !/^FlabuffersModel_v\d+$/.test(version)) throw new ParseError('unknown CatBoost version', 8);
    draft.facts['version'] = printable(version, 40);
    for await (const pair of core.tables(2)) {
      spend(context, 1);
      const key = await pair.text(0);
      if (key === 'catboost_version_info') draft.facts['writer'] = printable(((await pair.text(1)) ?? '').split('\n')[0] ?? '', 80);
    }
    draft.card = { architecture: 'catboost' };
  },
});

const OBJECTIVE = /^(?:reg|binary|multi|rank|count|survival|gpu):[\w:]+$/;
const BOOSTER = /^(?:gbtree|gblinear|dart)$/;

/** XGBoost's old binary: a struct of 136 bytes, names of objective and booster, then plain structs. */
export const xgboostBinary = defineReader({
  id: 'xgboost',
  extensions: ['.xgb', '.bst'],
  matches: ({ head }) => {
    const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
    for (const start of [0, 4]) {
      if (start === 4 && bytes.subarray(0, 4).toString('latin1') !== 'binf') continue;
      const at = start + 136;
      if (bytes.length < at + 16) continue;
      const length = Number(bytes.readBigUInt64LE(at));
      if (length > 2 && length < 60 && OBJECTIVE.test(bytes.subarray(at + 8, at + 8 + length).toString('latin1'))) return 'yes';
    }
    return 'no';
  },
  async read(input, context, draft) {
    draft.certain = true;
    const { reader } = input;
    const cursor = new Cursor(reader);
    await cursor.need(4);
    if (Buffer.from(cursor.take(4)).toString('latin1') !== 'binf') cursor.seek(0);
    await cursor.need(136);
    cursor.skip(4);
    draft.facts['featureCount'] = cursor.u32();
    cursor.skip(4);
    const attributes = cursor.i32() !== 0;
    const metrics = cursor.i32() !== 0;
    cursor.skip(136 - 20);
    const text = async (): Promise<string> => {
      await cursor.need(8);
      const length = cursor.u64();
      if (length > BigInt(cursor.remaining)) throw new ParseError('text ends beyond the file', cursor.position);
      return Buffer.from(await cursor.bytes(Number(length))).toString('utf8');
    };
    const objective = await text();
    const booster = await text();
    if (!BOOSTER.test(booster)) throw new ParseError('unknown booster', cursor.position);
    draft.facts['objective'] = printable(objective, 60);
    draft.card = { architecture: booster };
    if (booster !== 'gbtree') throw new LimitError('xgboost-booster', `${booster} is not read in the binary format`);
    await cursor.need(160);
    const trees = cursor.i32();
    cursor.skip(156);
    for (let i = 0; i < trees; i += 1) {
      spend(context, 1);
      await cursor.need(148);
      cursor.skip(4);
      const nodes = cursor.i32();
      if (nodes < 0) throw new ParseError('negative number of nodes', cursor.position);
      cursor.skip(140);
      // A node has 20 bytes and 16 of statistics.
      cursor.skip(nodes * 36);
    }
    cursor.skip(Math.max(0, trees) * 4);
    if (attributes) {
      await cursor.need(8);
      const count = Number(cursor.u64());
      for (let i = 0; i < count; i += 1) {
        spend(context, 1);
        await text();
        await text();
      }
    }
    draft.facts['treeCount'] = trees;
    // Base margins and metric names: strings that depend on the version.
    if (!metrics) await inspectTrailing(input, cursor.position, context, draft);
  },
});
