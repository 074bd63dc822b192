import type { Location } from '../core/evidence.ts';
import type { Setting } from '../core/setting.ts';

/** A string that an expression may be, and where it is written. */
export interface Value {
  readonly text: string;
  /** Place of the literal or setting. */
  readonly location: Location;
  /** Longest part of a concatenation: what is written somewhere as one literal. */
  readonly core?: string;
  /** Every part is known. Where not, the unknown parts are left out of `text`. */
  readonly exact: boolean;
  /** The literal is not at the place of use. */
  readonly indirect: boolean;
  /** It may be that it never gets to the expression: what is said of the place of use must not rest on it. */
  readonly possible?: true;
  /** What a `provider` key beside it says where it is written: `huggingface`, `azure_openai`. */
  readonly provider?: readonly string[];
  /** Environment variable, option or key that it comes from. */
  readonly key?: string;
  /** A setting outside the code. */
  readonly setting?: Setting;
  /** Two or more names of the key's path agree with what the code reads. */
  readonly precise?: true;
}
