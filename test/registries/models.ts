import { createHash } from 'node:crypto';
import type { FakeFile } from './hub-server.ts';
import type { Content } from './registry-server.ts';

/** One shard of safetensors that exists as a header only; the rest is zeros made when asked for. */
export function sparseSafetensors(size: number, tensors: number, prefix: string): Content {
  const header = (length: number): Buffer => {
    const data = size - 8 - length;
    const each = Math.floor(data / tensors / 2) * 2;
    const entries = Array.from({ length: tensors }, (_, i) => {
      const end = i === tensors - 1 ? data : (i + 1) * each;
      return [
        `${prefix}.layers.${i}.self_attn.q_proj.weight`,
        { dtype: 'BF16', shape: [(end - i * each) / 2], data_offsets: [i * each, end] },
      ];
    });
    return Buffer.from(JSON.stringify(Object.fromEntries(entries)).padEnd(length, ' '));
  };
  const length = Math.ceil((header(0).length + 64 * tensors) / 8) * 8;
  const head = Buffer.alloc(8 + length);
  head.writeBigUInt64LE(BigInt(length));
  header(length).copy(head, 8);
  return sparse(size, [[0, head]]);
}

/** Zeros with some pieces in them. */
export function sparse(size: number, pieces: readonly (readonly [number, Uint8Array])[]): Content {
  const hash = createHash('sha256').update(String(size));
  for (const [at, bytes] of pieces) hash.update(String(at)).update(bytes);
  return {
    size,
    sha256: hash.digest('hex'),
    read(offset, wanted) {
      const length = Math.max(0, Math.min(wanted, size - offset));
      const out = new Uint8Array(length);
      for (const [at, bytes] of pieces) {
        const from = Math.max(at, offset);
        const to = Math.min(at + bytes.length, offset + length);
        if (from < to) out.set(bytes.subarray(from - at, to - at), from - offset);
      }
      return out;
    },
  };
}

/** Small whole safetensors. `seed` changes the data, not the size. */
export function safetensors(seed = 0): Uint8Array {
  const text = '{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}'.padEnd(56);
  const out = Buffer.alloc(8 + text.length + 16);
  out.writeBigUInt64LE(BigInt(text.length));
  out.write(text, 8);
  out.fill(seed, 8 + text.length);
  return out;
}

/** `os.system('id')` in protocol 2. */
export const evilPickle = (): Uint8Array => Buffer.from('\x80\x02cos\nsystem\nq\0X\x02\0\0\0idq\x01\x85q\x02Rq\x03.', 'latin1');
/** A dictionary of one number. */
export const plainPickle = (): Uint8Array => Buffer.from('\x80\x02}q\0X\x01\0\0\0aq\x01K\x01s.', 'latin1');

/** A GGUF header with these texts, a vocabulary, and one tensor that fills the rest of `size` with zeros. */
export function gguf(size: number, texts: Readonly<Record<string, string>> = {}, words = 10): Content {
  const u32 = (value: number): Buffer => {
    const out = Buffer.alloc(4);
    out.writeUInt32LE(value);
    return out;
  };
  const u64 = (value: number): Buffer => {
    const out = Buffer.alloc(8);
    out.writeBigUInt64LE(BigInt(value));
    return out;
  };
  const string = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
  const pairs = Object.entries({ 'general.architecture': 'llama', ...texts }).map(([key, value]) =>
    Buffer.concat([string(key), u32(8), string(value)]),
  );
  const vocabulary = Buffer.concat([
    string('tokenizer.ggml.tokens'),
    u32(9),
    u32(8),
    u64(words),
    ...Array.from({ length: words }, (_, i) => string(`token${i}`)),
  ]);
  const tensors = (rows: number): Buffer => Buffer.concat([string('blk.0.ffn.weight'), u32(2), u64(1024), u64(rows), u32(1), u64(0)]);
  const start = (rows: number): Buffer =>
    Buffer.concat([Buffer.from('GGUF'), u32(3), u64(1), u64(pairs.length + 1), ...pairs, vocabulary, tensors(rows)]);
  const offset = Math.ceil(start(0).length / 32) * 32;
  const rows = Math.max(1, Math.floor((size - offset) / 2048));
  return sparse(offset + rows * 2048, [[0, start(rows)]]);
}

export interface TarMember {
  readonly name: string;
  readonly content?: Content;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder. */
  readonly type?: string;
  readonly link?: string;
}

