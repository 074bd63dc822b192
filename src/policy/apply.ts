import type { Component, ComponentRef } from '../core/component.ts';
import { refOf } from '../core/component.ts';
import type { Finding, FindingStatus } from '../core/finding.ts';
import type { ArtifactReport } from '../core/report.ts';
import { purlOf } from '../core/purl.ts';
import type { Baseline } from './baseline.ts';
import { globMatches, matchesAny } from './glob.ts';
import type { InlineIgnore } from './inline.ts';
import type { Notice } from './notice.ts';
import type { Policy, Waiver } from './policy.ts';
import { sameProduct, type VexStatement } from './vex.ts';

/** Everything that may say something about a finding's status, beside the finding. */
export interface PolicyInput {
  readonly policy: Policy;
  /** ISO date. */
  readonly today: string;
  /** Waivers of `--waivers` files, beside those of the policy. */
  readonly waivers?: readonly Waiver[];
  readonly inline?: readonly InlineIgnore[];
  readonly baseline?: Baseline;
  readonly vex?: readonly VexStatement[];
  /** Names of the scanned application as VEX documents write it: `pkg:github/owner/name`. */
  readonly products?: readonly string[];
}

export interface Judged {
  readonly findings: readonly Finding[];
  readonly notices: readonly Notice[];
}

/** The part of a report that is judged. */
export interface Judgeable {
  readonly findings: readonly Finding[];
  readonly components: readonly Component[];
  readonly artifacts: readonly Pick<ArtifactReport, 'path' | 'sha256'>[];
}

type Closing = { readonly status: FindingStatus; readonly suppression: NonNullable<Finding['suppression']> };

interface Context extends PolicyInput {
  readonly components: ReadonlyMap<ComponentRef, Component>;
  readonly digests: ReadonlyMap<string, string>;
  readonly usedWaivers: Set<Waiver>;
  readonly usedIgnores: Set<InlineIgnore>;
}

/** `archive!member`: the digest is that of the file. */
const fileOf = (path: string): string => path.split('!')[0] ?? path;

/** Names under which a waiver or a VEX statement may know the component of a finding. */
function namesOf(finding: Finding, context: Context): string[] {
  const component = finding.component === undefined ? undefined : context.components.get(finding.component);
  const purl = component && purlOf(component);
  return [
    ...(finding.component === undefined ? [] : [finding.component]),
    ...(component ? [component.name] : []),
    ...(purl === undefined ? [] : [purl]),
  ];
}

function covers(waiver: Waiver, finding: Finding, context: Context): boolean {
  if (waiver.rule !== finding.ruleId) return false;
  if (waiver.fingerprint !== undefined && waiver.fingerprint !== finding.fingerprint) return false;
  if (waiver.paths !== undefined && !waiver.paths.some((pattern) => globMatches(pattern, finding.location.path))) return false;
  if (waiver.component !== undefined && !matchesAny([waiver.component], namesOf(finding, context))) return false;
  return waiver.digest === undefined || context.digests.get(fileOf(finding.location.path)) === waiver.digest;
}

function byWaiver(finding: Finding, context: Context): Closing | undefined {
  for (const waiver of [...context.policy.waivers, ...(context.waivers ?? [])]) {
    if (!covers(waiver, finding, context)) continue;
    context.usedWaivers.add(waiver);
    if (waiver.expires < context.today) continue;
    return { status: 'waived', suppression: { kind: 'waiver', reason: waiver.reason, source: waiver.source, expires: waiver.expires } };
  }
  return undefined;
}

