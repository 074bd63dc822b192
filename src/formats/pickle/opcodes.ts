/** How the argument of an opcode is written. */
export type Argument =
  | 'none'
  | 'uint1'
  | 'uint2'
  | 'int4'
  | 'uint4'
  | 'uint8'
  | 'float8'
  | 'long1'
  | 'long4'
  | 'line-int'
  | 'line-long'
  | 'line-float'
  | 'line-string'
  | 'line-unicode'
  | 'line-text'
  | 'two-lines'
  | 'string1'
  | 'string4'
  | 'unicode1'
  | 'unicode4'
  | 'unicode8'
  | 'bytes1'
  | 'bytes4'
  | 'bytes8'
  | 'bytearray8';

type Row = readonly [code: number, name: string, argument: Argument, protocol: number];

/** Every opcode of protocols 0 to 5 (CPython `Lib/pickletools.py`). */
const ROWS: readonly Row[] = [
  [0x28, 'MARK', 'none', 0],
  [0x2e, 'STOP', 'none', 0],
  [0x30, 'POP', 'none', 0],
  [0x31, 'POP_MARK', 'none', 1],
  [0x32, 'DUP', 'none', 0],
  [0x46, 'FLOAT', 'line-float', 0],
  [0x49, 'INT', 'line-int', 0],
  [0x4a, 'BININT', 'int4', 1],
  [0x4b, 'BININT1', 'uint1', 1],
  [0x4c, 'LONG', 'line-long', 0],
  [0x4d, 'BININT2', 'uint2', 1],
  [0x4e, 'NONE', 'none', 0],
  [0x50, 'PERSID', 'line-text', 0],
  [0x51, 'BINPERSID', 'none', 1],
  [0x52, 'REDUCE', 'none', 0],
  [0x53, 'STRING', 'line-string', 0],
  [0x54, 'BINSTRING', 'string4', 1],
  [0x55, 'SHORT_BINSTRING', 'string1', 1],
  [0x56, 'UNICODE', 'line-unicode', 0],
  [0x58, 'BINUNICODE', 'unicode4', 1],
  [0x61, 'APPEND', 'none', 0],
  [0x62, 'BUILD', 'none', 0],
  [0x63, 'GLOBAL', 'two-lines', 0],
  [0x64, 'DICT', 'none', 0],
  [0x7d, 'EMPTY_DICT', 'none', 1],
  [0x65, 'APPENDS', 'none', 1],
  [0x67, 'GET', 'line-int', 0],
  [0x68, 'BINGET', 'uint1', 1],
  [0x69, 'INST', 'two-lines', 0],
  [0x6a, 'LONG_BINGET', 'uint4', 1],
  [0x6c, 'LIST', 'none', 0],
  [0x5d, 'EMPTY_LIST', 'none', 1],
  [0x6f, 'OBJ', 'none', 1],
  [0x70, 'PUT', 'line-int', 0],
  [0x71, 'BINPUT', 'uint1', 1],
  [0x72, 'LONG_BINPUT', 'uint4', 1],
  [0x73, 'SETITEM', 'none', 0],
  [0x74, 'TUPLE', 'none', 0],
  [0x29, 'EMPTY_TUPLE', 'none', 1],
  [0x75, 'SETITEMS', 'none', 1],
  [0x47, 'BINFLOAT', 'float8', 1],
  [0x80, 'PROTO', 'uint1', 2],
  [0x81, 'NEWOBJ', 'none', 2],
  [0x82, 'EXT1', 'uint1', 2],
  [0x83, 'EXT2', 'uint2', 2],
  [0x84, 'EXT4', 'int4', 2],
  [0x85, 'TUPLE1', 'none', 2],
  [0x86, 'TUPLE2', 'none', 2],
  [0x87, 'TUPLE3', 'none', 2],
  [0x88, 'NEWTRUE', 'none', 2],
  [0x89, 'NEWFALSE', 'none', 2],
  [0x8a, 'LONG1', 'long1', 2],
  [0x8b, 'LONG4', 'long4', 2],
  [0x42, 'BINBYTES', 'bytes4', 3],
  [0x43, 'SHORT_BINBYTES', 'bytes1', 3],
  [0x8c, 'SHORT_BINUNICODE', 'unicode1', 4],
  [0x8d, 'BINUNICODE8', 'unicode8', 4],
  [0x8e, 'BINBYTES8', 'bytes8', 4],
  [0x8f, 'EMPTY_SET', 'none', 4],
  [0x90, 'ADDITEMS', 'none', 4],
  [0x91, 'FROZENSET', 'none', 4],
  [0x92, 'NEWOBJ_EX', 'none', 4],
  [0x93, 'STACK_GLOBAL', 'none', 4],
  [0x94, 'MEMOIZE', 'none', 4],
  [0x95, 'FRAME', 'uint8', 4],
  [0x96, 'BYTEARRAY8', 'bytearray8', 5],
  [0x97, 'NEXT_BUFFER', 'none', 5],
  [0x98, 'READONLY_BUFFER', 'none', 5],
];

export interface Opcode {
  readonly code: number;
  readonly name: string;
  readonly argument: Argument;
  /** First protocol that writes it. */
  readonly protocol: number;
}

/** Indexed by byte; `undefined` where the byte is no opcode. */
export const OPCODES: readonly (Opcode | undefined)[] = (() => {
  const table: (Opcode | undefined)[] = Array.from({ length: 256 });
  for (const [code, name, argument, protocol] of ROWS) table[code] = { code, name, argument, protocol };
  return table;
})();

export const HIGHEST_PROTOCOL = 5;
