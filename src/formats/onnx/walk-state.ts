import type { InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';

/** What is known while a model is read, node by node. */
export interface OnnxWalk {
  readonly path: string;
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
}

export const newWalk = (path: string, context: InspectContext, draft: Draft, words: OnnxWalk['words']): OnnxWalk => ({
  path,
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
});
