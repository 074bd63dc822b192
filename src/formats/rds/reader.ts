import { LimitError, ParseError } from '../../core/errors.ts';
import type { Cursor } from '../cursor.ts';
import type { InspectContext } from '../format.ts';
import { RECORD, spend } from '../reading.ts';

/** SEXP types of R's serialize.c. */
const TYPE = {
  nil: 254,
  global: 253,
  unbound: 252,
  missing: 251,
  baseNamespace: 250,
  namespace: 249,
  package: 248,
  persistent: 247,
  emptyEnvironment: 242,
  baseEnvironment: 241,
  altrep: 238,
  attributeLang: 240,
  attributeList: 239,
  codeDefinition: 244,
  codeReference: 243,
  reference: 255,
  symbol: 1,
  list: 2,
  closure: 3,
  environment: 4,
  promise: 5,
  language: 6,
  special: 7,
  builtin: 8,
  char: 9,
  logical: 10,
  integer: 13,
  real: 14,
  complex: 15,
  string: 16,
  dots: 17,
  vector: 19,
  expression: 20,
  bytecode: 21,
  external: 22,
  weak: 23,
  raw: 24,
  s4: 25,
} as const;
const SIMPLE: ReadonlySet<number> = new Set([
  TYPE.nil,
  TYPE.global,
  TYPE.unbound,
  TYPE.missing,
  TYPE.baseNamespace,
  TYPE.emptyEnvironment,
  TYPE.baseEnvironment,
]);
/** What stands for the value of a promise that is not evaluated yet. */
const UNBOUND = 'unbound:';
const MAX_DEPTH = 1000;
const MAX_STRING = 64 * 1024;

export interface RdsEvents {
  /** A call is stored: the name of its function, and how the object that holds it is reached. */
  readonly call: (name: string, within: 'promise' | 'closure' | 'data') => void;
  readonly closure: (environment: 'package' | 'other') => void;
  readonly promise: () => void;
  readonly altrep: (name: string) => void;
  readonly className: (name: string) => void;
}

type Within = 'promise' | 'closure' | 'data';

/** Walks R's XDR (`X`) or native (`B`) serialisation, versions 2 and 3. Vectors are passed over. */
export class RdsReader {
  readonly #cursor: Cursor;
  readonly #context: InspectContext;
  readonly #events: RdsEvents;
  readonly #references: string[] = [];

  constructor(cursor: Cursor, context: InspectContext, events: RdsEvents) {
    this.#cursor = cursor;
    this.#context = context;
    this.#events = events;
  }

  async #int(): Promise<number> {
    if (!this.#cursor.has(4)) await this.#cursor.need(4);
    return this.#cursor.i32();
  }

