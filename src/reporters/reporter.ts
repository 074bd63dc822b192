import type { Completeness } from '../completeness/index.ts';
import type { Report } from '../core/report.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { RuleTexts } from './text/rule-text.ts';

export type SpecVersion = '1.6' | '1.7';

/** What a door decides and a reporter cannot know. All optional. */
export interface RenderOptions {
  /** Colours and styles of a terminal. Default: none. */
  readonly color?: boolean;
  /** Columns of the terminal. Default 80. */
  readonly width?: number;
  /** Version of CycloneDX. Default 1.6. */
  readonly specVersion?: SpecVersion;
  /** Show findings that are waived, baselined or VEX-ed in formats for people. */
  readonly showSuppressed?: boolean;
  readonly minSeverity?: Severity;
  readonly minConfidence?: Confidence;
  /** Check the output against its schema before it is returned. Throws where it does not hold: that is a bug. */
  readonly validate?: boolean;
  /** Most characters of a Markdown page; it says less until it fits. Default: a job summary. */
  readonly maxLength?: number;
  /** What of the minimum elements the report says, and what fills the rest. Shown by the table, JSON, Markdown and HTML. */
  readonly completeness?: Completeness;
  /** Prose of the rules. */
  readonly texts?: RuleTexts;
}

/** A pure function of the report and the options: no clock, no network, no environment. */
export type Render = (report: Report, options: RenderOptions) => Promise<string> | string;
