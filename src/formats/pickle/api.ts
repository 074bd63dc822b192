import type { Inspection } from '../format.ts';
import type { ObjectValue, Value } from './values.ts';

/** What the raw bytes behind a BUILD are. */
export type RawData =
  /** Skip so many bytes and go on with the same pickle. */
  | { readonly type: 'skip'; readonly length: number }
  /** A whole pickle stands there (array of objects); then the same pickle goes on. */
  | { readonly type: 'pickle'; readonly before?: number };

/**
 * Called after every BUILD of an object. `position` is the offset behind the opcode, `read` gives
 * bytes of the file. `undefined`: nothing special, the pickle goes on.
 */
export type RawHook = (
  built: ObjectValue,
  position: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
) => Promise<RawData | undefined> | undefined;

export interface PickleOptions {
  /** Offset of the first pickle. 0 if absent. */
  readonly start?: number;
  /** Stop behind so many pickles and leave the rest to the caller. Absent: go on to the end of the file. */
  readonly pickles?: number;
  /** Persistent ids are those of torch: storages, and in legacy files classes beside their source. */
  readonly torch?: 'zip' | 'legacy';
  /** `joblib`'s arrays by default; `null` for none. */
  readonly raw?: RawHook | null;
}

/** One pickle of the file. */
export interface PickleRun {
  readonly start: number;
  /** Offset behind STOP, or of the opcode that could not be read. */
  readonly end: number;
  /** Whether STOP was reached. */
  readonly complete: boolean;
  /** Highest PROTO; `undefined` without one. */
  readonly protocol: number | undefined;
  /** What `load` would return, as far as it is known. */
  readonly root: Value | undefined;
}

export interface PickleInspection extends Inspection {
  readonly pickles: readonly PickleRun[];
  /** Offset up to which the file was understood: where the caller continues. */
  readonly end: number;
  /** Every pickle was read to its STOP. */
  readonly complete: boolean;
  /** Persistent ids in order of first sight, at most `MAX_PERSISTENT_IDS`. */
  readonly persistentIds: readonly Value[];
}
