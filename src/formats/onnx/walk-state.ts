import type { InspectContext } from '../format.ts';
import type { Draft } from '../reading.ts';

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
