import { LimitError, ParseError } from '../core/errors.ts';
import type { ModelCardFacts, Verdict } from '../core/component.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import type { Facts } from '../core/observation.ts';
import { sliceReader } from '../core/byte-reader.ts';
import { judgeFreeText } from './free-text.ts';
import { fromError } from './findings.ts';
import { verdictOf } from './verdict.ts';
import type { ArtifactFinding, ArtifactInput, Format, InspectContext, Inspection, Sniff } from './format.ts';

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

/** Bytes of a damaged file that are searched for text. */
const MAX_DAMAGED = 1 << 20;

/** Bytes before the place of an error from which the rest is looked at. */
const BACK = 48;

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

/**
 * What stands where a reader stopped may be a pickle that was appended. The stop is some bytes
 * behind its beginning, and the name lets the pickle reader search for it.
 */
async function inspectRest({ path, reader }: ArtifactInput, offset: number, context: InspectContext, draft: Draft): Promise<void> {
  const start = Math.max(0, Math.min(offset, reader.size) - BACK);
  const rest = `${path}!rest@${start}.pkl`;
  const nested = await context.inspect({ path: rest, reader: sliceReader(reader, start, Math.min(reader.size - start, MAX_DAMAGED)) });
  if (verdictOf(nested.findings) === 'malicious') draft.absorb(nested, rest);
}

export interface ReaderSpec {
  readonly id: string;
  readonly extensions: readonly string[];
  readonly matches: (sniff: Sniff) => 'yes' | 'maybe' | 'no';
  readonly read: (input: ArtifactInput, context: InspectContext, draft: Draft) => Promise<void>;
}

/**
 * Makes a `Format` of a reader that throws `ParseError` and `LimitError`. As long as the draft is
 * not certain, a parse error means "not this format" and goes to the caller; afterwards it is a
 * finding beside those already made.
 */
export function defineReader(spec: ReaderSpec): Format {
  return {
    id: spec.id,
    extensions: spec.extensions,
    matches: spec.matches,
    async inspect(input, context) {
      const draft = new Draft(spec.id, false);
      try {
        await spec.read(input, context, draft);
      } catch (error) {
        const ours = error instanceof LimitError || (error instanceof ParseError && (draft.certain || draft.findings.length > 0));
        if (!ours) throw error;
        draft.findings.push(fromError(error, spec.id));
        const { reader } = input;
        // Damage hides nothing from whoever reads on: code stands there in plain text.
        if (error instanceof ParseError) {
          judgeFreeText(Buffer.from(await reader.read(0, Math.min(reader.size, MAX_DAMAGED))).toString('latin1'), 'damaged file', draft);
          if (error.offset !== undefined && error.offset > 0) await inspectRest(input, error.offset, context, draft);
        }
      }
      return draft.done();
    },
  };
}

/**
 * Steps that one record of an asynchronous reader costs: twenty million of its own would take
 * half a minute, and no honest file has a million.
 */
export const RECORD = 10;

/** Draws from the shared budget. Throws `LimitError` when it is used up or time is over. */
export function spend(context: InspectContext, steps: number): void {
  context.budget.steps -= steps;
  if (context.budget.steps < 0) throw new LimitError('steps', 'too much work in one artifact');
  if (context.now() > context.budget.deadline) throw new LimitError('deadline', 'time is over');
}

/** Last part of a path, also of a member: `a/b.zip!c/d.json` is `d.json`. Lower case. */
export const baseName = (path: string): string => (path.split(/[/!\\]/).pop() ?? path).toLowerCase();

export const hasExtension = (path: string, ...extensions: readonly string[]): boolean => {
  const name = baseName(path);
  return extensions.some((extension) => name.endsWith(extension));
};

export { printable } from './printable.ts';
