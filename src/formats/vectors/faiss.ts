import { Cursor } from '../cursor.ts';
import { defineReader } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';
import { FaissReader, FAISS_KINDS } from './faiss-reader.ts';

/** A FAISS index. LangChain keeps a pickle (`index.pkl`) beside it, which is read as a pickle. */
export const faiss = defineReader({
  id: 'faiss',
  extensions: ['.faiss', '.index'],
  matches: ({ head }) => (FAISS_KINDS.test(Buffer.from(head.subarray(0, 4)).toString('latin1')) ? 'yes' : 'no'),
  async read(input, context, draft) {
    draft.certain = true;
    const cursor = new Cursor(input.reader);
    await new FaissReader(cursor, context, draft).index(0);
    await inspectTrailing(input, cursor.position, context, draft);
  },
});
