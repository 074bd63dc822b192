import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import { ObjectValue, SequenceValue, type Value } from './values.ts';

export interface CodeFacts {
  /** Names that the code uses: `co_names` and what else stands in its tuples of strings. */
  readonly names: readonly string[];
  /** Those among them that no model needs. */
  readonly references: readonly string[];
}

/** Names listed of one code object. */
const MAX_NAMES = 200;
const IDENTIFIER = /^[A-Za-z_]\w*(?:\.\w+)*$/;

/**
 * What a pickled code object refers to. Its bytecode is not read: every attribute, global and
 * import that it uses stands in the tuples of names beside it, whatever the Python version.
 */
export function judgeCode(object: ObjectValue, knowledge: PickleKnowledge): CodeFacts {
  const names: string[] = [];
  const references: string[] = [];
  const add = (value: Value): void => {
    if (typeof value !== 'string') return;
    if (IDENTIFIER.test(value)) {
      if (names.length < MAX_NAMES) names.push(value);
      if (knowledge.hostileNames.has(value.slice(value.lastIndexOf('.') + 1))) references.push(value);
    } else if (knowledge.isHostileText(value.slice(0, 4096))) references.push(value.slice(0, 80));
  };
  const visit = (value: Value, depth: number): void => {
    if (value instanceof SequenceValue && depth < 3) for (const item of value.items.slice(0, 4096)) visit(item, depth + 1);
    else if (depth > 1) add(value);
  };
  if (object.args instanceof SequenceValue) for (const item of object.args.items) visit(item, 1);
  return { names, references };
}
