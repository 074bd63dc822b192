import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import { BYTES, Message, VARINT } from '../protobuf.ts';
import { isTensorflowJsShard } from '../extensions.ts';
import { baseName, defineReader } from '../reading.ts';

/** Checksums of a SavedModel's parts, and the version that made them. */
const CHECKSUMS = 5;
const FINGERPRINT_VERSION = 6;
const UUID = 7;
const SHARD = /\.data-\d{5}-of-\d{5}$/;

/** `fingerprint.pb` beside a SavedModel: tensorflow/core/protobuf/fingerprint.proto. */
export const tensorflowFingerprint = defineReader({
  id: 'tensorflow-fingerprint',
  extensions: [],
  matches: ({ path }) => (baseName(path) === 'fingerprint.pb' ? 'maybe' : 'no'),
  async read({ reader }, _context, draft) {
    const message = new Message(new Cursor(reader));
    for (let field = await message.next(); field; field = await message.next()) {
      const { number, wire } = field;
      if (number <= CHECKSUMS && wire === VARINT) continue;
      if ((number === FINGERPRINT_VERSION || number === UUID) && wire === BYTES && field.length < 200) continue;
      throw new ParseError('no fingerprint of a SavedModel', field.start);
    }
    draft.certain = true;
  },
});

/**
 * The tensors of a checkpoint, one behind the other; their places stand in the index beside it. Raw
 * numbers have no structure, so that only the name says what this is; whatever else the bytes are is
 * found by the other formats.
 */
export const tensorflowShard = defineReader({
  id: 'tensorflow-checkpoint-data',
  extensions: [],
  matches: ({ path }) => (SHARD.test(path) ? 'maybe' : 'no'),
  async read(_input, _context, draft) {
    draft.certain = true;
  },
});

/**
 * The tensors of a model of TensorFlow.js: `model.json` or a `…-weights_manifest.json` beside them says
 * where each stands. Raw numbers as well.
 */
export const tensorflowJsShard = defineReader({
  id: 'tensorflowjs-weights',
  extensions: [],
  matches: ({ path }) => (isTensorflowJsShard(path) ? 'maybe' : 'no'),
  async read(_input, _context, draft) {
    draft.certain = true;
  },
});
