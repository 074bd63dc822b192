import type { Standing } from './standing.ts';
import { BytesValue, GlobalValue, isComposite, ObjectValue, OpaqueValue, SequenceValue, TextValue, type Value } from './values.ts';
import { argumentsOf, inside, isConstant, textOf, type Work } from './walk.ts';

/** What a condition says of a call. */
export type Outcome =
  | { readonly type: 'pass' }
  | { readonly type: 'fail' }
  /** The call makes an instance of this class without its constructor: the class decides. */
  | { readonly type: 'new'; readonly of: Value }
  /** The constructor of this class runs. */
  | { readonly type: 'call'; readonly of: GlobalValue }
  /** The call reads these bytes as a file: they decide. */
  | { readonly type: 'nested'; readonly payloads: readonly Value[] };

export interface Lookup {
  readonly work: Work;
  standing(global: GlobalValue): Standing;
  /** Text that names a call which does harm, or is a command. */
  hostile(text: string): boolean;
}

const PASS: Outcome = { type: 'pass' };
const FAIL: Outcome = { type: 'fail' };
const check = (holds: boolean): Outcome => (holds ? PASS : FAIL);

const DUNDER = /^__|__$/;
const LATIN1: ReadonlySet<string> = new Set(['latin1', 'latin-1', 'iso8859-1', 'iso-8859-1', 'l1', '8859', 'cp819']);
/** Modules that `numpy.core._ufunc_reconstruct` imports by name in honest files. */
const UFUNC_MODULES = /^(?:numpy|numpy\.core\._multiarray_umath|numpy\._core\._multiarray_umath|scipy\.special\._ufuncs|scipy\.special)$/;

/** A function that may be called by what it is given to. `None` stands for the identity. */
function callableIsKnown(value: Value | undefined, lookup: Lookup): boolean {
  if (value === null || value === undefined) return true;
  if (!(value instanceof GlobalValue)) return false;
  const standing = lookup.standing(value);
  if (standing.type !== 'known' || standing.entry.uses.size === 0) return false;
  // Harmless as a value, not when it is called.
  if (standing.entry.danger !== undefined && !standing.entry.uses.has('call')) return false;
  // Whether its own condition holds for what it will be given is not known here.
  return standing.entry.condition === undefined || standing.entry.condition === 'data';
}

/** A function that is only stored: its own import was judged, a call of it will be. */
const callableIsStored = (value: Value | undefined, lookup: Lookup): boolean =>
  value === null ||
  value === undefined ||
  (value instanceof GlobalValue && !['danger', 'denied'].includes(lookup.standing(value).type)) ||
  value instanceof ObjectValue;

const constantThroughout = (value: Value, work: Work): boolean => {
  for (const item of inside(value, work)) {
    if (isConstant(item) || item instanceof SequenceValue || (isComposite(item) && item.kind === 'dict')) continue;
    return false;
  }
  return true;
};

/** `getattr(Outer, 'Inner')`, `getattr(Color, 'RED')`, `getattr(instance, 'method')`: how protocols below 4 write nested names. */
function member(args: readonly Value[], lookup: Lookup): Outcome {
  const [target, attribute] = args;
  if (args.length !== 2 || typeof attribute !== 'string' || (DUNDER.test(attribute) && attribute !== '__new__')) return FAIL;
  if (target instanceof ObjectValue)
    return check(target.callee instanceof GlobalValue && !['danger', 'denied', 'plain'].includes(lookup.standing(target.callee).type));
  if (!(target instanceof GlobalValue)) return FAIL;
  const standing = lookup.standing(target);
  if (standing.type === 'danger' || standing.type === 'denied' || standing.type === 'code') return FAIL;
  if (attribute === '__new__') return PASS;
  if (standing.type === 'known' && standing.entry.danger !== undefined) return FAIL;
  const standard = standing.type === 'plain' || standing.type === 'known';
  return check(/^_*[A-Z]/.test(attribute) || !standard || standing.type === 'known');
}

/** `copyreg._reconstructor(cls, base, state)`: `base.__new__(cls, state)`, and `base.__init__` where the base is not `object`. */
function reconstructor(args: readonly Value[]): Outcome {
  const [cls, base] = args;
  if (cls === undefined) return FAIL;
  if (base instanceof GlobalValue && base.module !== 'builtins') return { type: 'call', of: base };
  if (base !== undefined && base !== null && !(base instanceof GlobalValue) && isComposite(base) && base instanceof ObjectValue)
    return FAIL;
  return { type: 'new', of: cls };
}

