import { createHash } from 'node:crypto';
import { mapLimit } from '../../core/async.ts';
import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError } from '../../core/errors.ts';
import type { Target } from '../../core/report.ts';
import { SMALL_FILE } from '../../formats/limits.ts';
import { httpReader } from '../../registries/http-reader.ts';
import type { Descriptor } from '../../registries/oci/manifest.ts';
import type { OciRegistry } from '../../registries/oci/registry.ts';
import { RegistryError } from '../../registries/registry-error.ts';
import { capped, MAX_FILE_BYTES, type RemoteReader } from '../capped.ts';
import type { Source } from '../source.ts';
import { weightExtension, type Layer } from './layout.ts';
import { inflated, membersOf, packingOf, type Packing } from './unpack.ts';

/** A file of an artifact. */
export interface OciFile {
  readonly path: string;
  readonly size: number;
  /** Of the file where it is a blob of its own. */
  readonly sha256?: string;
  /** Blob that holds it. */
  readonly layer: string;
  /** Weights by the media type, or an archive that could not be unpacked. */
  readonly artifact?: boolean;
}

export interface OciSource extends Source {
  readonly files: readonly OciFile[];
  open(path: string): Promise<RemoteReader>;
}

export interface OciSourceOptions {
  readonly registry: OciRegistry;
  readonly layers: readonly Layer[];
  readonly target: Target;
  /** Bytes that the target may still move: what would need more is not begun. */
  readonly remaining: () => number;
}

/** Compressed layers that are held in memory while they are unpacked; larger ones are read as a stream. */
const MAX_HELD = 32 * 1024 * 1024;
/** Unpacked layers of one artifact, all together. */
const MAX_HELD_ALL = 128 * 1024 * 1024;
/** A stream is measured, read, and read once more by whoever looks back. */
const PASSES = 3;
/** Layers in flight while the files are listed. */
const CONCURRENCY = 4;

/** A blob whose bytes all come to us is compared with its digest, which names them. */
export function verified(reader: RemoteReader, { digest }: Descriptor, url: string): RemoteReader {
  let whole: Promise<Uint8Array> | undefined;
  const load = async (): Promise<Uint8Array> => {
    const bytes = await reader.read(0, reader.size);
    const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    if (found !== digest) throw new RegistryError(url, `the bytes have digest ${found}`);
    return bytes;
  };
  return {
    size: reader.size,
    ...(reader.stated ? { stated: reader.stated } : {}),
    get waited() {
      return reader.waited;
    },
    read: async (offset, length) => (await (whole ??= load())).subarray(offset, offset + length),
  };
}

const over = (reader: ByteReader, blob: RemoteReader): RemoteReader => ({
  size: reader.size,
  get waited() {
    return blob.waited;
  },
  read: (offset, length) => reader.read(offset, length),
});

const refusing = (size: number, message: string): RemoteReader => ({
  size,
  waited: 0,
  read: () => Promise.reject(new LimitError('MAX_FILE_BYTES', message)),
});

/** How a blob of the registry is read. */
export function blobReader(registry: OciRegistry, blob: Descriptor): RemoteReader {
  const file = registry.blob(blob);
  const reader = httpReader(file, registry.connection);
  return blob.size <= SMALL_FILE ? verified(reader, blob, file.url) : reader;
}

interface Found {
  readonly file: OciFile;
  readonly open: () => RemoteReader;
}

/** Small blobs that are read by several stages: one reader, which keeps what it read, serves all. */
const MAX_SHARED = 256 * 1024;
const MAX_READERS = 256;

const SUFFIXES: Readonly<Record<Packing, RegExp>> = { tar: /\.tar$/i, gzip: /\.(?:tgz|gz)$/i, zstd: /\.zst$/i, none: /^/ };
const SUFFIX: Readonly<Record<Packing, string>> = { tar: '.tar', gzip: '.tar.gz', zstd: '.tar.zst', none: '' };

/**
 * The files of an artifact in a registry: layers that are files, and the members of those that are archives,
 * all read by ranges. An archive that is odd, or too large to be unpacked, is one file, which the formats judge.
 */
