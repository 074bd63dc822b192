import type { ByteReader } from '../core/byte-reader.ts';
import { LimitError } from '../core/errors.ts';

/** A reader over the network. */
export interface RemoteReader extends ByteReader {
  /** Milliseconds spent waiting for the network: deadlines are about work, not about the line. */
  readonly waited: number;
}

/**
 * Bytes of one file that inspection may fetch. Headers, directories and pickles of honest models stay
 * below 16 MiB; what must be read as a whole (compressed checkpoints, digests that the registry does not
 * state) is left `incomplete` instead of downloaded.
 */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** The same file, of which no more than `MAX_FILE_BYTES` are read. */
export function capped(reader: RemoteReader, path: string, limit = MAX_FILE_BYTES): RemoteReader {
  let read = 0;
  return {
    size: reader.size,
    ...(reader.stated ? { stated: reader.stated } : {}),
    get waited() {
      return reader.waited;
    },
    async read(offset, length) {
      const bytes = Math.min(length, Math.max(0, reader.size - offset));
      if (read + bytes > limit) throw new LimitError('MAX_FILE_BYTES', `${path}: more than ${limit} bytes would have to be downloaded`);
      const result = await reader.read(offset, length);
      read += result.length;
      return result;
    },
  };
}
