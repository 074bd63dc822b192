import { StandIns } from './stand-ins.ts';
import { DictValue, GlobalValue, ObjectValue, SequenceValue, type Value } from './values.ts';

/** Containers and objects whose content is kept; later ones are followed without content, so that memory ends somewhere. */
const MAX_CONTENT = 100_000;
/** Items kept of one container. Argument tuples and lists of storage keys fit. */
const MAX_ITEMS = 16_384;
/** Items kept of one container once `MAX_CONTENT` is reached. */
const MAX_ITEMS_THIN = 8;

/** Keys that change what an object does, of which there are few: they are kept whatever else is dropped. */
export type Telling = (key: string) => boolean;

/** How much of what a pickle builds is kept. */
export class Content {
  readonly #telling: Telling;
  readonly #standIns = new StandIns();
  #count: number;
  /** Containers that may be written to; absent where all may. */
  readonly #own: WeakSet<Value & object> | undefined;

  constructor(telling: Telling, before?: Content) {
    this.#telling = telling;
    this.#count = before?.count ?? 0;
    this.#own = before ? new WeakSet() : undefined;
  }

  get count(): number {
    return this.#count;
  }

  /** No more content is kept. */
  get thin(): boolean {
    return this.#count > MAX_CONTENT;
  }

  /** Another object whose arguments and state are kept. */
  object(): void {
    this.#count += 1;
  }

  sequence(type: SequenceValue['type'], items: Value[]): SequenceValue {
    this.#count += 1;
    const limit = type === 'tuple' || !this.thin ? MAX_ITEMS : MAX_ITEMS_THIN;
    const sequence = items.length > limit ? new SequenceValue(type, items.slice(0, limit), items.length) : new SequenceValue(type, items);
    this.#own?.add(sequence);
    return sequence;
  }

  dict(): DictValue {
    this.#count += 1;
    const dict = new DictValue();
    this.#own?.add(dict);
    return dict;
  }

  /** What the memo keeps: the value, or once memory is short what stands for its kind. */
  memoized(value: Value): Value {
    return this.thin ? this.#standIns.of(value, this.#count > 3 * MAX_CONTENT) : value;
  }

  /** Whether the value stands for many, and what it holds is not known. */
  isStandIn(value: Value): boolean {
    return this.thin && this.#standIns.has(value);
  }

  append(target: SequenceValue, items: readonly Value[]): void {
    if (this.#own?.has(target) === false) return;
    for (const item of items) if (this.#keeps(target.items.length, item)) target.items.push(item);
    target.size += items.length;
  }

  set(target: DictValue, key: Value, value: Value): void {
    if (this.#own?.has(target) === false) return;
    target.size += 1;
    if (this.#keeps(target.keys.length, value) || this.#keeps(target.keys.length, key)) {
      target.keys.push(key);
      target.values.push(value);
    } else if (typeof key === 'string' && this.#telling(key)) target.put(key, value);
  }

  /** A pair that was assigned to an object: only what changes the object is kept. */
  assign(target: ObjectValue, key: Value, value: Value): void {
    if (typeof key === 'string' && this.#telling(key)) (target.told ??= new DictValue()).put(key, value);
  }

  #keeps(count: number, value: Value): boolean {
    if (count < (this.thin ? MAX_ITEMS_THIN : MAX_ITEMS)) return true;
    return value instanceof GlobalValue && count < MAX_ITEMS * 4;
  }
}
