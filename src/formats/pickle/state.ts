import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import type { Judgement } from './judgement.ts';
import type { Standing } from './standing.ts';
import { DictValue, GlobalValue, isComposite, ObjectValue, SequenceValue, type Value } from './values.ts';
import { argumentsOf, inside, textOf, type Work } from './walk.ts';

export interface StateProblem {
  readonly judgement: Judgement;
  readonly callee: string;
}

/** Keys that change what an object is or does. An instance attribute `__setstate__` is called by the next BUILD. */
const DUNDER_KEYS =
  /^__(?:class|dict|setstate|reduce|reduce_ex|getattr|getattribute|setattr|del|call|getstate|new|init|code|globals|defaults|kwdefaults|wrapped|builtins|closure|func|self|enter|exit|iter|next|hash|eq|repr|str|len|bool|index|get|set|delete|mro_entries|init_subclass|set_name|class_getitem|instancecheck|subclasscheck)__$/;
/** Keys that no honest state holds even with plain values; some classes pickle a `__dict__` or `__doc__`. */
const TELLING_KEYS = /^__(?:class|setstate|reduce|reduce_ex|getattr|getattribute|setattr|del|call|new|init|code|globals|builtins)__$/;
/** Text that a state rule is matched against; longer is not what the class writes. */
const MAX_RULE_TEXT = 4096;

/** Names that an opcode looks up on an instance and calls. */
const METHODS: ReadonlySet<string> = new Set(['append', 'extend', 'add']);

/** Keys of a state that change what the object is or does: a finite set. */
export const tellingKey = (knowledge: PickleKnowledge) => {
  const ruled = new Set(knowledge.stateRules.map(({ key }) => key));
  return (key: string): boolean => METHODS.has(key) || ruled.has(key) || DUNDER_KEYS.test(key);
};

/** `dict([(key, value), …])` and its like: the pairs that a class of dictionaries is made of. */
function pairsIn(object: ObjectValue, work: Work): DictValue | undefined {
  const [first] = argumentsOf(object);
  if (first instanceof DictValue) return first;
  if (!(first instanceof SequenceValue)) return undefined;
  const dict = new DictValue();
  // A pair costs an allocation.
  work.visits += first.items.length * 2;
  for (const pair of first.items) {
    if (!(pair instanceof SequenceValue) || pair.items.length !== 2) continue;
    dict.keys.push(pair.items[0] ?? null);
    dict.values.push(pair.items[1] ?? null);
  }
  return dict;
}

/** The dictionaries of a state: itself, the two of `(dict, slots)`, and what is known of an object that stands for one. */
export function dictionaries(state: Value, work: Work): DictValue[] {
  const parts = state instanceof SequenceValue && state.type === 'tuple' ? state.items : [state];
  return parts.flatMap((part) => {
    if (part instanceof DictValue) return [part];
    return part instanceof ObjectValue ? [part.told, pairsIn(part, work)].filter((dict) => dict !== undefined) : [];
  });
}

/** The class of an object, also behind `copyreg._reconstructor(cls, …)`. */
export function classOfObject(object: ObjectValue): GlobalValue | undefined {
  if (!(object.callee instanceof GlobalValue)) return undefined;
  const [first] = argumentsOf(object);
  return object.callee.module === 'copyreg' && first instanceof GlobalValue ? first : object.callee;
}

/** What a BUILD does beyond setting attributes of an honest object. */
export function judgeState(
  target: ObjectValue,
  state: Value,
  knowledge: PickleKnowledge,
  standing: (global: GlobalValue) => Standing,
  dangers: boolean,
  work: Work,
): StateProblem | undefined {
  const cls = classOfObject(target);
  const path = cls?.path ?? 'object';
  if (cls) {
    const found = standing(cls);
    const entry = knowledge.name(cls.module, cls.name);
    if (entry?.finalizer !== undefined)
      return { callee: path, judgement: { level: 'malicious', category: entry.finalizer, severity: 'high', confidence: 'medium' } };
    if (found.type === 'danger' && found.listed && found.standard)
      return { callee: path, judgement: { level: 'malicious', category: found.category, severity: 'high', confidence: 'medium' } };
  }
  for (const dict of dictionaries(state, work)) {
    work.visits += dict.keys.length;
    for (let index = 0; index < dict.keys.length; index += 1) {
      const key = dict.keys[index];
      const value = dict.values[index] ?? null;
      if (typeof key !== 'string') continue;
      if (DUNDER_KEYS.test(key)) {
        const callable = value instanceof GlobalValue || value instanceof ObjectValue;
        if (!callable && !TELLING_KEYS.test(key)) continue;
        return {
          callee: `${path}.${key}`,
          judgement: {
            level: callable ? 'malicious' : 'suspicious',
            category: 'attribute-hook',
            severity: callable ? 'critical' : 'medium',
            confidence: callable ? 'high' : 'medium',
          },
        };
      }
      for (const rule of knowledge.stateRules) {
        if (rule.key !== key || cls === undefined || !(cls.module === rule.module || cls.module.startsWith(`${rule.module}.`))) continue;
        if (value === null) continue;
        const text = textOf(value);
        if (text !== undefined && text.length <= MAX_RULE_TEXT && rule.pattern.test(text)) continue;
        return {
          callee: `${path}.${key}`,
          judgement: {
            level: rule.verdict === 'malicious' ? 'malicious' : 'suspicious',
            category: 'code-execution',
            severity: rule.verdict === 'malicious' ? 'critical' : 'medium',
            confidence: 'high',
          },
        };
      }
    }
  }
  if (!dangers) return undefined;
  for (const item of inside(state, work)) {
    if (!isComposite(item) || !(item instanceof GlobalValue)) continue;
    const found = standing(item);
    if (
      found.type !== 'danger' ||
      !found.listed ||
      found.severity === 'medium' ||
      found.severity === 'low' ||
      found.category === 'denial-of-service'
    )
      continue;
    return { callee: item.path, judgement: { level: 'malicious', category: 'stored-callable', severity: 'high', confidence: 'medium' } };
  }
  return undefined;
}
