import { LimitError, ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import { defineReader, spend, type Draft } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';
import type { InspectContext } from '../format.ts';

/** Four letters of `faiss/impl/index_write.cpp`. */
const KINDS =
  /^(?:Ix(?:FI|F2|Fl|SQ|PQ|Po|PT|Mp|M2|Ls|He|MS|RF|Rq|La|PR|P2|SR)|Iw(?:Fl|FS|Sh|PQ|Qr|PS|SQ|Sq|IQ|LS|AR|RQ)|IH(?:Nf|Np|Ns|N2|2f|N9|fP|Nc|c2|fl|Nh)|IB(?:xF|wF|Hf|Mp|M2|Hh|Hm|xx)|ImRQ|INSf|IxPA|ILPr|IvFl|IvPQ|IvQR|IvSQ|INSp|INSs|IVLf|Iv2r)$/;
const FLAT = new Set(['IxFI', 'IxF2', 'IxFl']);
const MAPS = new Set(['IxMp', 'IxM2']);
const MAX_DEPTH = 4;

async function readIndex(cursor: Cursor, depth: number, context: InspectContext, draft: Draft): Promise<void> {
  spend(context, 1);
  if (depth > MAX_DEPTH) throw new LimitError('faiss-depth', 'indexes nested too deep');
  await cursor.need(4 + 4 + 8 * 3 + 1 + 4);
  const kind = Buffer.from(cursor.take(4)).toString('latin1');
  if (!KINDS.test(kind)) throw new ParseError('unknown FAISS index', cursor.position - 4);
  const dimension = cursor.i32();
  const vectors = Number(cursor.i64());
  cursor.skip(16 + 1);
  if (cursor.i32() > 1) cursor.skip(4);
  if (dimension < 0 || vectors < 0) throw new ParseError('negative size in FAISS index', cursor.position);
  draft.facts['kind'] ??= kind;
  draft.facts['dimension'] ??= dimension;
  draft.facts['vectorCount'] ??= vectors;
  if (FLAT.has(kind)) {
    await cursor.need(8);
    const count = Number(cursor.u64());
    if (count !== dimension * vectors) draft.report('malformed-artifact', { problem: 'vector-count' }, { offset: cursor.position - 8 });
    cursor.skip(count * 4);
  } else if (MAPS.has(kind)) {
    await readIndex(cursor, depth + 1, context, draft);
    await cursor.need(8);
    cursor.skip(Number(cursor.u64()) * 8);
  } else throw new LimitError('faiss-kind', `FAISS index of kind ${kind} is recognised, not read`);
}

/** A FAISS index. LangChain keeps a pickle (`index.pkl`) beside it, which is read as a pickle. */
export const faiss = defineReader({
  id: 'faiss',
  extensions: ['.faiss', '.index'],
  matches: ({ head }) => (KINDS.test(Buffer.from(head.subarray(0, 4)).toString('latin1')) ? 'yes' : 'no'),
  async read(input, context, draft) {
    draft.certain = true;
    const cursor = new Cursor(input.reader);
    await readIndex(cursor, 0, context, draft);
    await inspectTrailing(input, cursor.position, context, draft);
  },
});
