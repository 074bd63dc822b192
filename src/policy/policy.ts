import type { Severity } from '../core/severity.ts';

/** `allow`: only these; `deny`: not these. Entries are globs. Both may be given; `deny` wins. */
export interface AccessList {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

/** Somebody decided to live with a finding until a date. */
export interface Waiver {
  readonly rule: string;
  readonly reason: string;
  /** ISO date; the last day on which it holds. */
  readonly expires: string;
  /** Globs over the primary path. */
  readonly paths?: readonly string[];
  /** Glob over the component's reference, name or package URL. */
  readonly component?: string;
  /** SHA-256 of the artifact: the waiver dies when the file changes. */
  readonly digest?: string;
  readonly fingerprint?: string;
  /** Where it stands: `assay.yaml:12`. */
  readonly source: string;
}

export interface RuleSetting {
  readonly severity?: Severity;
  readonly disable?: boolean;
}

/** Who may sign models. Identity and issuer of a certificate, or a public key file. */
export interface TrustedSigner {
  readonly identity?: string;
  readonly identityRegexp?: string;
  readonly issuer?: string;
  /** Path of a PEM public key. */
  readonly key?: string;
  /** Path of a PEM certificate that the signer's certificate leads to. */
  readonly certificate?: string;
  /** Globs of model directories; all where absent. */
  readonly models?: readonly string[];
}

/** What people state about the application, where nothing in the tree can be read for it. */
export interface Declarations {
  readonly name?: string;
  readonly version?: string;
  readonly manufacturer?: string;
  readonly supplier?: string;
  readonly intendedUse?: string;
  readonly [key: string]: string | undefined;
}

/** The user's configuration as a plain value. */
export interface Policy {
  /** File that it was read from, for messages. */
  readonly source: string;
  readonly failOn?: Severity | 'none';
  readonly minSeverity?: Severity;
  readonly minConfidence?: 'high' | 'medium' | 'low';
  readonly exclude: readonly string[];
  readonly rules: ReadonlyMap<string, RuleSetting>;
  /** Globs over package URLs (`pkg:huggingface/google/*`) or names. */
  readonly models: AccessList;
  /** Slugs of providers. */
  readonly providers: AccessList;
  /** SPDX ids or names as the source gives them. */
  readonly licences: AccessList;
  /** Hosts that models, datasets, images and packages may come from. */
  readonly registries: AccessList;
  readonly trustedSigners: readonly TrustedSigner[];
  readonly requireSignatures: boolean;
  readonly waivers: readonly Waiver[];
  readonly declarations: Declarations;
}

export const emptyPolicy: Policy = {
  source: '',
  exclude: [],
  rules: new Map(),
  models: {},
  providers: {},
  licences: {},
  registries: {},
  trustedSigners: [],
  requireSignatures: false,
  waivers: [],
  declarations: {},
};
