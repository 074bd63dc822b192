/**
 * Filters that make machine code compress better: relative branch targets were made absolute, and
 * differences were taken byte by byte. Undone in place, over a whole block that begins at address
 * 0 of its program. The .xz file format 1.2.1, 5.3; https://www.7-zip.org/sdk.html (Bra.c, Bra86.c, Delta.c).
 */
export type Unfilter = (bytes: Uint8Array) => void;

const isSign = (byte: number): boolean => byte === 0 || byte === 0xff;
const MASK_ALLOWED = [true, true, true, false, true, false, false, false] as const;
const MASK_BIT = [0, 1, 2, 2, 3, 3, 3, 3] as const;
/** A target whose top byte stays a sign is turned over again; honest data need two rounds. */
const MAX_ROUNDS = 256;

/** CALL and JMP of x86. What looks like one inside the operand of another is told apart by a mask of the last bytes. */
function x86(bytes: Uint8Array): void {
  let mask = 0;
  let previous = -5;
  for (let at = 0; at + 5 <= bytes.length;) {
    if (((bytes[at] ?? 0) & 0xfe) !== 0xe8) {
      at += 1;
      continue;
    }
    const distance = at - previous;
    previous = at;
    mask = distance > 5 ? 0 : shifted(mask, distance);
    const high = bytes[at + 4] ?? 0;
    const index = mask >> 1;
    if (isSign(high) && MASK_ALLOWED[index & 7] === true && index < 0x10) {
      setTarget(bytes, at, mask);
      at += 5;
      mask = 0;
    } else {
      at += 1;
      mask |= isSign(high) ? 0x11 : 1;
    }
  }
}

function shifted(mask: number, distance: number): number {
  let moved = mask;
  for (let step = 0; step < distance; step += 1) moved = (moved & 0x77) << 1;
  return moved;
}

function setTarget(bytes: Uint8Array, at: number, mask: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4);
  const next = at + 5;
  const bits = (MASK_BIT[mask >> 1] ?? 0) * 8;
  let target = (view.getUint32(0, true) - next) >>> 0;
  const rounds = mask === 0 ? 0 : MAX_ROUNDS;
  for (let round = 0; round < rounds && isSign((target >>> (24 - bits)) & 0xff); round += 1)
    target = (((target ^ (2 ** (32 - bits) - 1)) >>> 0) - next) >>> 0;
  view.setUint32(0, (target & 0x01ff_ffff) | ((target >>> 24) & 1 ? 0xff00_0000 : 0), true);
}

/** BL of ARM: 24 bits, in words, from two words ahead. */
function arm(bytes: Uint8Array): void {
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    if (bytes[at + 3] !== 0xeb) continue;
    const source = (((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at] ?? 0)) << 2;
    const target = (source - (at + 8)) >>> 2;
    bytes[at + 2] = target >>> 16;
    bytes[at + 1] = target >>> 8;
    bytes[at] = target;
  }
}

/** BL of Thumb: two half words of 11 bits. */
function armThumb(bytes: Uint8Array): void {
  for (let at = 0; at + 4 <= bytes.length; at += 2) {
    const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = bytes.subarray(at, at + 4);
    if ((b1 & 0xf8) !== 0xf0 || (b3 & 0xf8) !== 0xf8) continue;
    const source = (((b1 & 7) << 19) | (b0 << 11) | ((b3 & 7) << 8) | b2) << 1;
    const target = (source - (at + 4)) >>> 1;
    bytes[at + 1] = 0xf0 | ((target >>> 19) & 7);
    bytes[at] = target >>> 11;
    bytes[at + 3] = 0xf8 | ((target >>> 8) & 7);
    bytes[at + 2] = target;
    at += 2;
  }
}

/** `bl` of PowerPC, big-endian. */
function powerPc(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at);
    if ((word & 0xfc00_0003) >>> 0 !== 0x4800_0001) continue;
    view.setUint32(at, 0x4800_0001 | (((word & 0x03ff_fffc) - at) & 0x03ff_fffc));
  }
}

/** `call` of SPARC, big-endian: a sign that 22 bits carry. */
function sparc(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const word = view.getUint32(at);
    const top = word >>> 22;
    if (top !== 0x100 && top !== 0x1ff) continue;
    const target = ((word << 2) - at) >>> 2;
    view.setUint32(at, ((-((target >>> 22) & 1) << 22) & 0x3fff_ffff) | (target & 0x3f_ffff) | 0x4000_0000);
  }
}

/** Sum with the byte `distance` before. */
const delta =
  (distance: number): Unfilter =>
  (bytes) => {
    for (let at = distance; at < bytes.length; at += 1) bytes[at] = (bytes[at] ?? 0) + (bytes[at - distance] ?? 0);
  };

export type FilterName = 'delta' | 'x86' | 'powerpc' | 'arm' | 'arm-thumb' | 'sparc';

const BRANCHES: Readonly<Record<Exclude<FilterName, 'delta'>, Unfilter>> = { x86, powerpc: powerPc, arm, 'arm-thumb': armThumb, sparc };

/** The inverse of a filter with its properties; undefined for a start address other than 0, which no writer of models sets. */
export function unfilterOf(name: FilterName, properties: Uint8Array): Unfilter | undefined {
  if (name === 'delta') return properties.length === 1 ? delta((properties[0] ?? 0) + 1) : undefined;
  return properties.every((byte) => byte === 0) ? BRANCHES[name] : undefined;
}
