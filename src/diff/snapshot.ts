import type { Severity } from '../core/severity.ts';

/** One component or service of either side of a comparison, in the words that both sides have. */
export interface Item {
  /** `kind:identity`; the same for our report, our BOM and, where a package URL says it, another tool's BOM. */
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  /** Package URL without version. */
  readonly purl?: string;
  readonly version?: string;
  /** What may change: field → value as text. Lists are sorted and joined. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface FindingItem {
  readonly key: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly open: boolean;
  readonly message: string;
  /** `path:line`, or the component where the document names no place. */
  readonly place: string;
}

export interface Snapshot {
  /** Name of the target that the document describes. */
  readonly label: string;
  /** Documents of one source can be compared in every fact, others only in the standard ones. */
  readonly source: 'report' | 'assay-bom' | 'bom';
  readonly items: readonly Item[];
  /** Absent where the document holds no findings at all: then nothing is new or gone. */
  readonly findings?: readonly FindingItem[];
}

/** Facts that every CycloneDX document can carry. */
export const STANDARD_FACTS: ReadonlySet<string> = new Set(['licence', 'sha256', 'endpoints']);

export const joined = (values: readonly string[]): string => [...new Set(values)].sort().join(', ');
