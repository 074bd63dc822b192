import type { ModelCardFacts } from '../../core/component.ts';
import type { ArtifactFinding } from '../format.ts';
import type { PickleRun } from './api.ts';
import type { Judge } from './judge.ts';
import { clean } from './repr.ts';
import { classOfObject } from './state.ts';
import { ObjectValue, type Value } from './values.ts';
import type { WeightsOnly } from './weights-only.ts';

/** Imported names in the report. */
const MAX_GLOBALS = 200;
const MAX_CLASSES = 20;

function typeOf(root: Value | undefined): string | undefined {
  if (root === undefined) return undefined;
  if (root === null) return 'None';
  if (root instanceof ObjectValue) {
    const cls = classOfObject(root);
    return cls ? clean(cls.path) : 'object';
  }
  switch (typeof root) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'number':
    case 'bigint':
      return 'int';
    default:
      return root.kind === 'sequence' || root.kind === 'bytes' ? root.type : root.kind;
  }
}

/** Classes that the file needs and that nobody knows: told, without a verdict. */
export function noteFindings(judge: Judge): ArtifactFinding[] {
  const classes = [...judge.unknownClasses.keys()];
  if (classes.length === 0) return [];
  return [
    {
      ruleId: 'pickle-unknown-class',
      severity: 'info',
      confidence: 'high',
      args: { classes: classes.slice(0, MAX_CLASSES), total: classes.length },
    },
  ];
}

export function factsOf(
  judge: Judge,
  runs: readonly PickleRun[],
  opcodes: number,
  weightsOnly: WeightsOnly,
): { facts: Record<string, unknown>; card?: ModelCardFacts } {
  const protocols = [...new Set(runs.map((run) => run.protocol ?? 0))].sort((a, b) => a - b);
  const root = runs.length > 0 ? typeOf(runs[0]?.root) : undefined;
  const globals = [...judge.globals.values()].map(({ global }) => clean(global.path)).sort();
  const facts: Record<string, unknown> = {
    protocols,
    pickles: runs.length,
    opcodes,
    globals: globals.slice(0, MAX_GLOBALS),
    globalCount: globals.length,
    weightsOnly: weightsOnly.loadable ? { loadable: true } : { loadable: false, refused: weightsOnly.refused },
    ...(root === undefined ? {} : { root }),
    ...(judge.anomalies.size === 0 ? {} : { anomalies: [...judge.anomalies].sort() }),
    ...(judge.versions.size === 0 ? {} : { versions: Object.fromEntries(judge.versions) }),
  };
  const isClass = root !== undefined && root.includes('.') && !/^(?:collections|builtins|numpy|pandas|scipy)\./.test(root);
  return isClass ? { facts, card: { architecture: root.slice(root.lastIndexOf('.') + 1) } } : { facts };
}