  async #length(): Promise<number> {
    const length = await this.#int();
    if (length >= 0) return length;
    if (length !== -1) throw new ParseError('negative R length', this.#cursor.position);
    const high = await this.#int();
    return high * 2 ** 32 + ((await this.#int()) >>> 0);
  }

  async header(): Promise<{ readonly version: number; readonly writer: string }> {
    const version = await this.#int();
    const writer = await this.#int();
    await this.#int();
    if (version !== 2 && version !== 3) throw new ParseError(`R serialisation version ${version}`, this.#cursor.position);
    if (version === 3) this.#cursor.skip(await this.#length());
    return { version, writer: `R ${writer >> 16}.${(writer >> 8) & 255}.${writer & 255}` };
  }

  /** Reads one item; the result is the text of a symbol or string, else empty. */
  async item(within: Within = 'data', depth = 0): Promise<string> {
    if (depth > MAX_DEPTH) throw new LimitError('rds-depth', `nested deeper than ${MAX_DEPTH}`);
    spend(this.#context, RECORD / 2);
    let flags = await this.#int();
    let tail: string | undefined;
    let callee = '';
    // Pairlists are walked along their tails: formulas and calls may be long.
    for (;;) {
      const type = flags & 255;
      if (![TYPE.list, TYPE.language, TYPE.closure, TYPE.promise, TYPE.dots, TYPE.attributeLang, TYPE.attributeList].includes(type as 2))
        break;
      const inner: Within = type === TYPE.promise ? 'promise' : type === TYPE.closure && within !== 'promise' ? 'closure' : within;
      if ((flags & 0x200) !== 0 || type >= TYPE.attributeList) await this.item(within, depth + 1);
      const language = type === TYPE.language || type === TYPE.attributeLang;
      if (type === TYPE.closure) {
        // Tag position holds the environment, then formals, then body.
        const environment = (flags & 0x400) !== 0 ? await this.item(inner, depth + 1) : '';
        this.#events.closure(environment.startsWith('namespace:') ? 'package' : 'other');
      } else if ((flags & 0x400) !== 0) await this.item(type === TYPE.promise ? within : inner, depth + 1);
      const head = await this.item(inner, depth + 1);
      // `base::system` is itself a call, of `::`, with the name as its argument.
      const qualified = callee === '::' || callee === ':::';
      if (head.startsWith('symbol:') && (language || qualified)) {
        this.#events.call(head.slice(7), inner);
        if (language) callee = head.slice(7);
      }
      tail ??= '';
      spend(this.#context, 1);
      flags = await this.#int();
      // A promise that has its value is not evaluated again; its expression is a note.
      const waits = type === TYPE.promise && head === UNBOUND;
      if (waits) this.#events.promise();
      within = type === TYPE.promise && !waits ? within : inner;
    }
    const text = await this.#atom(flags, within, depth);
    return tail ?? text;
  }

  /**
   * Byte code: the instructions as integers, then its constants, the source expression among them.
   * Expressions in constants are written once and referred to (serialize.c, `ReadBC1`, `ReadBCLang`).
   */
  async #byteCode(within: Within, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new LimitError('rds-depth', `nested deeper than ${MAX_DEPTH}`);
    await this.item(within, depth + 1);
    const constants = await this.#int();
    for (let index = 0; index < constants; index += 1) {
      spend(this.#context, RECORD / 2);
      const type = await this.#int();
      if (type === TYPE.bytecode) await this.#byteCode(within, depth + 1);
      else await this.#codeItem(type, within, depth + 1);
    }
  }

  /** An expression among constants: its parts carry their types before them. */
  async #codeItem(first: number, within: Within, depth: number): Promise<string> {
    if (depth > MAX_DEPTH) throw new LimitError('rds-depth', `nested deeper than ${MAX_DEPTH}`);
    let type = first;
    let callee = '';
    // The tail is walked, as that of a pairlist is.
    for (;;) {
      spend(this.#context, RECORD / 2);
      if (type === TYPE.codeReference) {
        await this.#int();
        return '';
      }
      if (type === TYPE.codeDefinition) {
        await this.#int();
        type = await this.#int();
      }
      const language = type === TYPE.language || type === TYPE.attributeLang;
      if (!language && type !== TYPE.list && type !== TYPE.attributeList) return this.item(within, depth + 1);
      if (type === TYPE.attributeLang || type === TYPE.attributeList) await this.item(within, depth + 1);
      await this.item(within, depth + 1);
      const head = await this.#codeItem(await this.#int(), within, depth + 1);
      const qualified = callee === '::' || callee === ':::';
      if (head.startsWith('symbol:') && (language || qualified)) {
        this.#events.call(head.slice(7), within);
        if (language) callee = head.slice(7);
      }
      type = await this.#int();
    }
  }

  async #attributes(flags: number, within: Within, depth: number): Promise<void> {
    if ((flags & 0x200) !== 0) await this.item(within, depth + 1);
  }

  async #atom(flags: number, within: Within, depth: number): Promise<string> {
    const type = flags & 255;
    const cursor = this.#cursor;
    if (type === TYPE.baseNamespace || type === TYPE.baseEnvironment) return 'namespace:base';
    if (type === TYPE.unbound) return UNBOUND;
    if (SIMPLE.has(type)) return '';
    switch (type) {
      case TYPE.reference: {
        const index = flags >>> 8 || (await this.#int());
        return this.#references[index - 1] ?? '';
      }
      case TYPE.symbol: {
        const name = `symbol:${(await this.item(within, depth + 1)).slice(5)}`;
        this.#references.push(name);
        return name;
      }
      case TYPE.char: {
        const length = await this.#int();
        if (length === -1) return 'char:';
        if (length < 0 || length > cursor.remaining) throw new ParseError('R string ends beyond the data', cursor.position);
        const start = cursor.position;
        const text = Buffer.from(await cursor.bytes(Math.min(length, MAX_STRING))).toString('utf8');
        cursor.seek(start + length);
        await this.#attributes(flags & ~0x200, within, depth);
        return `char:${text}`;
      }
      case TYPE.namespace:
      case TYPE.package:
      case TYPE.persistent: {
        await this.#int();
        const count = await this.#length();
        const names: string[] = [];
        for (let i = 0; i < count; i += 1) names.push((await this.item(within, depth + 1)).slice(5));
        const text = type === TYPE.namespace ? `namespace:${names[0] ?? ''}` : 'environment:';
        this.#references.push(text);
        return text;
      }
      case TYPE.environment: {
        await this.#int();
        this.#references.push('environment:');
        for (let i = 0; i < 4; i += 1) await this.item(within, depth + 1);
        return 'environment:';
      }
      case TYPE.external:
      case TYPE.weak:
        this.#references.push('');
        if (type === TYPE.external) {
          await this.item(within, depth + 1);
          await this.item(within, depth + 1);
        }
        await this.#attributes(flags, within, depth);
        return '';
      case TYPE.special:
      case TYPE.builtin: {
        const length = await this.#int();
        const name = Buffer.from(await cursor.bytes(Math.max(0, length))).toString('latin1');
        return `symbol:${name}`;
      }
      case TYPE.logical:
      case TYPE.integer:
        cursor.skip((await this.#length()) * 4);
        break;
      case TYPE.real:
        cursor.skip((await this.#length()) * 8);
        break;
      case TYPE.complex:
        cursor.skip((await this.#length()) * 16);
        break;
      case TYPE.raw:
        cursor.skip(await this.#length());
        break;
      case TYPE.string: {
        const length = await this.#length();
        for (let i = 0; i < length; i += 1) {
          const text = await this.item(within, depth + 1);
          if (i === 0 && length <= 8) this.#events.className(text.slice(5));
        }
        break;
      }
      case TYPE.vector:
      case TYPE.expression: {
        const length = await this.#length();
        for (let i = 0; i < length; i += 1) await this.item(within, depth + 1);
        break;
      }
      case TYPE.s4:
        break;
      case TYPE.altrep: {
        const info = await this.item(within, depth + 1);
        this.#events.altrep(info);
        await this.item(within, depth + 1);
        await this.item(within, depth + 1);
        return '';
      }
      case TYPE.bytecode:
        await this.#int();
        await this.#byteCode(within, depth);
        break;
      default:
        throw new ParseError(`unknown R type ${type}`, cursor.position);
    }
    await this.#attributes(flags, within, depth);
    return '';
  }
}
