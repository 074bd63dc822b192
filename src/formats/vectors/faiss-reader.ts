import { LimitError, ParseError } from '../../core/errors.ts';
import type { Cursor } from '../cursor.ts';
import type { InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';
import { RECORD, spend } from '../reading.ts';

/** Four letters of `faiss/impl/index_write.cpp`. */
export const FAISS_KINDS =
  /^(?:Ix(?:FI|F2|Fl|SQ|PQ|Pq|Po|PT|Mp|M2|Ls|LS|He|MS|RF|Rq|La|PR|PL|P2|SR)|Iw(?:Fl|FS|Fd|Sh|PQ|Qr|QR|PS|SQ|Sq|IQ|LS|AR|RQ|P2)|IH(?:00|Nf|Np|Ns|N2|2f|N9|fP|Nc|c2|fl|Nh)|IB(?:xF|wF|Ff|Hf|Hc|Mp|M2|Hh|Hm|xx)|ImRQ|Imiq|Ix2L|INSf|IxPA|ILPr|IvFl|IvPQ|IvQR|IvSQ|INSp|INSs|IVLf|Iv2r)$/;
/** Indexes of indexes: a map of a transform of a refined inverted file is the deepest that the factory makes. */
const MAX_DEPTH = 8;
const MAX_TRANSFORMS = 100;
const HASHTABLE = 2;

/** Sizes in bytes of what is written as it lies in memory of a 64-bit machine. */
const BOOL = 1;
const INT = 4;
const FLOAT = 4;
const SIZE = 8;

/** Walks an index by the fields that `index_write.cpp` writes. Vectors are passed over. */
export class FaissReader {
  readonly #cursor: Cursor;
  readonly #context: InspectContext;
  readonly #draft: Draft;

  constructor(cursor: Cursor, context: InspectContext, draft: Draft) {
    this.#cursor = cursor;
    this.#context = context;
    this.#draft = draft;
  }

  /** One index, those inside it too. Throws `LimitError` for a kind that is recognised and not read. */
  async index(depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new LimitError('faiss-depth', 'indexes nested too deep');
    const kind = await this.#letters();
    if (kind === 'null' && depth > 0) return;
    if (!FAISS_KINDS.test(kind)) throw new ParseError('unknown FAISS index', this.#cursor.position - 4);
    this.#draft.facts['kind'] ??= kind;
    const binary = kind.startsWith('IB');
    const elements = await this.#header(binary);
    switch (kind) {
      case 'IxFI':
      case 'IxF2':
      case 'IxFl':
        return this.#flat(elements);
      case 'IxMp':
      case 'IxM2':
      case 'IBMp':
      case 'IBM2':
        await this.index(depth + 1);
        return this.#vector(SIZE);
      case 'IxPq':
        await this.#productQuantizer();
        await this.#vector(1);
        return this.#skip(INT + BOOL + INT);
      case 'IxSQ':
        await this.#scalarQuantizer();
        return this.#vector(1);
      case 'IxHe':
        await this.#skip(INT + 2 * BOOL);
        await this.#vector(FLOAT);
        await this.#skip(INT);
        await this.#transform();
        return this.#vector(1);
      case 'IxPT':
        await this.#transforms();
        return this.index(depth + 1);
      case 'IxRF':
        await this.index(depth + 1);
        await this.index(depth + 1);
        return this.#skip(FLOAT);
      case 'IwFl':
        await this.#inverted(depth);
        return this.#lists();
      case 'IwSq':
        await this.#inverted(depth);
        await this.#scalarQuantizer();
        await this.#skip(SIZE + BOOL);
        return this.#lists();
      case 'IwPQ':
        await this.#inverted(depth);
        await this.#skip(BOOL + SIZE);
        await this.#productQuantizer();
        return this.#lists();
      case 'IHNf':
      case 'IHNs':
      case 'IHNp':
      case 'IH00':
        await this.#graph();
        return this.index(depth + 1);
      case 'IBxF':
        return this.#vector(1);
      case 'IBwF':
        await this.#inverted(depth);
        return this.#lists();
      case 'IBFf':
        return this.index(depth + 1);
      default:
        throw new LimitError('faiss-kind', `FAISS index of kind ${kind} is recognised, not read`);
    }
  }

  async #letters(): Promise<string> {
    spend(this.#context, RECORD);
    return Buffer.from(await this.#cursor.bytes(4)).toString('latin1');
  }

  async #skip(bytes: number): Promise<void> {
    this.#cursor.skip(bytes);
  }

  async #size(): Promise<number> {
    await this.#cursor.need(SIZE);
    return Number(this.#cursor.u64());
  }

  async #vector(item: number): Promise<void> {
    spend(this.#context, 1);
    this.#cursor.skip((await this.#size()) * item);
  }

  /** Dimension, number of vectors, training, metric. Returns the numbers that a flat index holds. */
  async #header(binary: boolean): Promise<number> {
    const cursor = this.#cursor;
    await cursor.need(binary ? 21 : 33);
    const dimension = cursor.i32();
    if (binary) cursor.skip(INT);
    const vectors = Number(cursor.i64());
    if (!binary) cursor.skip(2 * SIZE);
    cursor.skip(BOOL);
    // Metrics beyond the inner product and L2 have an argument.
    if (cursor.i32() > 1 && !binary) cursor.skip(FLOAT);
    if (dimension < 0 || vectors < 0) throw new ParseError('negative size in FAISS index', cursor.position);
    this.#draft.facts['dimension'] ??= dimension;
    this.#draft.facts['vectorCount'] ??= vectors;
    return dimension * vectors;
  }

  async #flat(elements: number): Promise<void> {
    const count = await this.#size();
    if (count !== elements) this.#draft.report('malformed-artifact', { problem: 'vector-count' }, { offset: this.#cursor.position - SIZE });
    this.#cursor.skip(count * FLOAT);
  }

  async #productQuantizer(): Promise<void> {
    await this.#skip(3 * SIZE);
    await this.#vector(FLOAT);
  }

  async #scalarQuantizer(): Promise<void> {
    await this.#skip(2 * INT + FLOAT + 2 * SIZE);
    await this.#vector(FLOAT);
  }

  /** Head of an inverted file: lists, the index that chooses among them, the map from ids to places. */
  async #inverted(depth: number): Promise<void> {
    await this.#skip(2 * SIZE);
    await this.index(depth + 1);
    await this.#cursor.need(1);
    const type = this.#cursor.u8();
    await this.#vector(SIZE);
    if (type === HASHTABLE) await this.#vector(2 * SIZE);
  }

  async #lists(): Promise<void> {
    const kind = await this.#letters();
    if (kind === 'il00') return;
    if (kind !== 'ilar') throw new LimitError('faiss-lists', 'inverted lists of a kind that is not read');
    await this.#size();
    const code = await this.#size();
    const form = await this.#letters();
    if (form !== 'full' && form !== 'sprs') throw new ParseError('inverted lists of an unknown form', this.#cursor.position - 4);
    const count = await this.#size();
    if (count * SIZE > this.#cursor.remaining) throw new ParseError('inverted lists end beyond the file', this.#cursor.position);
    let entries = 0;
    for (let index = 0; index < count; index += 1) {
      spend(this.#context, 1);
      const value = await this.#size();
      if (form === 'full' || index % 2 === 1) entries += value;
    }
    this.#cursor.skip(entries * (code + SIZE));
  }

  /** HNSW: probabilities, levels, offsets, neighbours. */
  async #graph(): Promise<void> {
    for (const item of [8, INT, INT, SIZE, INT]) await this.#vector(item);
    await this.#skip(5 * INT);
  }

  async #transforms(): Promise<void> {
    await this.#cursor.need(INT);
    const count = this.#cursor.i32();
    if (count < 0 || count > MAX_TRANSFORMS) throw new LimitError('faiss-transforms', `${count} transforms before a FAISS index`);
    for (let index = 0; index < count; index += 1) await this.#transform();
  }

  async #transform(): Promise<void> {
    const kind = await this.#letters();
    if (kind === 'VNrm') await this.#skip(FLOAT);
    else if (kind === 'VCnt') await this.#vector(FLOAT);
    else if (kind === 'RmDT') await this.#vector(INT);
    else if (kind === 'rrot' || kind === 'LTra' || kind === 'Pcam') {
      if (kind === 'Pcam') {
        await this.#skip(2 * FLOAT + BOOL + INT);
        for (let part = 0; part < 3; part += 1) await this.#vector(FLOAT);
      }
      await this.#skip(BOOL);
      await this.#vector(FLOAT);
      await this.#vector(FLOAT);
    } else throw new LimitError('faiss-transform', 'transform of a kind that is not read');
    await this.#skip(2 * INT + BOOL);
  }
}