export async function ociSource({ registry, layers, target, remaining }: OciSourceOptions): Promise<OciSource> {
  let held = 0;

  async function unpacked(packing: Packing, layer: Layer, blob: RemoteReader): Promise<ByteReader | undefined> {
    if (packing === 'tar') return blob;
    const { size } = layer.blob;
    if (packing === 'none' || size > MAX_HELD || held + size > MAX_HELD_ALL || size > remaining()) return undefined;
    const bytes = await verified(blob, layer.blob, registry.blob(layer.blob).url).read(0, size);
    const tar = await inflated(packing, bytes);
    if (!tar || packingOf(await tar.read(0, 512)) !== 'tar') return undefined;
    held += tar.size;
    return tar;
  }

  let shared = 0;
  const whole = (layer: Layer, path: string, artifact: boolean, reader?: RemoteReader): Found => {
    const { digest, size } = layer.blob;
    let kept = reader;
    const open = (): RemoteReader => {
      if (kept) return kept;
      const fresh = blobReader(registry, layer.blob);
      if (size <= MAX_SHARED && (shared += 1) <= MAX_READERS) kept = fresh;
      return fresh;
    };
    return { file: { path, size, layer: digest, sha256: digest.slice('sha256:'.length), ...(artifact ? { artifact } : {}) }, open };
  };

  async function filesOf(layer: Layer): Promise<readonly Found[]> {
    const { blob, path } = layer;
    if (!layer.packed && !layer.weights) return [whole(layer, path, layer.hostile)];
    const reader = blobReader(registry, blob);
    let head: Uint8Array;
    try {
      head = await reader.read(0, 512);
      if (layer.weights) return [whole(layer, path + weightExtension(head), true, reader)];
      const packing = packingOf(head);
      const tar = await unpacked(packing, layer, reader);
      const members = tar && (await membersOf(tar, layer.image));
      if (members)
        return members.map((member) => ({
          file: { path: member.path, size: member.reader.size, layer: blob.digest },
          open: () => over(member.reader, reader),
        }));
      // A title that is no archive's is a file's, whatever the media type says.
      if (packing === 'none') return [whole(layer, path, !layer.titled || layer.hostile, reader)];
      const name = SUFFIXES[packing].test(path) ? path : path + SUFFIX[packing];
      const streams = packing !== 'tar';
      if (streams && blob.size * PASSES > remaining())
        return [
          whole(
            layer,
            name,
            true,
            refusing(blob.size, `${name}: ${blob.size} compressed bytes would have to be downloaded; --max-bytes allows more`),
          ),
        ];
      return [whole(layer, name, true, streams ? { ...over(reader, reader), stated: { sha256: blob.digest.slice(7) } } : reader)];
    } catch (error) {
      if (!(error instanceof RegistryError || error instanceof LimitError)) throw error;
      // Whatever keeps us from it now keeps inspection from it too, which tells.
      return [whole(layer, layer.weights ? `${path}.gguf` : path, true, failing(blob.size, error))];
    }
  }

  const found = new Map<string, Found>();
  for (const all of await mapLimit(layers, CONCURRENCY, filesOf)) {
    for (const item of all) {
      // A later layer writes over an earlier one; what it hides is still there for whoever pulls one layer.
      let { path } = item.file;
      if (found.has(path)) path = `${item.file.layer.replace(':', '-').slice(0, 19)}/${path}`;
      if (!found.has(path)) found.set(path, { file: { ...item.file, path }, open: item.open });
    }
  }
  const files = [...found.values()].map(({ file }) => file).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    target,
    files,
    list: () =>
      Promise.resolve({
        entries: files.map(({ path, size, artifact }) => ({ path, size, ...(artifact === true ? { artifact } : {}) })),
        skipped: [],
      }),
    open(path) {
      const item = found.get(path);
      if (!item) return Promise.reject(new Error(`no such file: ${path}`));
      const reader = item.open();
      return Promise.resolve(item.file.size > SMALL_FILE ? capped(reader, path, limitOf(path)) : reader);
    },
  };

  function limitOf(path: string): number {
    return /\.(?:tar\.gz|tgz|gz|tar\.zst|zst)$/i.test(path) ? Math.max(MAX_FILE_BYTES, remaining()) : MAX_FILE_BYTES;
  }
}

const failing = (size: number, error: Error): RemoteReader => ({ size, waited: 0, read: () => Promise.reject(error) });
