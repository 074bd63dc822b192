import type { ModelCardFacts, Verdict } from '../core/component.ts';
import type { Facts } from '../core/observation.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { ArtifactFinding, Inspection } from './format.ts';

interface Weight {
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly verdict?: Exclude<Verdict, 'clean'>;
}

/** What a finding of these formats means unless its reader says otherwise. */
const WEIGHTS = {
  /** A template walks from data to the interpreter. */
  'template-injection': { severity: 'critical', confidence: 'high', verdict: 'malicious' },
  /** A template uses something that no ordinary chat template uses. */
  'unusual-template': { severity: 'medium', confidence: 'medium', verdict: 'suspicious' },
  /** Code by construction: marshalled functions, closures. */
  'embedded-code': { severity: 'high', confidence: 'high', verdict: 'suspicious' },
  /** An operation that touches files, processes or Python. */
  'dangerous-operation': { severity: 'critical', confidence: 'high', verdict: 'malicious' },
  /** An operation whose code is elsewhere. */
  'custom-operation': { severity: 'medium', confidence: 'medium', verdict: 'suspicious' },
  /** A configuration names a Python object that does harm when it is built. */
  'dangerous-object': { severity: 'critical', confidence: 'high', verdict: 'malicious' },
  /** A configuration names a Python object that we do not know. */
  'unknown-object': { severity: 'medium', confidence: 'medium', verdict: 'suspicious' },
  /** A path that leaves the folder of the model, or a URL. */
  'external-reference': { severity: 'high', confidence: 'high', verdict: 'malicious' },
  'xml-external-entity': { severity: 'high', confidence: 'high', verdict: 'malicious' },
  /** The model comes with its own Python code. */
  'remote-code': { severity: 'medium', confidence: 'high', verdict: 'suspicious' },
  /** The same bytes are something else to another reader. */
  'polyglot-artifact': { severity: 'high', confidence: 'high', verdict: 'suspicious' },
  /** Bytes break a rule of their format. */
  'malformed-artifact': { severity: 'medium', confidence: 'high', verdict: 'suspicious' },
  /** Not read to the end: damaged, opaque, over a limit. */
  'incomplete-artifact': { severity: 'medium', confidence: 'high', verdict: 'incomplete' },
} as const satisfies Record<string, Weight>;

export type FormatRuleId = keyof typeof WEIGHTS;

export interface ReportOptions {
  readonly offset?: number;
  readonly path?: string;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  /** `null`: the finding informs only. */
  readonly verdict?: Exclude<Verdict, 'clean'> | null;
}

/** More findings than this of one rule with one verdict say nothing new. */
const MAX_SAME_FINDINGS = 50;

/** What a reader has found so far. It survives a parse error, so that damage hides nothing. */
export class Draft {
  format: string;
  readonly findings: ArtifactFinding[] = [];
  readonly facts: Record<string, unknown> = {};
  card: ModelCardFacts | undefined;
  licence: string | undefined;
  readonly baseModels: string[] = [];
  readonly listing: string[] = [];
  /** The bytes are this format beyond doubt: a parse error is from now on a finding about it. */
  certain: boolean;
  readonly #counts = new Map<string, number>();

  constructor(format: string, certain: boolean) {
    this.format = format;
    this.certain = certain;
  }

  report(ruleId: FormatRuleId, args: Facts, options: ReportOptions = {}): void {
    const weight: Weight = WEIGHTS[ruleId];
    const verdict = options.verdict === undefined ? weight.verdict : options.verdict;
    if (this.#full(ruleId, verdict ?? '')) return;
    this.findings.push({
      ruleId,
      severity: options.severity ?? weight.severity,
      confidence: options.confidence ?? weight.confidence,
      ...(verdict && { verdict }),
      ...(options.offset !== undefined && { offset: options.offset }),
      ...(options.path !== undefined && { path: options.path }),
      args,
    });
  }

  /** Takes over what a nested inspection found. */
  absorb(nested: Inspection, path: string): void {
    for (const finding of nested.findings) {
      if (!this.#full(finding.ruleId, finding.verdict ?? '')) this.findings.push({ ...finding, path: finding.path ?? path });
    }
  }

  #full(ruleId: string, verdict: string): boolean {
    const key = `${ruleId}\0${verdict}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count > MAX_SAME_FINDINGS) this.facts['findingsOmitted'] = true;
    return count > MAX_SAME_FINDINGS;
  }

  done(): Inspection {
    return {
      format: this.format,
      findings: this.findings,
      facts: this.facts,
      ...(this.card && { card: this.card }),
      ...(this.licence !== undefined && { licence: this.licence }),
      ...(this.baseModels.length > 0 && { baseModels: this.baseModels }),
      ...(this.listing.length > 0 && { listing: this.listing }),
    };
  }
}
