import { assemble } from '../../fixtures/artifacts/pickle/assembler.ts';
import { OPCODES } from '../../src/formats/pickle/opcodes.ts';

export type Random = () => number;

/** Mulberry32: small, and the same everywhere. */
export function randomSource(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const WORDS = ['os', 'system', 'collections', 'OrderedDict', 'a', '', 'naïve', 'x'.repeat(300)];
const NAMES = ['os system', 'collections OrderedDict', '__builtin__ eval', 'a.b C', 'copy_reg _reconstructor'];

function argument(kind: string, random: Random): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const int = (limit: number): number => Math.floor(random() * limit);
  switch (kind) {
    case 'uint1':
      return String(int(8));
    case 'uint2':
    case 'uint4':
      return String(int(12));
    case 'int4':
      return String(int(2000) - 1000);
    case 'float8':
    case 'line-float':
      return String(random() * 1000);
    case 'long1':
    case 'long4':
      return String(BigInt(int(2 ** 31)) ** BigInt(int(6)) * (random() < 0.5 ? -1n : 1n));
    case 'line-int':
      return random() < 0.2 ? pick(['00', '01']) : String(int(12));
    case 'line-long':
      return String(int(1000));
    case 'two-lines':
      return pick(NAMES);
    case 'line-string':
    case 'line-unicode':
    case 'line-text':
      return JSON.stringify(pick(['os', 'system', 'a\\x41b', 'q', '\\\\u0041', "it's"]));
    case 'string1':
    case 'unicode1':
      return JSON.stringify(pick(WORDS.slice(0, 6)));
    case 'string4':
    case 'unicode4':
    case 'unicode8':
      return JSON.stringify(pick(WORDS));
    default:
      return `x"${Buffer.from(Array.from({ length: int(20) }, () => int(256))).toString('hex')}"`;
  }
}

const EFFECTS: Readonly<Record<string, readonly [needs: number, leaves: number]>> = {
  POP: [1, -1],
  DUP: [1, 1],
  APPEND: [2, -1],
  SETITEM: [3, -2],
  BUILD: [2, -1],
  REDUCE: [2, -1],
  NEWOBJ: [2, -1],
  NEWOBJ_EX: [3, -2],
  STACK_GLOBAL: [2, -1],
  TUPLE1: [1, 0],
  TUPLE2: [2, -1],
  TUPLE3: [3, -2],
  BINPERSID: [1, 0],
  PUT: [1, 0],
  BINPUT: [1, 0],
  LONG_BINPUT: [1, 0],
  MEMOIZE: [1, 0],
  PROTO: [0, 0],
  FRAME: [0, 0],
  READONLY_BUFFER: [1, 0],
};
const MARKED = new Set(['TUPLE', 'LIST', 'DICT', 'FROZENSET', 'INST', 'OBJ', 'APPENDS', 'SETITEMS', 'ADDITEMS', 'POP_MARK']);

/** A program whose stack is mostly in order; now and then an instruction does not fit. */
export function randomProgram(random: Random): Uint8Array {
  const ops = OPCODES.filter((op) => op !== undefined && op.name !== 'STOP' && !op.name.startsWith('EXT') && op.name !== 'NEXT_BUFFER');
  const lines: string[] = random() < 0.8 ? [`PROTO ${Math.floor(random() * 6)}`] : [];
  const depths: number[] = [0];
  const length = 3 + Math.floor(random() * 40);
  while (lines.length < length) {
    const op = ops[Math.floor(random() * ops.length)];
    if (!op) continue;
    const depth = depths.at(-1) ?? 0;
    const careless = random() < 0.02;
    if ((op.name === 'PROTO' || op.name === 'FRAME') && !careless) continue;
    if (MARKED.has(op.name)) {
      if (depths.length === 1 && !careless) continue;
      if (depths.length > 1) depths.pop();
      if (!op.name.endsWith('S') && op.name !== 'POP_MARK') depths.push((depths.pop() ?? 0) + 1);
    } else if (op.name === 'MARK') depths.push(0);
    else {
      const [needs, leaves] = EFFECTS[op.name] ?? [0, 1];
      if (depth < needs && !careless) continue;
      depths.push((depths.pop() ?? 0) + leaves);
    }
    lines.push(
      op.argument === 'none'
        ? op.name
        : op.name === 'FRAME'
          ? `RAW x"95${Math.floor(random() * 40)
              .toString(16)
              .padStart(2, '0')}00000000000000"`
          : `${op.name} ${argument(op.argument, random)}`,
    );
  }
  while (depths.length > 1) {
    lines.push('POP_MARK');
    depths.pop();
  }
  return assemble([...lines, 'NONE', 'STOP'].join('\n'));
}

/** A few bytes changed, cut out or doubled. */
export function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Buffer.from(bytes);
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * out.length);
    const kind = random();
    if (kind < 0.5 && out.length > 0) out[at] = Math.floor(random() * 256);
    else if (kind < 0.7) out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + Math.floor(random() * 4))]);
    else if (kind < 0.9) out = Buffer.concat([out.subarray(0, at), Buffer.from([Math.floor(random() * 256)]), out.subarray(at)]);
    else out = Buffer.concat([out.subarray(0, at), out.subarray(Math.floor(at / 2))]);
  }
  return out;
}
