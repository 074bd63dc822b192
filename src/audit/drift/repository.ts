import { changed, listed, type Detector } from './change.ts';

const reachable = (status: string): boolean => status === 'ok' || status === 'partial';

/** The repository answered at the last audit and does not any more. */
export const gone: Detector = ({ before, after }) => {
  if (!reachable(before.status) || reachable(after.status)) return [];
  if (after.status === 'gone') return [{ rule: 'drift-deleted', before: before.commit ?? before.name, after: 'gone, or private' }];
  return after.status === 'denied' ? [{ rule: 'drift-access-lost', before: 'readable', after: 'access is denied' }] : [];
};

/** Another repository under the same name: the name was free for a while, and somebody took it. */
export const recreated: Detector = ({ before, after }) => {
  if (before.id !== undefined && after.id !== undefined && before.id !== after.id)
    return [
      {
        rule: 'drift-recreated',
        before: `${before.id}, created ${before.createdAt ?? 'unknown'}`,
        after: `${after.id}, created ${after.createdAt ?? 'unknown'}`,
      },
    ];
  if (before.createdAt !== undefined && after.createdAt !== undefined && after.createdAt > before.createdAt)
    return [{ rule: 'drift-recreated', before: `created ${before.createdAt}`, after: `created ${after.createdAt}` }];
  return [];
};

/** The registry follows renames: the same repository answers under another owner or name. */
export const renamed: Detector = ({ before, after }) => {
  const owner = changed('drift-owner-changed', before.owner?.toLowerCase(), after.owner?.toLowerCase());
  if (owner.length > 0) return [{ rule: 'drift-owner-changed', before: before.owner ?? '', after: after.owner ?? '' }];
  return before.name.toLowerCase() === after.name.toLowerCase() ? [] : [{ rule: 'drift-renamed', before: before.name, after: after.name }];
};

export const visibility: Detector = ({ before, after }) =>
  changed('drift-visibility-changed', before.private ? 'private' : 'public', after.private ? 'private' : 'public');

const gating = (gated: string): string => (gated === 'false' ? 'open' : `gated (${gated})`);
export const gated: Detector = ({ before, after }) => changed('drift-gating-changed', gating(before.gated), gating(after.gated));

export const disabled: Detector = ({ before, after }) =>
  after.disabled && !before.disabled ? [{ rule: 'drift-disabled', before: 'enabled', after: 'disabled by the registry' }] : [];

export const licence: Detector = ({ before, after }) => changed('drift-licence-changed', before.licence ?? 'none', after.licence ?? 'none');

export const baseModels: Detector = ({ before, after }) =>
  changed('drift-base-model-changed', listed(before.baseModels), listed(after.baseModels));

export const datasets: Detector = ({ before, after }) => changed('drift-datasets-changed', listed(before.datasets), listed(after.datasets));

export const task: Detector = ({ before, after }) => changed('drift-task-changed', before.task, after.task);
