import type { GlobalValue, ObjectValue, PersistentValue, Value } from './values.ts';

/** What only one of CPython's two unpicklers accepts, or no pickler writes. */
export type Anomaly =
  | 'protocol-position'
  | 'frame-overlap'
  | 'frame-boundary'
  | 'frame-too-long'
  | 'frame-early-stop'
  | 'memo-index'
  | 'arguments-not-tuple'
  | 'class-not-type'
  | 'state-not-dict'
  | 'build-on-data'
  | 'item-on-data'
  | 'old-instance-opcode'
  | 'buffer-without-source'
  | 'stack-left-over'
  | 'unhashable-key';

/** Receives what the pickle does, in order. */
export interface Sink {
  imported(global: GlobalValue, offset: number): void;
  /** The name to import is not written in the file. */
  hiddenImport(module: Value, name: Value, offset: number): void;
  /** May give the result, where it is known. */
  called(object: ObjectValue, offset: number): Value | undefined;
  built(target: Value, state: Value, offset: number): void;
  /** The state of a BUILD is no longer known. */
  lost(): void;
  /** SETITEM(S) on something else than a dict: keys and values by turns. */
  assigned(target: Value, pairs: readonly Value[], offset: number): void;
  /** APPEND(S) or ADDITEMS on something else than a list or set. */
  appended(target: Value, items: readonly Value[], method: 'append' | 'extend' | 'add', offset: number): void;
  /** May give the object behind the id, where the loader's own rule for it is known. */
  persistent(value: PersistentValue, offset: number): Value | undefined;
  extension(code: number, offset: number): void;
  anomaly(code: Anomaly, offset: number): void;
}
