import { HUB_TYPES, type Hub } from '../registries/huggingface.ts';
import type { GitHubRegistry } from '../registries/github.ts';
import { keyOf, type Target, type TargetSpec } from './targets.ts';

export interface Registries {
  readonly hub: Hub;
  readonly github: GitHubRegistry;
  /** Targets that a BOM names. */
  readonly bom: (path: string) => Promise<readonly Target[]>;
}

async function expandOne(spec: TargetSpec, { hub, github, bom }: Registries): Promise<readonly Target[]> {
  switch (spec.kind) {
    case 'hub':
    case 'github':
    case 'oci':
    case 'ollama':
      return [spec];
    case 'hub-owner': {
      const lists = await Promise.all(
        HUB_TYPES.map(async (type) => (await hub.list(spec.owner, type)).map(({ name }): Target => ({ kind: 'hub', type, name }))),
      );
      return lists.flat();
    }
    case 'github-owner':
      return (await github.list(spec.owner)).map((name): Target => ({ kind: 'github', name }));
    case 'bom':
      return bom(spec.path);
  }
}

/**
 * Every repository that the user means, once, sorted. `known` are targets of earlier audits of the same
 * owners: a repository that was deleted is on no list any more, and must not be forgotten silently.
 */
export async function expandTargets(specs: readonly TargetSpec[], registries: Registries, known: readonly Target[]): Promise<Target[]> {
  const found = new Map<string, Target>();
  for (const spec of specs) for (const target of await expandOne(spec, registries)) found.set(keyOf(target), target);
  const owners = new Set(
    specs.flatMap((spec) =>
      spec.kind === 'hub-owner'
        ? [`hub:${spec.owner.toLowerCase()}`]
        : spec.kind === 'github-owner'
          ? [`github:${spec.owner.toLowerCase()}`]
          : [],
    ),
  );
  for (const target of known) {
    const owner = `${target.kind}:${target.name.split('/')[0]?.toLowerCase() ?? ''}`;
    if (owners.has(owner) && !('revision' in target)) found.set(keyOf(target), target);
  }
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, target]) => target);
}
