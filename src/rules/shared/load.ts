import { isCommit } from '../../core/commit.ts';
import type { Location } from '../../core/evidence.ts';
import type { Observation } from '../../core/observation.ts';
import { isTrue, observed, text } from './facts.ts';
import type { RuleInput } from '../rule.ts';

/** A revision that cannot move, in either case as people write it. */
export const isFixed = (revision: string | undefined): boolean => isCommit(revision?.toLowerCase());

/** Hubs where a repository is fetched by name and a revision can be asked for. */
const REVISIONED_HUBS = new Set(['huggingface', 'torch-hub', 'modelscope']);

export const loadsOf = (input: RuleInput): readonly Observation[] => observed(input, 'model-load', 'dataset-load');

/** The load fetches from a hub by name: not a path, not a name that could not be computed. */
export function isRemote(load: Observation): boolean {
  const id = text(load.facts, 'id');
  return id !== undefined && !isTrue(load.facts, 'local') && REVISIONED_HUBS.has(text(load.facts, 'hub') ?? '');
}

/** The library names no model without a commit of it, however short. */
const isFixedByLibrary = (load: Observation): boolean => /^[0-9a-f]{7,40}$/.test(text(load.facts, 'libraryRevision') ?? '');

/** `null` is an expression that could not be resolved: whoever wrote it gives a revision, and it may be a commit. */
export const isUnpinned = (load: Observation): boolean =>
  isRemote(load) && load.facts['revision'] !== null && !isFixed(text(load.facts, 'revision')) && !isFixedByLibrary(load);

/** Owner of a hub id `owner/name`, lower case. Canonical ids (`gpt2`) have none. */
export const ownerOf = (id: string): string | undefined => (id.includes('/') ? id.slice(0, id.indexOf('/')).toLowerCase() : undefined);

export const isDataset = (load: Observation): boolean => load.type === 'dataset-load';

/** The id as people write it: facts hold the identity, which has no case. */
export const idOf = (input: RuleInput, load: Observation): string | undefined =>
  text(load.facts, 'id') === undefined ? undefined : ((load.component === undefined ? undefined : input.inventory.get(load.component)?.name) ?? text(load.facts, 'id'));

/** The line of the argument that decides, where a call has many lines. */
export function locationOf(load: Observation, line: string): Location {
  const value = load.facts[line];
  return typeof value === 'number' ? { path: load.location.path, line: value } : load.location;
}
