/**
 * What a pickle builds, as far as it can be known without running anything. Small plain values
 * are JavaScript's own; everything else is one of the classes below.
 */
export type Value = null | boolean | number | bigint | string | Composite;

export type Composite =
  | FloatValue
  | BytesValue
  | TextValue
  | SequenceValue
  | DictValue
  | GlobalValue
  | ObjectValue
  | PersistentValue
  | OpaqueValue;

/** A float is kept apart from an int: Python prints and compares them differently. */
export class FloatValue {
  readonly kind = 'float';
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Bytes. `head` is all of it unless `length` says more; then the rest stands at `offset` of the file. */
export class BytesValue {
  readonly kind = 'bytes';
  /** `str` is Python 2's byte string with non-ASCII content. */
  readonly type: 'bytes' | 'bytearray' | 'str';
  readonly length: number;
  readonly head: Uint8Array;
  readonly offset: number | undefined;
  /** The file holds them as UTF-8 text of `length` bytes, a character for each byte (`_codecs.encode`). */
  readonly encoded: boolean;
  constructor(type: 'bytes' | 'bytearray' | 'str', length: number, head: Uint8Array, offset?: number, encoded = false) {
    this.type = type;
    this.length = length;
    this.head = head;
    this.offset = offset;
    this.encoded = encoded;
  }
  get complete(): boolean {
    return this.head.length === this.length;
  }
}

/** Text too long to keep. The UTF-8 bytes stand at `offset` of the file. */
export class TextValue {
  readonly kind = 'text';
  readonly head: string;
  /** In bytes. */
  readonly length: number;
  readonly offset: number;
  constructor(head: string, length: number, offset: number) {
    this.head = head;
    this.length = length;
    this.offset = offset;
  }
}

/** `items` holds the first ones and all that are not plain; `size` counts all. */
export class SequenceValue {
  readonly kind = 'sequence';
  readonly type: 'list' | 'tuple' | 'set' | 'frozenset';
  readonly items: Value[];
  size: number;
  constructor(type: 'list' | 'tuple' | 'set' | 'frozenset', items: Value[] = [], size = items.length) {
    this.type = type;
    this.items = items;
    this.size = size;
  }
}

/** Pairs in order of insertion; a key may stand there twice. */
export class DictValue {
  readonly kind = 'dict';
  readonly keys: Value[] = [];
  readonly values: Value[] = [];
  size = 0;
  #late: Map<string, number> | undefined;
  /** Sets a pair although the dictionary is full: once for each key, the last value counts. */
  put(key: string, value: Value): void {
    this.#late ??= new Map();
    const at = this.#late.get(key);
    if (at === undefined) {
      this.#late.set(key, this.keys.push(key) - 1);
      this.values.push(value);
    } else this.values[at] = value;
  }
  /** The value that counts: the last under this key. */
  get(key: string): Value | undefined {
    const at = this.keys.lastIndexOf(key);
    return at < 0 ? undefined : this.values[at];
  }
}

/** An imported name. One object per name and machine. */
export class GlobalValue {
  readonly kind = 'global';
  /** After the reader's renaming of Python 2 modules. */
  readonly module: string;
  readonly name: string;
  /** Module as written in the file. */
  readonly written: string;
  constructor(module: string, name: string, written = module) {
    this.module = module;
    this.name = name;
    this.written = written;
  }
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** How an object came to be. `new`: `cls.__new__` alone, no constructor ran. */
export type Creation = 'reduce' | 'new' | 'instance';

/** The result of a call or the instance of a class. */
export class ObjectValue {
  readonly kind = 'object';
  readonly how: Creation;
  readonly callee: Value;
  readonly args: Value;
  readonly kwargs: Value | undefined;
  readonly offset: number;
  /** State of the last BUILD. */
  state: Value | undefined;
  builds = 0;
  /** Items assigned under keys that change what an object does: a dictionary of a class of its own can be a state. */
  told: DictValue | undefined;
  /** Keys that a BUILD put into the instance and that an opcode looks up and calls. */
  hooked = false;
  constructor(how: Creation, callee: Value, args: Value, offset: number, kwargs?: Value) {
    this.how = how;
    this.callee = callee;
    this.args = args;
    this.offset = offset;
    this.kwargs = kwargs;
  }
}

export class PersistentValue {
  readonly kind = 'persistent';
  readonly id: Value;
  constructor(id: Value) {
    this.id = id;
  }
}

/** Not known: an extension code, an out-of-band buffer, content that a limit let go. */
export class OpaqueValue {
  readonly kind = 'opaque';
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
}

export const isComposite = (value: Value): value is Composite => typeof value === 'object' && value !== null;
