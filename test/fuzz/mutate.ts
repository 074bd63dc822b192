/** Small deterministic generator: a run is repeated by its seed. xorshift32. */
export class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** Integer in `[0, below)`. */
  next(below: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return below <= 0 ? 0 : (this.state >>> 0) % below;
  }
}

/** Numbers at which lengths, counts and offsets go wrong. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

type Mutation = (bytes: Buffer, random: Random, other: Uint8Array) => Uint8Array;

const at = (bytes: Buffer, random: Random): number => random.next(bytes.length);

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const place = at(bytes, random);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << random.next(8));
    return bytes;
  },
  (bytes, random) => {
    bytes[at(bytes, random)] = random.next(256);
    return bytes;
  },
  (bytes, random) => {
    const place = random.next(Math.max(1, bytes.length - 4));
    if (bytes.length >= 4) bytes.writeUInt32LE(EDGES[random.next(EDGES.length)] ?? 0, place);
    return bytes;
  },
  (bytes, random) => {
    const place = random.next(Math.max(1, bytes.length - 8));
    if (bytes.length >= 8)
      bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(EDGES[random.next(EDGES.length)] ?? 0) << BigInt(random.next(33))), place);
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => bytes.subarray(at(bytes, random)),
  (bytes, random) => {
    const [a, b] = [at(bytes, random), at(bytes, random)];
    return Buffer.concat([bytes.subarray(0, Math.min(a, b)), bytes.subarray(Math.max(a, b))]);
  },
  (bytes, random) => {
    const [a, b] = [at(bytes, random), at(bytes, random)];
    const piece = bytes.subarray(Math.min(a, b), Math.min(Math.max(a, b), Math.min(a, b) + 4096));
    const place = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, place), ...Array.from({ length: 1 + random.next(8) }, () => piece), bytes.subarray(place)]);
  },
  (bytes, random, other) => {
    const place = at(bytes, random);
    const from = random.next(other.length);
    return Buffer.concat([bytes.subarray(0, place), other.subarray(from, from + random.next(512)), bytes.subarray(place)]);
  },
  (bytes, random, other) => Buffer.concat([bytes, other]),
  (bytes, random) => Buffer.concat([bytes.subarray(0, at(bytes, random)), Buffer.alloc(random.next(5000), random.next(256))]),
];

/** One to four mutations of `bytes`; `other` lends pieces. The result is at most some times as long. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let result = Buffer.from(bytes);
  const rounds = 1 + random.next(4);
  for (let round = 0; round < rounds; round += 1) {
    const mutation = MUTATIONS[random.next(MUTATIONS.length)];
    if (mutation && result.length > 0) result = Buffer.from(mutation(result, random, other));
  }
  return result;
}
