import type { Verdict } from '../core/component.ts';
import { startsWith } from './archive/bytes.ts';
import { LOCAL_MAGIC } from './archive/zip/records.ts';
import { ParseError } from '../core/errors.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { Collection } from './collect.ts';
import { extensionOf, isWeightExtension } from './extensions.ts';
import { fromError, incomplete } from './findings.ts';
import type { ArtifactFinding, ArtifactInput, Budget, Format, InspectContext, Inspection } from './format.ts';
import { codeFinding, codeIn } from './free-text.ts';
import { formats } from './index.ts';
import { DEFAULT_LIMITS, MAX_NESTING, type Limits } from './limits.ts';
import { nameMismatch } from './mismatch.ts';
import { sniff, type Sniffed } from './sniff.ts';
import { polyglot, withoutSubsumed } from './polyglot.ts';
import { isForeignData, plainKind } from './plain.ts';
import { verdictOf } from './verdict.ts';

export interface InspectOptions {
  readonly knowledge: Knowledge;
  /** Milliseconds of any clock that goes forward. */
  readonly now: () => number;
  readonly limits?: Partial<Limits>;
}

export interface ArtifactInspection extends Inspection {
  readonly path: string;
  readonly size: number;
  /** The worst of the findings. */
  readonly verdict: Verdict;
}

/** Names that people load as weights or unpack, although other files have them too. */
const LOADED = new Set(['.bin', '.weights', '.zip', '.7z', '.rar', '.gz', '.tgz', '.bz2', '.xz', '.lzma', '.lz4', '.zst', '.tar']);

/** Names that weights have now and then: text is nothing special there, a program is. */
const MAYBE_LOADED = new Set(['.model', '.dat', '.data', '.mdl', '.params', '.ckpt', '.index', '.vec']);

/** Rules that say "not understood" and nothing about what the content does. */
const WEAK_RULES = new Set(['incomplete-artifact', 'malformed-artifact']);

interface Reading {
  readonly format: Format;
  readonly inspection: Inspection;
}

/** Reads one file with every format that its bytes can be. Never throws on content. */
export async function inspectArtifact(input: ArtifactInput, options: InspectOptions): Promise<ArtifactInspection> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const budget: Budget = {
    bytes: limits.bytes,
    members: limits.members,
    steps: limits.steps,
    deadline: options.now() + limits.milliseconds,
  };
  const inspection = await inspectAt(input, 0, budget, options);
  const findings = [...inspection.findings];
  // A reading that was given up for lack of budget may have been the one that tells.
  if (verdictOf(findings) === 'clean' && isExhausted(budget, options.now()))
    findings.push(incomplete('limit', 'too much work in one artifact', { limit: 'budget' }));
  return { ...inspection, findings, path: input.path, size: input.reader.size, verdict: verdictOf(findings) };
}

const isExhausted = ({ bytes, members, steps, deadline }: Budget, now: number): boolean =>
  bytes < 0 || members <= 0 || steps < 0 || now > deadline;

const bare = (format: string, findings: readonly ArtifactFinding[]): Inspection => ({ format, findings, facts: {} });

async function inspectAt(input: ArtifactInput, depth: number, budget: Budget, options: InspectOptions): Promise<Inspection> {
  if (depth > MAX_NESTING) return bare('unknown', [incomplete('limit', `nested deeper than ${MAX_NESTING}`, { limit: 'MAX_NESTING' })]);
  budget.members -= 1;
  if (budget.members < 0) return bare('unknown', [incomplete('limit', 'more members than the limit', { limit: 'MAX_MEMBERS' })]);
  const context: InspectContext = {
    knowledge: options.knowledge,
    budget,
    depth,
    now: options.now,
    inspect: (nested) => inspectAt(nested, depth + 1, budget, options),
  };
  let sniffed: Sniffed;
  try {
    sniffed = await sniff(input);
  } catch (error) {
    return bare('unknown', [incomplete('unreadable', error instanceof Error ? error.message : 'cannot be read')]);
  }
  return readAs({ path: input.path, reader: sniffed.reader }, sniffed, context);
}