function byInline(finding: Finding, context: Context): Closing | undefined {
  for (const ignore of context.inline ?? []) {
    const { path, line, endLine } = finding.location;
    if (
      ignore.path !== path ||
      line === undefined ||
      ignore.line < line ||
      ignore.line > (endLine ?? line) ||
      !ignore.rules.includes(finding.ruleId)
    )
      continue;
    context.usedIgnores.add(ignore);
    if (ignore.reason === '') continue;
    return { status: 'waived', suppression: { kind: 'inline', reason: ignore.reason, source: `${path}:${ignore.at}` } };
  }
  return undefined;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : typeof value === 'string' ? [value] : [];

/** The last statement about the same vulnerability and product holds: documents are appended to. */
function byVex(finding: Finding, context: Context): Closing | undefined {
  const ids = new Set([finding.ruleId, finding.fingerprint, ...strings(finding.args['advisory']), ...strings(finding.args['aliases'])]);
  const names = [...namesOf(finding, context), ...(context.products ?? [])];
  const statement = (context.vex ?? []).findLast(
    ({ vulnerabilities, products }) =>
      vulnerabilities.some((id) => ids.has(id)) && products.some((stated) => names.some((name) => sameProduct(stated, name))),
  );
  if (!statement || statement.status === 'affected') return undefined;
  return { status: statement.status, suppression: { kind: 'vex', reason: statement.reason, source: statement.source } };
}

function byBaseline(finding: Finding, { baseline }: Context): Closing | undefined {
  if (!baseline?.fingerprints.has(finding.fingerprint)) return undefined;
  return {
    status: 'baselined',
    suppression: {
      kind: 'baseline',
      reason: `already in the report${baseline.timestamp === undefined ? '' : ` of ${baseline.timestamp}`}`,
      source: baseline.source,
    },
  };
}

function judgeFinding(finding: Finding, context: Context): Finding {
  const setting = context.policy.rules.get(finding.ruleId);
  const severity = setting?.severity ?? finding.severity;
  const rated = severity === finding.severity ? finding : { ...finding, severity };
  if (setting?.disable) {
    return { ...rated, status: 'disabled', suppression: { kind: 'config', reason: 'the rule is disabled', source: context.policy.source } };
  }
  const closing = byVex(rated, context) ?? byWaiver(rated, context) ?? byInline(rated, context) ?? byBaseline(rated, context);
  return closing ? { ...rated, ...closing } : rated;
}

/** What nobody can see from the findings alone: waivers that ran out, that match nothing, or that say nothing. */
function noticesOf(context: Context, findings: readonly Finding[]): Notice[] {
  const notices: Notice[] = [];
  for (const waiver of [...context.policy.waivers, ...(context.waivers ?? [])]) {
    const used = context.usedWaivers.has(waiver);
    if (waiver.expires < context.today && used) {
      notices.push({
        code: 'waiver-expired',
        message: `the waiver of ${waiver.rule} expired on ${waiver.expires}; its findings are open again`,
        source: waiver.source,
      });
    } else if (!used) {
      const elsewhere =
        waiver.digest !== undefined &&
        findings.some((finding) =>
          covers({ ...waiver, digest: context.digests.get(fileOf(finding.location.path)) ?? '' }, finding, context),
        );
      notices.push({
        code: 'waiver-unused',
        message: elsewhere
          ? `the waiver of ${waiver.rule} is for another digest: the file changed`
          : `the waiver of ${waiver.rule} matches no finding`,
        source: waiver.source,
      });
    }
  }
  for (const ignore of context.inline ?? []) {
    if (ignore.reason === '' && context.usedIgnores.has(ignore)) {
      notices.push({
        code: 'ignore-without-reason',
        message: `ignore[${ignore.rules.join(', ')}] has no effect without a reason`,
        source: `${ignore.path}:${ignore.at}`,
      });
    }
  }
  return notices;
}

/**
 * Sets status and severity of every finding. Nothing is deleted: a closed finding says who closed
 * it, why, and until when. Order: disabled rule, VEX, waiver, inline ignore, baseline.
 */
export function applyPolicy(report: Judgeable, input: PolicyInput): Judged {
  const context: Context = {
    ...input,
    components: new Map(report.components.map((component) => [refOf(component), component])),
    digests: new Map(report.artifacts.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [[path, sha256] as const]))),
    usedWaivers: new Set(),
    usedIgnores: new Set(),
  };
  const findings = report.findings.map((finding) => judgeFinding(finding, context));
  return { findings, notices: noticesOf(context, report.findings) };
}
