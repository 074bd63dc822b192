import { LimitError, ParseError } from '../../core/errors.ts';
import type { InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';
import { printable, spend } from '../reading.ts';
import { attributeBytes, readAttribute } from './attribute.ts';
import { datasetPieces, datasetValues, readLayout } from './dataset.ts';
import { readDataspace, readDatatype, type Datatype } from './datatype.ts';
import { readDense } from './dense.ts';
import { GlobalHeaps, heapString, readLocalHeap } from './heaps.ts';
import { judgeExternal, judgeValue } from './judge.ts';
import { readLink, readSymbolTable, type Link } from './links.ts';
import { MESSAGE, readMessages, type HeaderMessage } from './messages.ts';
import type { Space } from './space.ts';

/** Groups and datasets of one file; a large language model has some thousand. */
const MAX_OBJECTS = 100_000;
/** Strings such as class and tensor names are no payload: only these element types are looked into. */
const CARRIERS: ReadonlySet<Datatype['kind']> = new Set(['opaque', 'vlen', 'vlen-string', 'string']);
/** Larger datasets of single bytes are images or tokens; what begins like a pickle is still looked at. */
const MAX_BYTES_DATASET = 64 * 1024 * 1024;

/** Walks all objects from the root group: attributes, links, datasets. */
export class Hdf5Walk {
  readonly #space: Space;
  readonly #heaps: GlobalHeaps;
  readonly #path: string;
  readonly #context: InspectContext;
  readonly #draft: Draft;
  readonly dtypes = new Set<string>();
  readonly attributes = new Map<string, string>();
  datasets = 0;
  groups = 0;
  parameters = 0;
  /** Parts that could not be read; they make the file incomplete, not unreadable. */
  readonly problems: (ParseError | LimitError)[] = [];

  constructor(space: Space, path: string, context: InspectContext, draft: Draft) {
    this.#space = space;
    this.#heaps = new GlobalHeaps(space);
    this.#path = path;
    this.#context = context;
    this.#draft = draft;
  }

  async run(root: number): Promise<void> {
    const seen = new Set<number>([root]);
    const queue: { readonly address: number; readonly name: string }[] = [{ address: root, name: '/' }];
    for (let item = queue.pop(); item; item = queue.pop()) {
      const { address, name } = item;
      spend(this.#context, 1);
      if (seen.size > MAX_OBJECTS) throw new LimitError('hdf5-objects', 'HDF5 file with too many objects');
      await this.#guard(async () => {
        for (const link of await this.#object(address, name)) {
          const path = `${name === '/' ? '' : name}/${link.name}`;
          if (link.type === 'external') judgeExternal('external-link', link.file, path, this.#draft);
          else if (link.type === 'hard' && !seen.has(link.address)) {
            seen.add(link.address);
            queue.push({ address: link.address, name: path });
          }
        }
      });
    }
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const over = error instanceof LimitError && (error.limit === 'steps' || error.limit === 'deadline' || error.limit === 'hdf5-objects');
      if (over || !(error instanceof ParseError || error instanceof LimitError)) throw error;
      this.problems.push(error);
    }
  }

  async #object(address: number, name: string): Promise<readonly Link[]> {
    const messages = await readMessages(this.#space, address);
    for (const { type, data, shared } of messages) {
      if (type === MESSAGE.attribute && !shared) await this.#guard(() => this.#attribute(data, name));
      else if (type === MESSAGE.attributeInfo) await this.#guard(() => this.#denseAttributes(data, name));
      else if (type === MESSAGE.externalFiles) await this.#guard(() => this.#externalFiles(data, name));
    }
    if (messages.some(({ type }) => type === MESSAGE.layout)) {
      await this.#guard(() => this.#dataset(messages, name));
      return [];
    }
    this.groups += 1;
    return this.#links(messages);
  }

  async #links(messages: readonly HeaderMessage[]): Promise<readonly Link[]> {
    const links: Link[] = [];
    for (const { type, data } of messages) {
      const fields = this.#space.of(data);
      if (type === MESSAGE.symbolTable) {
        const [tree, heap] = [fields.address(), fields.address()];
        if (tree !== undefined && heap !== undefined) links.push(...(await readSymbolTable(this.#space, tree, heap)));
      } else if (type === MESSAGE.link) {
        const link = readLink(fields);
        if (link) links.push(link);
      } else if (type === MESSAGE.linkInfo) {
        fields.skip(1);
        const flags = fields.uint(1);
        if ((flags & 1) !== 0) fields.skip(8);
        const [heap, tree] = [fields.address(), fields.address()];
        if (heap === undefined || tree === undefined) continue;
        await this.#guard(async () => {
          for await (const object of readDense(this.#space, heap, tree)) {
            const link = readLink(this.#space.of(object));
            if (link) links.push(link);
          }
        });
      }
    }
    return links;
  }

  async #denseAttributes(data: Uint8Array, name: string): Promise<void> {
    const fields = this.#space.of(data);
    fields.skip(1);
    if ((fields.uint(1) & 1) !== 0) fields.skip(2);
    const [heap, tree] = [fields.address(), fields.address()];
    if (heap === undefined || tree === undefined) return;
    for await (const object of readDense(this.#space, heap, tree)) await this.#guard(() => this.#attribute(object, name));
  }

  async #attribute(data: Uint8Array, owner: string): Promise<void> {
    const attribute = readAttribute(data, this.#space);
    const values = await attributeBytes(attribute, this.#space, this.#heaps);
    const where = `${owner}@${attribute.name}`;
    for (const value of values) await judgeValue(value, where, this.#path, this.#context, this.#draft);
    const [first] = values;
    if (owner === '/' && first && first.length < 200 && values.length === 1)
      this.attributes.set(attribute.name, printable(Buffer.from(first).toString('utf8').replace(/\0+$/, ''), 100));
    else if (owner === '/') this.attributes.set(attribute.name, '');
  }

  async #externalFiles(data: Uint8Array, name: string): Promise<void> {
    const fields = this.#space.of(data);
    fields.skip(4 + 2);
    const used = fields.uint(2);
    const address = fields.address();
    if (address === undefined) return;
    const heap = await readLocalHeap(this.#space, address);
    for (let i = 0; i < used; i += 1) {
      judgeExternal('external-storage', heapString(heap, fields.length()), name, this.#draft);
      fields.length();
      fields.length();
    }
  }

  async #dataset(messages: readonly HeaderMessage[], name: string): Promise<void> {
    this.datasets += 1;
    const find = (type: number): HeaderMessage | undefined => messages.find((message) => message.type === type);
    const [type, extent, layoutMessage] = [find(MESSAGE.datatype), find(MESSAGE.dataspace), find(MESSAGE.layout)];
    if (!type || !extent || !layoutMessage) throw new ParseError('HDF5 dataset without type or layout');
    const { elements } = readDataspace(this.#space.of(extent.data));
    const datatype: Datatype = type.shared ? { kind: 'other', size: 0, name: 'committed' } : readDatatype(this.#space.of(type.data));
    if (datatype.kind === 'number') this.parameters += elements;
    if (this.dtypes.size < 50) this.dtypes.add(datatype.name);
    const layout = readLayout(layoutMessage.data, this.#space);
    if (layout.kind === 'virtual') {
      this.#draft.report(
        'external-reference',
        { problem: 'virtual-dataset', tensor: printable(name, 80) },
        { verdict: 'suspicious', severity: 'medium' },
      );
      return;
    }
    if (find(MESSAGE.externalFiles)) return;
    const bytes = datatype.kind === 'number' && datatype.size === 1;
    if (!CARRIERS.has(datatype.kind) && !(bytes && elements <= MAX_BYTES_DATASET)) return;
    for await (const piece of datasetPieces(layout, messages, this.#space, this.#context)) {
      for await (const value of datasetValues(datatype, piece, this.#space, this.#heaps, this.#context))
        await judgeValue(value, name, this.#path, this.#context, this.#draft);
    }
  }
}