async function readAs(input: ArtifactInput, { sniff: seen }: Sniffed, context: InspectContext): Promise<Inspection> {
  const extension = extensionOf(input.path);
  if (seen.size === 0) {
    const findings = isWeightExtension(extension) ? [incomplete('empty', 'the file is empty')] : [];
    return bare('empty', findings);
  }
  const certain: Reading[] = [];
  const attempts: Format[] = [];
  const failures: ArtifactFinding[] = [];
  const matching = withoutSubsumed(formats.map((format) => ({ format, match: answerOf(format, seen) })));
  for (const { format, match } of matching) {
    if (match === 'maybe') attempts.push(format);
    if (match !== 'yes') continue;
    const result = await attempt(format, input, context);
    if ('inspection' in result) certain.push({ format, inspection: result.inspection });
    else failures.push(result.failure);
  }
  const possible: Reading[] = [];
  const prose = plainKind(seen.head) === 'text';
  // `PK` reads as a persistent id that no unpickler accepts: a zip from its first byte is no pickle.
  const excluded = certain.length > 0 && startsWith(seen.head, LOCAL_MAGIC);
  for (const format of excluded ? [] : byExtension(attempts, extension)) {
    const result = await attempt(format, input, context);
    if (!('inspection' in result)) {
      if (!result.refused) failures.push(result.failure);
      continue;
    }
    const promised = format.extensions.includes(extension);
    const broken = result.inspection.findings.some(({ ruleId }) => WEAK_RULES.has(ruleId));
    const telling = result.inspection.findings.some((finding) => tells(finding, prose && !promised, broken));
    const understood = verdictOf(result.inspection.findings) === 'clean';
    // Beside a format that is certain, only an interpretation that does harm counts.
    const counts =
      certain.length > 0
        ? verdictOf(result.inspection.findings) === 'malicious'
        : telling || (possible.length === 0 && (understood || promised));
    if (counts) possible.push({ format, inspection: result.inspection });
  }
  if (certain.length === 0 && possible.length === 0 && failures.length === 0)
    possible.push(...(await byNameAlone(input, extension, context)));
  return summarise(input, seen.head, extension, certain, possible, failures);
}

/**
 * Nothing fits, but the name promises a format that loaders find behind garbage. Only harm that
 * such a reading shows counts: random bytes are odd in many ways, and that they are no such file is
 * said anyway.
 */
async function byNameAlone(input: ArtifactInput, extension: string, context: InspectContext): Promise<Reading[]> {
  const readings: Reading[] = [];
  for (const format of formats.filter(({ extensions }) => extensions.includes(extension))) {
    const result = await attempt(format, input, context);
    if ('inspection' in result && verdictOf(result.inspection.findings) === 'malicious')
      readings.push({ format, inspection: result.inspection });
  }
  return readings;
}

/** Prose reads as text opcodes for a line or two: `com/…` imports something. That alone says nothing. */
const tells = (finding: ArtifactFinding, prose: boolean, broken: boolean): boolean =>
  finding.verdict !== undefined &&
  !WEAK_RULES.has(finding.ruleId) &&
  !(prose && finding.verdict !== 'malicious' && (finding.args['how'] === 'import' || (broken && finding.ruleId === 'pickle-anomaly')));

/** A format that cannot even look at the first bytes is not this file's. */
function answerOf(format: Format, seen: Sniffed['sniff']): 'yes' | 'maybe' | 'no' {
  try {
    return format.matches(seen);
  } catch {
    return 'maybe';
  }
}

type Attempt = { readonly inspection: Inspection } | { readonly failure: ArtifactFinding; readonly refused: boolean };

async function attempt(format: Format, input: ArtifactInput, context: InspectContext): Promise<Attempt> {
  try {
    return { inspection: await format.inspect(input, context) };
  } catch (error) {
    return { failure: fromError(error, format.id), refused: error instanceof ParseError };
  }
}

const byExtension = (attempts: readonly Format[], extension: string): Format[] =>
  [...attempts].sort((a, b) => Number(b.extensions.includes(extension)) - Number(a.extensions.includes(extension)));

function summarise(
  input: ArtifactInput,
  head: Uint8Array,
  extension: string,
  certain: readonly Reading[],
  possible: readonly Reading[],
  failures: readonly ArtifactFinding[],
): Inspection {
  const readings = [...certain, ...possible];
  const primary = readings.find(({ format }) => format.extensions.includes(extension)) ?? readings[0];
  const out = new Collection();
  if (!primary) {
    const kind = plainKind(head);
    if (failures.length > 0) out.add(...failures);
    else if (isForeignData(kind)) return out.done(kind, {});
    else if (isWeightExtension(extension) || LOADED.has(extension)) {
      out.add(incomplete('unrecognised', kind === 'unknown' ? 'no known model format' : `content is ${kind}, no known model format`));
      const callee = kind === 'text' ? codeIn(Buffer.from(head).toString('latin1')) : undefined;
      if (callee !== undefined) out.add(codeFinding(callee, 'file'));
    } else if (kind === 'text' && MAYBE_LOADED.has(extension)) {
      const callee = codeIn(Buffer.from(head).toString('latin1'));
      if (callee !== undefined) out.add(codeFinding(callee, 'file'));
    } else if (kind === 'unknown') out.add({ ...incomplete('unrecognised', 'no known format'), severity: 'low' });
    return out.done(kind, {});
  }
  for (const { inspection } of [primary, ...readings.filter((reading) => reading !== primary)]) {
    out.add(...inspection.findings);
    out.listing.push(...(inspection.listing ?? []));
    out.card ??= inspection.card;
    out.licence ??= inspection.licence;
    out.baseModels.push(...(inspection.baseModels ?? []));
  }
  out.add(...failures);
  const ids = readings.map(({ inspection }) => inspection.format);
  out.add(
    ...polyglot(
      certain.map(({ inspection }) => inspection.format),
      primary.inspection.format,
    ),
  );
  const lie = nameMismatch(extension, ids);
  if (lie) out.add(lie);
  return out.done(primary.inspection.format, {
    ...primary.inspection.facts,
    ...(ids.length > 1 ? { interpretations: ids } : {}),
  });
}
