import type { ByteReader } from '../../core/byte-reader.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';

/** What is known while a model is read, node by node. */
export interface OnnxWalk {
  readonly path: string;
  readonly reader: ByteReader;
  readonly context: InspectContext;
  readonly draft: Draft;
  readonly words: (list: string) => ReadonlySet<string>;
  /** `domain:op` and how often. */
  readonly operators: Map<string, number>;
  /** Domains of functions that the model defines itself. */
  readonly functions: Set<string>;
  readonly opsets: Map<string, number>;
  readonly dtypes: Set<string>;
  readonly externalFiles: Set<string>;
  parameters: bigint;
  tensors: number;
  inputs: number;
  outputs: number;
  /** Rows of bytes that were looked at. */
  rows: number;
}

export const newWalk = ({ path, reader }: ArtifactInput, context: InspectContext, draft: Draft, words: OnnxWalk['words']): OnnxWalk => ({
  path,
  reader,
  context,
  draft,
  words,
  operators: new Map(),
  functions: new Set(),
  opsets: new Map(),
  dtypes: new Set(),
  externalFiles: new Set(),
  parameters: 0n,
  tensors: 0,
  inputs: 0,
  outputs: 0,
  rows: 0,
});
