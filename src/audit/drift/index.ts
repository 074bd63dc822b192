import type { ComponentRef } from '../../core/component.ts';
import type { Observation } from '../../core/observation.ts';
import type { Detector, DriftInput } from './change.ts';
import { addedWeights, becamePickle, code, licenceText, removedWeights, replaced, template } from './files.ts';
import { baseModels, datasets, disabled, gated, gone, licence, recreated, renamed, task, visibility } from './repository.ts';
import { commit, newerRevision } from './revision.ts';
import { scanStatus, signer, verdict } from './trust.ts';

/** Of the repository alone: still told where it does not answer any more. */
const identity: readonly Detector[] = [gone];

const detectors: readonly Detector[] = [
  recreated,
  renamed,
  commit,
  newerRevision,
  visibility,
  gated,
  disabled,
  licence,
  licenceText,
  baseModels,
  datasets,
  task,
  replaced,
  addedWeights,
  becamePickle,
  removedWeights,
  code,
  template,
  signer,
  scanStatus,
  verdict,
];

/** Changes of one rule at one target that are told one by one; a repository that was replaced is one event, not ten thousand. */
const MAX_CHANGES = 200;

/**
 * What changed between two audits, as observations for the rules `drift-*`. `place` is where facts
 * about the whole repository are shown.
 */
export function driftObservations(input: DriftInput, place: string, component?: ComponentRef): Observation[] {
  const changes = (input.after.status === 'ok' || input.after.status === 'partial' ? detectors : identity).flatMap((detect) =>
    detect(input),
  );
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  return changes
    .filter(({ rule, path }) => {
      const key = `${rule}\0${path ?? ''}`;
      const count = (counts.get(rule) ?? 0) + 1;
      if (seen.has(key) || count > MAX_CHANGES) return false;
      seen.add(key);
      counts.set(rule, count);
      return true;
    })
    .map(({ rule, path, before, after }) => ({
      type: 'drift',
      location: { path: path ?? place },
      crawler: 'audit',
      confidence: 'high',
      ...(component === undefined ? {} : { component }),
      facts: { change: rule, subject: path ?? input.after.name, name: input.after.name, before, after },
    }));
}