/** `attrgetter('coef_')`, `methodcaller('lower')`: names that read data or say how. Others reach what `os` and its like offer. */
const getter = (args: readonly Value[], lookup: Lookup): Outcome =>
  check(
    args.every((item) => {
      const text = textOf(item);
      if (text === undefined) return isConstant(item);
      if (lookup.hostile(text)) return false;
      return text.split('.').every((part) => !DUNDER.test(part) && !part.startsWith('_') && !lookup.hostile(part));
    }),
  );

function classOf(root: string, args: readonly Value[], lookup: Lookup): Outcome {
  const [first] = args;
  if (!(first instanceof GlobalValue)) return FAIL;
  return first.module === root || first.module.startsWith(`${root}.`)
    ? check(!['danger', 'denied', 'code'].includes(lookup.standing(first).type))
    : { type: 'new', of: first };
}

/** Bytes, text and in-memory files among the arguments. */
export function payloadsOf(args: Value, work: Work): Value[] {
  const found: Value[] = [];
  for (const item of inside(args, work, 256)) {
    if (item instanceof BytesValue || item instanceof TextValue || (typeof item === 'string' && item.length > 3)) found.push(item);
  }
  return found;
}

/** Runs the named condition (`rules/pickle/conditional.tsv`) on a call. An unknown name fails. */
export function checkCondition(condition: string, object: ObjectValue, lookup: Lookup): Outcome {
  if (!(object.args instanceof SequenceValue) || object.args.items.length < object.args.size) return FAIL;
  const args = argumentsOf(object);
  switch (condition) {
    case 'data':
      return check(!args.some((item) => item instanceof OpaqueValue && item.what !== 'buffer'));
    case 'constants':
      return check(constantThroughout(object.args, lookup.work));
    case 'latin1':
      return check(
        args.length === 2 &&
          (typeof args[0] === 'string' || args[0] instanceof TextValue) &&
          typeof args[1] === 'string' &&
          LATIN1.has(args[1].toLowerCase()),
      );
    case 'reconstructor':
      return reconstructor(args);
    case 'numba-type': {
      const [rebuild, inner] = args;
      const ordinary =
        rebuild instanceof GlobalValue &&
        rebuild.module === 'copyreg' &&
        rebuild.name === '_reconstructor' &&
        inner instanceof SequenceValue;
      return ordinary ? reconstructor(inner.items) : FAIL;
    }
    case 'curry': {
      // toolz imports what a text names as `module:qualname`.
      const text = textOf(args[1]);
      const [module = '', name = ''] = text?.split(':') ?? [];
      return check(
        text === undefined
          ? callableIsStored(args[1] instanceof SequenceValue ? args[1].items[0] : args[1], lookup)
          : callableIsKnown(new GlobalValue(module, name), lookup),
      );
    }
    case 'class-of-numpy':
      return classOf('numpy', args, lookup);
    case 'class-of-pandas':
      return classOf('pandas', args, lookup);
    case 'class-of-torch':
      return classOf('torch', args, lookup);
    case 'ufunc':
      return check(args.length === 2 && UFUNC_MODULES.test(textOf(args[0]) ?? '') && /^[a-z]\w*$/.test(textOf(args[1]) ?? ''));
    case 'member':
      return member(args, lookup);
    case 'members':
      return check(args.every((item) => item instanceof ObjectValue || item instanceof GlobalValue));
    case 'single':
      return check(args.length === 1);
    case 'callable-first':
      return check(callableIsKnown(args[0], lookup));
    case 'callable-second':
      return check(callableIsKnown(args[1], lookup));
    case 'bound':
      return check(callableIsStored(args[0], lookup));
    case 'getter':
      return getter(args, lookup);
    case 'subscript':
      return check(
        args[0] instanceof GlobalValue &&
          /^(?:typing|collections|collections\.abc|builtins|types)$/.test(args[0].module) &&
          lookup.standing(args[0]).type === 'known',
      );
    case 'rebuild':
      return check(
        args[0] instanceof GlobalValue &&
          args[0].module === 'torch._utils' &&
          args[0].name.startsWith('_rebuild_') &&
          args[1] instanceof GlobalValue,
      );
    case 'nested': {
      const payloads = payloadsOf(object.args, lookup.work);
      return payloads.length > 0 ? { type: 'nested', payloads } : FAIL;
    }
    case 'nested-second': {
      const [, data] = args;
      return data === undefined ? FAIL : { type: 'nested', payloads: [data] };
    }
    case 'nested-bytes':
      return { type: 'nested', payloads: args.filter((item) => item instanceof BytesValue) };
    default:
      return FAIL;
  }
}
