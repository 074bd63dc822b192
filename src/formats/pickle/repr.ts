import {
  BytesValue,
  DictValue,
  FloatValue,
  GlobalValue,
  isComposite,
  ObjectValue,
  OpaqueValue,
  PersistentValue,
  SequenceValue,
  TextValue,
  type Value,
} from './values.ts';

/** Characters of one printed value: enough to read a payload, too few to flood a report. */
const MAX_LENGTH = 240;
const MAX_TEXT = 120;
const MAX_DEPTH = 4;
const MAX_SHOWN = 8;

const HEX = (code: number, width: number): string => code.toString(16).padStart(width, '0');

function quoted(text: string): string {
  let out = '';
  for (const character of text.slice(0, MAX_TEXT)) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '\\' || character === "'") out += `\\${character}`;
    else if (character === '\n') out += '\\n';
    else if (character === '\r') out += '\\r';
    else if (character === '\t') out += '\\t';
    else if (code < 0x20 || code === 0x7f) out += `\\x${HEX(code, 2)}`;
    // Control, format, private and surrogate characters may turn a terminal's text around.
    else if (/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) out += code > 0xffff ? `\\U${HEX(code, 8)}` : `\\u${HEX(code, 4)}`;
    else out += character;
  }
  return `'${out}${text.length > MAX_TEXT ? '…' : ''}'`;
}

function bytesText(value: BytesValue): string {
  let out = '';
  for (const byte of value.head.subarray(0, MAX_TEXT / 2)) {
    if (byte === 0x5c || byte === 0x27) out += `\\${String.fromCharCode(byte)}`;
    else out += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${HEX(byte, 2)}`;
  }
  const literal = `b'${out}${value.length > MAX_TEXT / 2 ? `…' (${value.length} bytes)` : "'"}`;
  return value.type === 'bytearray' ? `bytearray(${literal})` : literal;
}

/** Prints values as Python; objects that were named get their name. */
export class Printer {
  readonly #names = new Map<ObjectValue, string>();

  /** Gives the object a variable name at its first call. */
  name(object: ObjectValue): string {
    let name = this.#names.get(object);
    if (name === undefined) {
      name = `_${this.#names.size}`;
      this.#names.set(object, name);
    }
    return name;
  }

  print(value: Value | undefined): string {
    const text = this.#print(value, MAX_DEPTH, { left: MAX_LENGTH });
    return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  }

  /** Arguments of a call without the brackets. */
  arguments(object: ObjectValue): string {
    const positional =
      object.args instanceof SequenceValue && object.args.type === 'tuple'
        ? this.#items(object.args.items, object.args.size, MAX_DEPTH, { left: MAX_LENGTH })
        : `*${this.print(object.args)}`;
    const text = object.kwargs === undefined ? positional : `${positional}${positional === '' ? '' : ', '}**${this.print(object.kwargs)}`;
    return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
  }

  #items(items: readonly Value[], size: number, depth: number, room: { left: number }): string {
    const shown: string[] = [];
    for (const item of items.slice(0, MAX_SHOWN)) {
      if (room.left <= 0) break;
      shown.push(this.#print(item, depth - 1, room));
    }
    return shown.length < size ? [...shown, '…'].join(', ') : shown.join(', ');
  }

  #print(value: Value | undefined, depth: number, room: { left: number }): string {
    const text = this.#text(value, depth, room);
    room.left -= text.length;
    return text;
  }

  #text(value: Value | undefined, depth: number, room: { left: number }): string {
    if (value === undefined || value === null) return 'None';
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (typeof value === 'string') return quoted(value);
    if (typeof value === 'bigint') {
      const digits = value.toString();
      return digits.length > MAX_TEXT ? `${digits.slice(0, MAX_TEXT)}…` : digits;
    }
    if (!isComposite(value)) return String(value);
    if (value instanceof FloatValue)
      return Number.isInteger(value.value) && Math.abs(value.value) < 1e16 ? `${value.value}.0` : String(value.value);
    if (value instanceof BytesValue) return bytesText(value);
    if (value instanceof TextValue) return quoted(value.head);
    if (value instanceof GlobalValue) return value.module === 'builtins' ? clean(value.name) : clean(value.path);
    if (value instanceof PersistentValue) return depth <= 0 ? '…' : `persistent_load(${this.#print(value.id, depth - 1, room)})`;
    if (value instanceof OpaqueValue) return `<${value.what}>`;
    if (value instanceof ObjectValue) {
      const name = this.#names.get(value);
      if (name !== undefined) return name;
      if (depth <= 0) return '…';
      const args =
        value.args instanceof SequenceValue
          ? this.#items(value.args.items, value.args.size, depth, room)
          : this.#print(value.args, depth - 1, room);
      return `${this.#print(value.callee, depth - 1, room)}(${args})`;
    }
    if (depth <= 0) return '…';
    if (value instanceof DictValue) {
      const pairs: string[] = [];
      for (let index = 0; index < Math.min(value.keys.length, MAX_SHOWN) && room.left > 0; index += 1) {
        pairs.push(`${this.#print(value.keys[index], depth - 1, room)}: ${this.#print(value.values[index], depth - 1, room)}`);
      }
      return `{${pairs.join(', ')}${pairs.length < value.size ? ', …' : ''}}`;
    }
    const items = this.#items(value.items, value.size, depth, room);
    if (value.type === 'list') return `[${items}]`;
    if (value.type === 'tuple') return value.size === 1 ? `(${items},)` : `(${items})`;
    return value.type === 'set' ? (value.size === 0 ? 'set()' : `{${items}}`) : `frozenset({${items}})`;
  }
}

/** A name as it can be printed: hostile ones hold control characters. */
export const clean = (name: string): string => (/^[\w.<>]*$/.test(name) && name.length <= MAX_TEXT ? name : quoted(name).slice(1, -1));
