import { bytesReader } from '../../core/byte-reader.ts';
import { ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { BYTES, isIdentifier, Message } from '../protobuf.ts';
import type { Draft } from '../draft.ts';
import { baseName, defineReader, hasExtension, printable } from '../reading.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { GraphJudge } from './judge.ts';
import { readGraphDef, readKerasMetadata, readMetaGraph, readSavedModel, type TensorflowWalk } from './walk.ts';

const EXTENSIONS = ['.pb', '.meta'];
const READERS = {
  'tensorflow-savedmodel': readSavedModel,
  'tensorflow-graphdef': readGraphDef,
  'tensorflow-metagraph': readMetaGraph,
  'keras-metadata': readKerasMetadata,
} as const;
type Kind = keyof typeof READERS;
const MAX_SHOWN = 200;
/** A GraphDef begins with a node: its length, its name, its operator in camel case. */
function beginsNode(head: Uint8Array): boolean {
  if (head[0] !== 0x0a) return false;
  let at = 1;
  while (at < 6 && (head[at] ?? 0) >= 0x80) at += 1;
  if (head[at + 1] !== 0x0a) return false;
  const operator = at + 3 + (head[at + 2] ?? 0);
  const letter = head[operator + 2] ?? 0;
  return head[operator] === 0x12 && letter >= 0x41 && letter <= 0x5a;
}
const HEAD = 64 * 1024;

/** Which message it is, by the fields of its beginning. Throws `ParseError` where it is none. */
async function kindOf(head: Uint8Array, path: string): Promise<Kind> {
  // Only the beginning is at hand: lengths that reach beyond it are cut.
  const reader = bytesReader(head);
  const cursor = new Cursor(reader);
  cursor.seek(0);
  if (head[0] === 0x08) {
    if (head[1] === 1 && head[2] === 0x12) return 'tensorflow-savedmodel';
    throw new ParseError('no TensorFlow message', 0);
  }
  if (head[0] === 0x12 && hasExtension(path, '.meta')) return 'tensorflow-metagraph';
  if (head[0] === 0x12 && baseName(path) === 'saved_model.pb') return 'tensorflow-savedmodel';
  if (head[0] !== 0x0a) throw new ParseError('no TensorFlow message', 0);
  let at = 1;
  while ((head[at] ?? 0) >= 0x80) at += 1;
  at += 1;
  switch (head[at]) {
    case 0x0a:
      break;
    case 0x10:
    case 0x1a:
      return 'keras-metadata';
    case 0x12:
    case 0x22:
    case 0x2a:
      return 'tensorflow-metagraph';
    default:
      throw new ParseError('no TensorFlow message', at);
  }
  // A node: name, then operator. MetaInfoDef may begin with a version string as well.
  const inner = new Message(new Cursor(reader, at), at, Math.max(at, reader.size));
  const name = await inner.next();
  const operator = await inner.next();
  if (
    name?.wire === BYTES &&
    operator?.number === 2 &&
    operator.wire === BYTES &&
    operator.length < 200 &&
    isIdentifier(await inner.text(operator))
  )
    return 'tensorflow-graphdef';
  return 'tensorflow-metagraph';
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const named = ['saved_model.pb', 'keras_metadata.pb'].includes(baseName(input.path));
  draft.certain = named;
  const head = await input.reader.read(0, HEAD);
  const kind = await kindOf(head, input.path);
  draft.format = kind;
  const walk: TensorflowWalk = {
    path: input.path,
    context,
    draft,
    judge: new GraphJudge(context.knowledge.get(vocabularySection), draft),
    functions: 0,
    nodes: 0,
  };
  const message = new Message(new Cursor(input.reader));
  try {
    await READERS[kind](message, walk);
    draft.certain = true;
  } catch (error) {
    // A graph of several nodes that breaks off is a broken graph.
    if (walk.nodes > 1) draft.certain = true;
    throw error;
  } finally {
    walk.judge.finish();
    draft.facts['nodeCount'] = walk.nodes;
    draft.facts['functionCount'] = walk.functions;
    draft.facts['operators'] = Object.fromEntries(
      [...walk.judge.operators]
        .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
        .slice(0, MAX_SHOWN)
        .map(([name, count]) => [printable(name, 80), count]),
    );
  }
  if (kind === 'tensorflow-graphdef' && walk.nodes === 0) throw new ParseError('graph without nodes', 0);
}

/** SavedModel, GraphDef, MetaGraphDef and Keras metadata: https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf. */
export const tensorflow = defineReader({
  id: 'tensorflow',
  extensions: EXTENSIONS,
  matches: ({ head, path }) => {
    if (hasExtension(path, ...EXTENSIONS))
      return [0x08, 0x0a, 0x12].includes(head[0] ?? 0) || baseName(path) === 'saved_model.pb' ? 'maybe' : 'no';
    return (head[0] === 0x08 && head[1] === 1 && head[2] === 0x12) || beginsNode(head) ? 'maybe' : 'no';
  },
  read,
});