/** A ustar archive; large members exist as far as they are asked for. */
export function tarball(members: readonly TarMember[]): Content {
  const pieces: (readonly [number, Uint8Array])[] = [];
  let at = 0;
  for (const { name, content = '', type = '0', link = '' } of members) {
    const size = typeof content === 'string' ? Buffer.byteLength(content) : content instanceof Uint8Array ? content.length : content.size;
    const block = Buffer.alloc(512);
    block.write(name, 0, 100);
    block.write('0000644\0', 100);
    if (size < 8 ** 11) block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
    else {
      block[124] = 0x80;
      block.writeBigUInt64BE(BigInt(size), 128);
    }
    block.write('        ', 148);
    block.write(type, 156);
    block.write(link, 157, 100);
    block.write('ustar\x0000', 257);
    block.write(
      `${block
        .reduce((total, byte) => total + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    pieces.push([at, block]);
    // Of a large member only the beginning is not zero.
    const head =
      typeof content === 'string'
        ? Buffer.from(content)
        : content instanceof Uint8Array
          ? content
          : content.read(0, Math.min(size, 1 << 20));
    pieces.push([at + 512, head]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const whole = sparse(at + 1024, pieces);
  return at < 1 << 22 && !(typeof whole === 'string' || whole instanceof Uint8Array) ? whole.read(0, whole.size) : whole;
}

interface ZipMember {
  readonly name: string;
  readonly size: number;
  readonly bytes?: Uint8Array;
}

/** A stored zip64 of `torch.save`: members are padded to 64 bytes as PyTorch does; tensors are zeros. */
export function torchZip(members: readonly ZipMember[], crcOfZeros: (size: number) => number): Content {
  const pieces: [number, Uint8Array][] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, size, bytes } of members) {
    const encoded = Buffer.from(name);
    const crc = bytes ? crc32(bytes) : crcOfZeros(size);
    const pad = (64 - ((at + 30 + encoded.length + 4) % 64)) % 64;
    const local = Buffer.alloc(30 + encoded.length + 4 + pad);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(0, 4);
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(size, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(encoded.length, 26);
    local.writeUInt16LE(4 + pad, 28);
    encoded.copy(local, 30);
    local.write('FB', 30 + encoded.length);
    local.writeUInt16LE(pad, 32 + encoded.length);
    local.fill('Z', 34 + encoded.length);
    pieces.push([at, local]);
    if (bytes) pieces.push([at + local.length, bytes]);
    const zip64 = at >= 0xffffffff;
    const extra = Buffer.alloc(zip64 ? 12 : 0);
    if (zip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(8, 2);
      extra.writeBigUInt64LE(BigInt(at), 4);
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(size, 20);
    entry.writeUInt32LE(size, 24);
    entry.writeUInt16LE(encoded.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(zip64 ? 0xffffffff : at, 42);
    central.push(Buffer.concat([entry, encoded, extra]));
    at += local.length + size;
  }
  const directory = Buffer.concat(central);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(45, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(BigInt(members.length), 24);
  end64.writeBigUInt64LE(BigInt(members.length), 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(0xffff, 8);
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(0xffffffff, 16);
  const tail = Buffer.concat([directory, end64, locator, end]);
  pieces.push([at, tail]);
  return sparse(at + tail.length, pieces);
}

const TABLE = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
export function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = ((TABLE[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8)) >>> 0;
  return (c ^ 0xffffffff) >>> 0;
}

/** A state dictionary of float storages, as PyTorch pickles it. */
export function statePickle(count: number, elements: number): Uint8Array {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([0x58, value.length, 0, 0, 0]), Buffer.from(value)]);
  const int = (value: number): Buffer => {
    const out = Buffer.alloc(5);
    out[0] = 0x4a;
    out.writeInt32LE(value, 1);
    return out;
  };
  const parts: Buffer[] = [Buffer.from('\x80\x02}(', 'latin1')];
  for (let i = 0; i < count; i += 1) {
    parts.push(
      text(`layer.${i}.weight`),
      Buffer.from('ctorch._utils\n_rebuild_tensor_v2\n((', 'latin1'),
      text('storage'),
      Buffer.from('ctorch\nFloatStorage\n', 'latin1'),
      text(String(i)),
      text('cpu'),
      int(elements),
      Buffer.from('tQ', 'latin1'),
    );
    parts.push(
      int(0),
      int(elements),
      Buffer.from('\x85', 'latin1'),
      int(1),
      Buffer.from('\x85\x89ccollections\nOrderedDict\n)RtR', 'latin1'),
    );
  }
  parts.push(Buffer.from('u.', 'latin1'));
  return Buffer.concat(parts);
}

export const lfs = (content: Content, scan?: string): FakeFile => ({ content, lfs: true, ...(scan === undefined ? {} : { scan }) });
