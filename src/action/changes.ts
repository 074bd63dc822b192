import { refOf, type Component, type ModelComponent } from '../core/component.ts';
import type { Report } from '../core/report.ts';
import { compare, type Diff } from '../diff/index.ts';
import { fromReport } from '../diff/from-report.ts';
import type { RuleTexts } from '../reporters/text/rule-text.ts';

/** One model in the place of another. */
export interface Swap {
  readonly from: ModelComponent;
  readonly to: ModelComponent;
}

/** A model's signature that verified in the base and does not any more. */
export interface LostSignature {
  readonly subject: string;
  readonly signer?: string;
  /** `gone`, or what the check of the head says. */
  readonly now: string;
}

/** What a pull request does to the inventory. */
export interface Changes {
  readonly base: string;
  readonly diff: Diff;
  readonly swaps: readonly Swap[];
  readonly lostSignatures: readonly LostSignature[];
  /** Open findings of the base that the head does not have. */
  readonly fixed: number;
}

export function changesOf(before: Report, after: Report, texts: RuleTexts, base: string): Changes {
  const diff = compare(fromReport(before, texts), fromReport(after, texts));
  return {
    base,
    diff,
    swaps: swapsOf(before, after),
    lostSignatures: lostSignatures(before, after),
    fixed: diff.findings?.gone.length ?? 0,
  };
}

const modelsOf = (report: Report): Map<string, ModelComponent> =>
  new Map(
    report.components.filter((component): component is ModelComponent => component.kind === 'model').map((model) => [refOf(model), model]),
  );

/** Lines that apart are still the same place: an edit moves code by a few. */
const NEAR = 20;

/** Distance in lines of the nearest two sightings in the same file. */
function distance(one: Component, other: Component): number | undefined {
  let nearest: number | undefined;
  for (const a of one.occurrences) {
    for (const b of other.occurrences) {
      if (a.location.path !== b.location.path) continue;
      const lines = Math.abs((a.location.line ?? 0) - (b.location.line ?? 0));
      if (nearest === undefined || lines < nearest) nearest = lines;
    }
  }
  return nearest !== undefined && nearest <= NEAR ? nearest : undefined;
}

/** More models than this in one change are a move of the tree, not a swap; pairs cost their product. */
const MAX_MODELS = 200;

/** Models that are gone, paired with new ones that stand where they stood, nearest first. */
function swapsOf(before: Report, after: Report): Swap[] {
  const [olds, news] = [modelsOf(before), modelsOf(after)];
  const gone = [...olds].filter(([ref]) => !news.has(ref)).map(([, model]) => model);
  const came = [...news].filter(([ref]) => !olds.has(ref)).map(([, model]) => model);
  if (gone.length > MAX_MODELS || came.length > MAX_MODELS) return [];
  const pairs = gone.flatMap((from) =>
    came.flatMap((to) => {
      const lines = distance(from, to);
      return lines === undefined ? [] : [{ from, to, lines: lines + (from.role === to.role ? 0 : 0.5) }];
    }),
  );
  const used = new Set<ModelComponent>();
  return pairs
    .sort((a, b) => a.lines - b.lines)
    .filter(({ from, to }) => {
      if (used.has(from) || used.has(to)) return false;
      used.add(from).add(to);
      return true;
    })
    .map(({ from, to }) => ({ from, to }));
}

function lostSignatures(before: Report, after: Report): LostSignature[] {
  const signatures = (report: Report): Report['integrity'] => report.integrity.filter((result) => result.source === 'oms');
  const now = new Map(signatures(after).map((result) => [result.subject, result]));
  return signatures(before).flatMap((result) => {
    const next = now.get(result.subject);
    if (result.status !== 'verified' || next?.status === 'verified') return [];
    const signer = result.signer?.['identity'] ?? result.signer?.['subject'] ?? result.signer?.['fingerprint'];
    return [
      {
        subject: result.subject,
        ...(signer === undefined ? {} : { signer }),
        now: next === undefined ? 'gone' : (next.problems[0]?.code ?? next.status),
      },
    ];
  });
}
