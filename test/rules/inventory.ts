import type { Component, LibraryComponent, ModelComponent } from '../../src/core/component.ts';
import type { Occurrence } from '../../src/core/evidence.ts';
import type { DraftFinding } from '../../src/core/finding.ts';
import { buildInventory } from '../../src/core/inventory.ts';
import type { Facts, Observation } from '../../src/core/observation.ts';
import type { Relation } from '../../src/core/relation.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { judge } from '../../src/rules/index.ts';
import type { RuleInput } from '../../src/rules/rule.ts';

export const COMMIT = '86b5e0934494bd15c9632b12f734a8a67f723594';
export const TODAY = '2026-11-25';

export const seen = (path = 'app.py', line = 1): Occurrence => ({
  location: { path, line },
  technique: 'source-code-analysis',
  crawler: 'code',
  confidence: 'high',
});

export function observation(type: string, facts: Facts, place: { readonly path?: string; readonly line?: number; readonly component?: string; readonly confidence?: Observation['confidence'] } = {}): Observation {
  return {
    type,
    facts,
    location: { path: place.path ?? 'app.py', line: place.line ?? 1 },
    crawler: 'test',
    confidence: place.confidence ?? 'high',
    ...(place.component === undefined ? {} : { component: place.component }),
  };
}

export const model = (name: string, values: Partial<ModelComponent> = {}): ModelComponent => ({ kind: 'model', name, origin: 'api', occurrences: [seen()], ...values });

export const library = (name: string, values: Partial<LibraryComponent> = {}): LibraryComponent => ({
  kind: 'library',
  name,
  ecosystem: 'pypi',
  scope: 'runtime',
  declared: true,
  category: 'ml-framework',
  occurrences: [seen('requirements.txt')],
  ...values,
});

export interface World extends Partial<Omit<RuleInput, 'inventory' | 'knowledge'>> {
  readonly components?: readonly Component[];
  readonly observations?: readonly Observation[];
  readonly relations?: readonly Relation[];
}

export const judgeWorld = ({ components = [], observations = [], relations = [], ...rest }: World): DraftFinding[] =>
  judge({ artifacts: [], integrity: [], today: TODAY, ...rest, inventory: buildInventory([{ components, observations, relations }]), knowledge: loadKnowledge() });

/** Findings of one rule as `path:line severity`. */
export const hits = (ruleId: string, world: World): string[] =>
  judgeWorld(world)
    .filter((finding) => finding.ruleId === ruleId)
    .map(({ location, severity }) => `${location.path}:${location.line ?? 0} ${severity}`);

export const findingsOf = (ruleId: string, world: World): DraftFinding[] => judgeWorld(world).filter((finding) => finding.ruleId === ruleId);
