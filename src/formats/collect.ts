import type { ArtifactFinding, Inspection } from './format.ts';
import { MAX_LISTED_MEMBERS } from './limits.ts';
import { verdictOf } from './verdict.ts';

/** Findings of one rule with one verdict that are kept; further ones say nothing new. */
const MAX_SAME_FINDINGS = 50;
/** Lines of listing of one container. */
const MAX_LISTING = 5_000;

/** Gathers what a container and its members say. Bounded; a cut never hides a worse verdict. */
export class Collection {
  readonly findings: ArtifactFinding[] = [];
  readonly members: { readonly name: string; readonly format: string; readonly size: number; readonly verdict: string }[] = [];
  readonly listing: string[] = [];
  card: Inspection['card'];
  licence: string | undefined;
  readonly baseModels: string[] = [];
  omitted = 0;
  private readonly counts = new Map<string, number>();

  add(...findings: readonly ArtifactFinding[]): void {
    for (const finding of findings) {
      const key = `${finding.ruleId}\0${finding.verdict ?? ''}\0${finding.severity}`;
      const count = (this.counts.get(key) ?? 0) + 1;
      this.counts.set(key, count);
      if (count > MAX_SAME_FINDINGS) this.omitted += 1;
      else this.findings.push(finding);
    }
  }

  /** Takes over the inspection of a member. `path` is the full one, `name` is shown in the list of members. */
  absorb(nested: Inspection, path: string, name: string, size: number): void {
    this.add(...nested.findings.map((finding) => ({ ...finding, path: finding.path ?? path })));
    if (this.members.length < MAX_LISTED_MEMBERS) {
      this.members.push({ name, format: nested.format, size, verdict: verdictOf(nested.findings) });
    }
    if (nested.listing && nested.listing.length > 0 && this.listing.length < MAX_LISTING) {
      this.listing.push(`# ${path}`, ...nested.listing.slice(0, MAX_LISTING - this.listing.length));
    }
    this.card ??= nested.card;
    this.licence ??= nested.licence;
    this.baseModels.push(...(nested.baseModels ?? []).filter((model) => !this.baseModels.includes(model)));
  }

  /** Last look at all findings, when the container knows what it is. */
  revise(change: (findings: readonly ArtifactFinding[]) => ArtifactFinding[]): void {
    this.findings.splice(0, this.findings.length, ...change(this.findings));
  }

  done(format: string, facts: Readonly<Record<string, unknown>>): Inspection {
    return {
      format,
      findings: this.findings,
      facts: {
        ...facts,
        ...(this.members.length > 0 ? { members: this.members } : {}),
        ...(this.omitted > 0 ? { findingsOmitted: this.omitted } : {}),
      },
      ...(this.card ? { card: this.card } : {}),
      ...(this.licence === undefined ? {} : { licence: this.licence }),
      ...(this.baseModels.length > 0 ? { baseModels: this.baseModels } : {}),
      ...(this.listing.length > 0 ? { listing: this.listing } : {}),
    };
  }
}
