import {
  BytesValue,
  DictValue,
  GlobalValue,
  isComposite,
  ObjectValue,
  OpaqueValue,
  SequenceValue,
  TextValue,
  type Value,
} from './values.ts';

/** Longest text that may still be a name to import. */
const MAX_NAME = 128;

/**
 * One value for many, so that the memo of a pickle with millions of objects costs eight bytes an
 * entry. Names and imports are never replaced: what can be imported or called stays exact.
 */
export class StandIns {
  readonly #sequences = new Map<string, SequenceValue>();
  readonly #objects = new Map<GlobalValue, ObjectValue>();
  readonly #dict = new DictValue();
  readonly #text = new OpaqueValue('str');
  readonly #bytes = new OpaqueValue('bytes');

  /** `calls`: results of calls too, not only instances made without a constructor. */
  of(value: Value, calls: boolean): Value {
    if (typeof value === 'string') return value.length > MAX_NAME ? this.#text : value;
    if (!isComposite(value)) return value;
    if (value instanceof TextValue) return this.#text;
    if (value instanceof BytesValue) return this.#bytes;
    if (value instanceof DictValue) return this.#dict;
    if (value instanceof SequenceValue) return this.#sequence(value.type);
    if (value instanceof ObjectValue) return this.#object(value, calls);
    return value;
  }

  has(value: Value): boolean {
    return (
      value === this.#dict || value === this.#text || value === this.#bytes || [...this.#sequences.values()].some((item) => item === value)
    );
  }

  #sequence(type: SequenceValue['type']): SequenceValue {
    let sequence = this.#sequences.get(type);
    if (!sequence) {
      // Not empty, and its items are not known: no condition on arguments holds for it.
      sequence = new SequenceValue(type, [], 1);
      this.#sequences.set(type, sequence);
    }
    return sequence;
  }

  /** A dtype says how long raw data is, and an object with hooks acts: those are kept. */
  #object(value: ObjectValue, calls: boolean): Value {
    const { callee } = value;
    if (!(callee instanceof GlobalValue) || value.hooked || value.told || callee.name === 'dtype' || (value.how === 'reduce' && !calls))
      return value;
    let object = this.#objects.get(callee);
    if (!object) {
      object = new ObjectValue(value.how, callee, new SequenceValue('tuple'), value.offset);
      this.#objects.set(callee, object);
    }
    return object;
  }
}
