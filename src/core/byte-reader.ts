/**
 * Random access to the bytes of one file, wherever they are: a local file, a member of an
 * archive, an HTTP resource read by ranges. Formats see nothing else, so a checkpoint of
 * 140 GB on a hub is inspected by a few range requests exactly as a local file is.
 */
export interface ByteReader {
  /** Size in bytes. */
  readonly size: number;
  /**
   * Bytes `[offset, offset + length)`, shorter only where the file ends first.
   * The returned view may be reused by the next `read` only if the caller is done with it;
   * implementations return memory that they do not write again.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Frees the handle behind the reader. Safe to call twice. */
  close?(): Promise<void>;
  /** Digests of the whole file as a registry states them: what is compared with them was not read for it. */
  readonly stated?: { readonly sha256?: string };
}

/** A reader over bytes that are already in memory. */
export function bytesReader(bytes: Uint8Array): ByteReader {
  return {
    size: bytes.length,
    read: (offset, length) => Promise.resolve(bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length))),
  };
}

/** A window of another reader: member of an archive stored without compression, tail of a file. */
export function sliceReader(reader: ByteReader, start: number, length: number): ByteReader {
  const from = Math.min(Math.max(0, start), reader.size);
  const size = Math.max(0, Math.min(length, reader.size - from));
  return {
    size,
    read(offset, wanted) {
      if (offset >= size || wanted <= 0) return Promise.resolve(new Uint8Array(0));
      return reader.read(from + offset, Math.min(wanted, size - offset));
    },
  };
}
