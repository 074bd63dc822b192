import { checkCondition, type Lookup } from './conditions.ts';
import { resultOf } from './evaluate.ts';
import { GlobalValue, ObjectValue, SequenceValue } from './values.ts';
import { argumentsOf, calleeOf, textOf } from './walk.ts';

/**
 * Whether a call of dill's own makes no code: a type by its name, a module of a library, a function of one, a numpy array.
 * A process that has imported dill pickles so whatever it dumps, with joblib too. What is named so is judged where it is used.
 */
export function onlyRestores(object: ObjectValue, lookup: Lookup): boolean {
  const callee = calleeOf(object);
  if (callee === undefined || !/^dill(?:\._?dill)?$/.test(callee.module)) return false;
  const [first, given] = argumentsOf(object);
  switch (callee.name) {
    case '_load_type':
    case '_get_attr':
      return isHarmless(resultOf(object), lookup);
    case '_import_module': {
      // Any name of the module tells what kind of module it is.
      const module = textOf(first);
      return module !== undefined && isHarmless(new GlobalValue(module, '_'), lookup);
    }
    case '_create_array': {
      if (!(first instanceof GlobalValue) || !(given instanceof SequenceValue)) return false;
      const standing = lookup.standing(first);
      const rebuilds = standing.type === 'known' && standing.entry.condition === 'class-of-numpy';
      return rebuilds && checkCondition('class-of-numpy', new ObjectValue('reduce', first, given, object.offset), lookup).type === 'pass';
    }
    default:
      return false;
  }
}

function isHarmless(named: unknown, lookup: Lookup): boolean {
  if (!(named instanceof GlobalValue)) return false;
  const standing = lookup.standing(named);
  return standing.type === 'library' || standing.type === 'plain' || (standing.type === 'known' && standing.entry.danger === undefined);
}
