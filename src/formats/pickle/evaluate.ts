import { inflateSync, gunzipSync, inflateRawSync } from 'node:zlib';
import type { GlobalValue } from './values.ts';
import { BytesValue, GlobalValue as Global, ObjectValue, TextValue, type Value } from './values.ts';
import { classOfObject } from './state.ts';
import { argumentsOf, calleeOf, textOf } from './walk.ts';

/** Result of a decoder that runs here. Payloads of malware are small; larger ones stay unevaluated and unknown. */
const MAX_RESULT = 4 * 1024 * 1024;

const asBytes = (value: Value | undefined): Buffer | undefined => {
  if (value instanceof BytesValue)
    return value.complete ? Buffer.from(value.head.buffer, value.head.byteOffset, value.head.length) : undefined;
  return typeof value === 'string' ? Buffer.from(value, 'latin1') : undefined;
};

const inflate = (bytes: Buffer): Buffer | undefined => {
  for (const decode of [inflateSync, gunzipSync, inflateRawSync]) {
    try {
      return decode(bytes, { maxOutputLength: MAX_RESULT });
    } catch {
      // Not this encoding, damaged, or too large: not known.
    }
  }
  return undefined;
};

const rot13 = (text: string): string =>
  text.replaceAll(/[a-zA-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + (letter.toLowerCase() < 'n' ? 13 : -13)));

const base32 = (text: string): Buffer => {
  const out: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text.toUpperCase()) {
    const digit = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter);
    if (digit < 0) break;
    value = ((value << 5) | digit) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(out);
};

function decodeBy(codec: string, bytes: Buffer): Buffer | string | undefined {
  switch (codec.toLowerCase().replaceAll(/[-_ ]/g, '')) {
    case 'base64':
    case 'base64codec':
      return Buffer.from(bytes.toString('latin1'), 'base64');
    case 'hex':
    case 'hexcodec':
      return Buffer.from(bytes.toString('latin1'), 'hex');
    case 'zip':
    case 'zlib':
    case 'zlibcodec':
      return inflate(bytes);
    case 'rot13':
      return rot13(bytes.toString('latin1'));
    case 'latin1':
    case 'ascii':
    case 'iso88591':
      return bytes.toString('latin1');
    case 'utf8':
      return bytes.toString('utf8');
    default:
      return undefined;
  }
}

function decoded(path: string, args: readonly Value[]): Buffer | string | undefined {
  const bytes = asBytes(args[0]);
  if (bytes === undefined) return undefined;
  switch (path) {
    case '_codecs.encode':
      return bytes;
    case 'codecs.decode':
    case '_codecs.decode':
    case 'codecs.encode':
      return decodeBy(textOf(args[1]) ?? 'utf-8', bytes);
    case 'base64.b64decode':
    case 'base64.standard_b64decode':
    case 'base64.urlsafe_b64decode':
    case 'base64.decodebytes':
    case 'base64.decodestring':
    case 'binascii.a2b_base64':
      return Buffer.from(bytes.toString('latin1').replaceAll('-', '+').replaceAll('_', '/'), 'base64');
    case 'base64.b32decode':
      return base32(bytes.toString('latin1'));
    case 'base64.b16decode':
    case 'binascii.unhexlify':
    case 'binascii.a2b_hex':
    case 'builtins.bytes.fromhex':
    case 'builtins.bytearray.fromhex':
      return Buffer.from(bytes.toString('latin1'), 'hex');
    case 'zlib.decompress':
    case 'gzip.decompress':
      return inflate(bytes);
    case 'builtins.bytes':
    case 'builtins.bytearray':
      return args.length === 1 || textOf(args[1]) !== undefined ? bytes : undefined;
    case 'builtins.str':
    case 'builtins.bytes.decode':
    case 'builtins.str.lower':
      return bytes.toString('latin1');
    default:
      return undefined;
  }
}

/** A module named by a call of the import machinery, if `value` is one. */
function importedModule(value: Value | undefined): string | undefined {
  if (!(value instanceof ObjectValue)) return undefined;
  const callee: GlobalValue | undefined = calleeOf(value);
  if (callee === undefined || !/^(?:_?import_module|__import__|_gcd_import|subimport|_find_and_load|_import_module)$/.test(callee.name))
    return undefined;
  const [name] = argumentsOf(value);
  return typeof name === 'string' ? name : undefined;
}

/** Types that dill adds to those of `builtins` and `types`. */
const DILL_TYPES: ReadonlyMap<string, readonly [module: string, name: string]> = new Map([
  ['PartialType', ['functools', 'partial']],
  ['SuperType', ['builtins', 'super']],
  ['ItemGetterType', ['operator', 'itemgetter']],
  ['AttrGetterType', ['operator', 'attrgetter']],
]);

/** What a call gives, where that follows from constants alone. Nothing of the file is run: these are decoders of our own. */
export function resultOf(object: ObjectValue): Value | undefined {
  const callee = calleeOf(object);
  if (callee === undefined) return undefined;
  const args = argumentsOf(object);
  if (/^(?:getattr|_getattr|_get_attr|_getattribute|getattr_static)$/.test(callee.name)) {
    const [target, attribute] = args;
    // A class without its constructor: no way to anywhere.
    if (typeof attribute !== 'string' || attribute === '__new__') return undefined;
    if (target instanceof Global) return new Global(target.module, `${target.name}.${attribute}`);
    const module = importedModule(target);
    return module === undefined ? undefined : new Global(module, attribute);
  }
  // cloudpickle and dill name the interpreter's types.
  if (/^(?:_builtin_type|_load_type)$/.test(callee.name) && typeof args[0] === 'string' && /^[A-Za-z]\w*$/.test(args[0])) {
    const [module, name] = DILL_TYPES.get(args[0]) ?? [
      callee.name === '_load_type' && !args[0].endsWith('Type') ? 'builtins' : 'types',
      args[0],
    ];
    return new Global(module, name);
  }
  if (/(?:^|\.)(?:resolve_name|locate|_import_module)$/.test(callee.name) && typeof args[0] === 'string') {
    const [module = '', ...rest] = args[0].includes(':')
      ? args[0].split(':')
      : [args[0].slice(0, args[0].lastIndexOf('.')), args[0].slice(args[0].lastIndexOf('.') + 1)];
    return module === '' || rest.length === 0 ? undefined : new Global(module, rest.join('.'));
  }
  if (callee.path === 'builtins.type' && args.length === 1 && args[0] instanceof ObjectValue) return classOfObject(args[0]);
  const [text] = args;
  // Bytes of protocols 0 to 2 that are too long to keep: their place in the file is enough.
  if (text instanceof TextValue && callee.path === '_codecs.encode' && /^(?:latin-?1|iso-?8859-1)$/i.test(textOf(args[1]) ?? ''))
    return new BytesValue('bytes', text.length, Buffer.from(text.head, 'latin1'), text.offset, true);
  const result = decoded(callee.path, args);
  if (result === undefined) return undefined;
  return typeof result === 'string'
    ? result
    : new BytesValue(callee.name === 'bytearray' ? 'bytearray' : 'bytes', result.length, Uint8Array.from(result));
}
