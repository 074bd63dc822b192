import type { Location } from './evidence.ts';

/** A path that something names. What the file is, if the target holds it, crawlers that run later say. */
export interface Mention {
  readonly text: string;
  readonly location: Location;
  /** Variable, keyword, flag or key of configuration that it is given to. */
  readonly key?: string;
  /** Function or program that it is given to. */
  readonly callee?: string;
}
