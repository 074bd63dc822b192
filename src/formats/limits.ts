/**
 * Every bound on the work that one artifact may cause. A file that reaches one is `incomplete`,
 * with the limit's name in the finding.
 */

/** Bytes of the beginning that formats sniff. Holds tar's magic (byte 257) and a GGUF or zip header. */
export const HEAD_SIZE = 4096;

/** Bytes of the end that formats sniff: a zip end record (22), its longest comment (65,535) and a zip64 locator (20). */
export const TAIL_SIZE = 22 + 65_535 + 20;

/** Files up to this size are read once and kept while all formats look at them. */
export const SMALL_FILE = 1 << 20;

/** Archives in archives. Honest files need 3 (`.tar.gz` of a torch zip with a nested pickle); quines have no end. */
export const MAX_NESTING = 8;

/** Members, streams and nested payloads of one artifact, all levels together. */
export const MAX_MEMBERS = 50_000;

/** Bytes decompressed for one artifact, all members together. */
const MAX_DECOMPRESSED = 1 << 30;

/** Bytes of one decompressed stream. DEFLATE goes on beyond `MAX_KEPT` with a window, other codecs are cut here. */
export const MAX_DECODED_STREAM = 64 << 20;

/** Bytes of a decompressed DEFLATE stream that are kept in memory. */
export const MAX_KEPT = 16 << 20;

/** Output / input beyond which a stream is a bomb. DEFLATE ends at 1,032; real models stay below 100. */
export const MAX_RATIO = 250;

/** Below this volume the ratio says nothing: a small file of zeros is no bomb. */
export const RATIO_FLOOR = 8 << 20;

/** Larger streams are not kept but decoded as they are read; they must stay below this ratio. Honest weights reach 10, sparse ones 40. */
export const MAX_RATIO_LARGE = 50;
export const RATIO_FLOOR_LARGE = 128 << 20;

/** Decoded bytes at hand behind the reading position of such a stream. */
export const STREAM_WINDOW = 4 << 20;

/** Times that such a stream is decoded again from its beginning because a reader looked back. */
export const MAX_REWINDS = 3;

/** Abstract steps of one artifact: pickle opcodes, records, tokens. */
const MAX_STEPS = 20_000_000;

/** Milliseconds for one artifact. Far above what honest files need; a stop for what no other limit catches. */
const MAX_MILLISECONDS = 30_000;

/** Size of a zip central directory that is read: about a million members. */
export const MAX_DIRECTORY = 64 << 20;

/** Bytes of one gap between zip members that are searched for local headers that the directory does not list. */
export const MAX_GAP_SCAN = 1 << 20;

/** Members listed in the facts; the count is always exact. */
export const MAX_LISTED_MEMBERS = 200;

export interface Limits {
  readonly bytes: number;
  readonly members: number;
  readonly steps: number;
  readonly milliseconds: number;
}

export const DEFAULT_LIMITS: Limits = {
  bytes: MAX_DECOMPRESSED,
  members: MAX_MEMBERS,
  steps: MAX_STEPS,
  milliseconds: MAX_MILLISECONDS,
};
