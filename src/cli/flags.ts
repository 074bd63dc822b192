import type { Confidence, Severity } from '../core/severity.ts';

/** What commander makes of the flags of all commands that print a report. */
export interface OutputFlags {
  readonly format: string;
  readonly output?: readonly string[];
  /** Absent where neither flag nor environment says it: then the configuration does. */
  readonly failOn?: Severity | 'none';
  readonly minSeverity?: Severity;
  readonly minConfidence?: Confidence;
  readonly color: 'auto' | 'always' | 'never';
  readonly quiet?: boolean;
  readonly progress: boolean;
}

export interface ScanFlags extends OutputFlags {
  readonly verbose?: boolean;
  readonly specVersion: '1.6' | '1.7';
  /** A file, `true` for the default search, `false` for `--no-config`. */
  readonly config?: string | boolean;
  readonly rule?: readonly string[];
  readonly excludeRule?: readonly string[];
  readonly exclude?: readonly string[];
  readonly gitignore: boolean;
  readonly baseline?: string;
  readonly waivers?: string;
  readonly vex?: readonly string[];
  readonly showSuppressed?: boolean;
  readonly allLibraries?: boolean;
  readonly completeness?: boolean;
  /** Directory of detection rules. */
  readonly rules?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly hash: boolean;
  readonly validate?: boolean;
  readonly offline?: boolean;
  readonly online?: boolean;
  readonly jobs?: number;
}

export interface InspectFlags extends OutputFlags {
  readonly hash: boolean;
  readonly jobs?: number;
}

export interface AuditFlags extends OutputFlags {
  readonly specVersion: '1.6' | '1.7';
  readonly config?: string | boolean;
  readonly rule?: readonly string[];
  readonly excludeRule?: readonly string[];
  readonly baseline?: string;
  readonly waivers?: string;
  readonly vex?: readonly string[];
  readonly showSuppressed?: boolean;
  readonly validate?: boolean;
  readonly offline?: boolean;
  readonly state?: string;
  readonly store?: string;
  readonly dryRun?: boolean;
  /** Bytes of one target. */
  readonly maxBytes?: number;
  readonly jobs?: number;
  /** Requests per second and host. */
  readonly rate?: number;
  readonly issue?: string;
  /** Until the workers are done with it. */
  readonly wait?: boolean;
  readonly every?: string;
  readonly priority?: number;
  /** A worker ends when nothing is left. */
  readonly once?: boolean;
}

export interface RulesFlags {
  readonly format: 'table' | 'json';
}

export interface VerifyFlags extends OutputFlags {
  readonly bundle?: string;
  readonly key?: string;
  readonly certificateChain?: readonly string[];
  readonly certificateIdentity?: string;
  readonly certificateIdentityRegexp?: string;
  readonly certificateOidcIssuer?: string;
  readonly certificateOidcIssuerRegexp?: string;
  readonly trustedRoot?: string;
  readonly ignorePath?: readonly string[];
  readonly ignoreUnsigned?: boolean;
  readonly allowLegacy?: boolean;
  readonly at?: string;
  readonly offline?: boolean;
  readonly online?: boolean;
}

/** Services of a private Sigstore; the public one where absent. */
export interface KeylessFlags {
  readonly fulcioUrl?: string;
  readonly rekorUrl?: string;
  readonly timestampUrl?: string;
}

export interface SignFlags extends KeylessFlags {
  readonly bundle?: string;
  readonly key?: string;
  readonly certificate?: string;
  readonly certificateChain?: readonly string[];
  readonly ignorePath?: readonly string[];
}

export interface AttestFlags extends KeylessFlags {
  readonly key?: string;
  readonly bundle?: string;
  readonly subject?: readonly string[];
}

export interface ConvertFlags extends OutputFlags {
  readonly specVersion: '1.6' | '1.7';
  readonly showSuppressed?: boolean;
  readonly validate?: boolean;
}
