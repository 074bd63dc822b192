import type { Detector } from './change.ts';

/** Of git, or of a manifest: what a pin is. */
const PIN = /^(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$/;

/** A branch that goes on is news; a tag that moves, or a history that is not the same, is more. */
export const commit: Detector = ({ before, after, descends }) => {
  if (before.commit === undefined || after.commit === undefined || before.commit === after.commit) return [];
  const move = { before: before.commit, after: after.commit };
  if (descends === false) return [{ rule: 'drift-history-rewritten', ...move }];
  if (after.revision !== undefined && /^v?\d/.test(after.revision)) return [{ rule: 'drift-tag-moved', ...move }];
  return [{ rule: 'drift-commit', ...move }];
};

/** The pin holds, and the branch has gone on since: for whoever decides about an update. */
export const newerRevision: Detector = ({ before, after }) =>
  after.revision !== undefined &&
  PIN.test(after.revision) &&
  after.head !== undefined &&
  after.head !== after.revision &&
  before.head !== after.head
    ? [{ rule: 'drift-newer-revision', before: after.revision, after: after.head }]
    : [];
