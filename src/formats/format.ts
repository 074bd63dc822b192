import type { ByteReader } from '../core/byte-reader.ts';
import type { ModelCardFacts, Verdict } from '../core/component.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { Facts } from '../core/observation.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';

/** Bytes to look at: a file, or a member of an archive (`path` is then `archive!member`). */
export interface ArtifactInput {
  readonly path: string;
  readonly reader: ByteReader;
}

/**
 * Something an artifact does or is. `verdict` is what it means on its own; the artifact's verdict
 * is the worst of them. A finding without `verdict` informs only.
 */
export interface ArtifactFinding {
  /** Id in `rules/findings`. */
  readonly ruleId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly verdict?: Exclude<Verdict, 'clean'>;
  /** Byte offset in the file or member. */
  readonly offset?: number;
  /** `archive!member` where it is not the input itself. */
  readonly path?: string;
  /** Typed values for the message template: `{ callee: 'os.system', arguments: "'id'" }`. */
  readonly args: Facts;
}

/** What a format read from one input. Nothing of the content is kept beyond these facts. */
export interface Inspection {
  /** Id of the format by content. */
  readonly format: string;
  readonly findings: readonly ArtifactFinding[];
  /** Format-specific facts for the report (`tensorCount`, `globals`, `producer` …). JSON-able. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly card?: ModelCardFacts;
  readonly licence?: string;
  readonly baseModels?: readonly string[];
  /** Lines of readable Python (pickle) or other text for `assay inspect`. */
  readonly listing?: readonly string[];
}

/** Shared bounds of one top-level artifact; nested members draw from the same budget. */
export interface Budget {
  /** Remaining bytes that may still be decompressed. */
  bytes: number;
  /** Remaining members and nested streams. */
  members: number;
  /** Remaining abstract steps (pickle opcodes, template tokens, records). */
  steps: number;
  /** Milliseconds of the injected clock after which work stops as incomplete. */
  readonly deadline: number;
}

export interface InspectContext {
  readonly knowledge: Knowledge;
  readonly budget: Budget;
  /** 0 for the file itself. `MAX_NESTING` bounds it. */
  readonly depth: number;
  readonly now: () => number;
  /** Inspects a member or payload with every format; one level deeper. */
  inspect(input: ArtifactInput): Promise<Inspection>;
}

/** First bytes of the file, up to `HEAD_SIZE`, and its size and name. */
export interface Sniff {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
  readonly size: number;
  readonly path: string;
}

/** A reader of one file format: pure over the ByteReader. */
export interface Format {
  readonly id: string;
  /**
   * By content: `yes` if magic bytes or structure say so, `maybe` if it is worth an attempt
   * (formats without magic). The extension only orders attempts and is compared afterwards.
   */
  readonly matches: (sniff: Sniff) => 'yes' | 'maybe' | 'no';
  /** Extensions that promise this format, lower case with the dot. */
  readonly extensions: readonly string[];
  readonly inspect: (input: ArtifactInput, context: InspectContext) => Promise<Inspection>;
}
