import type { Severity } from '../../core/severity.ts';
import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import { judgeCode } from './code-object.ts';
import { onlyRestores } from './dill.ts';
import { checkCondition, type Lookup } from './conditions.ts';
import { malicious, MILD, NOTE, SILENT, suspicious, type Judgement } from './judgement.ts';
import type { Payload } from './payloads.ts';
import { BytesValue, GlobalValue, ObjectValue, SequenceValue, TextValue, type Value } from './values.ts';
import { argumentsOf, calleeOf, inside, isConstant, textOf, textsIn } from './walk.ts';

/** Exceptions take their message and do nothing. */
const EXCEPTION = /^_*[A-Z]\w*(?:Error|Exception|Warning)$/;
/** Functions of cloudpickle and dill that make classes; their instances are no calls of the code in them. */
const CLASS_MAKERS = /skeleton|_create_type|_builtin_type|_load_type|_lookup_class|_rehydrate|_create_namedtuple|dtypemeta/;

/** `__pyx_unpickle_Name(cls, checksum, state)`, which Cython writes for every class: `cls.__new__(cls)`, then its fields. */
function restoredByCython(global: GlobalValue, object: ObjectValue): GlobalValue | undefined {
  if (!/^__pyx_unpickle_\w+$/.test(global.name) || !global.module.includes('.')) return undefined;
  const [cls, checksum, state] = argumentsOf(object);
  const ordinary = typeof checksum === 'number' && (state === null || state instanceof SequenceValue);
  return cls instanceof GlobalValue && ordinary ? cls : undefined;
}

interface Made {
  /** Whose `__new__` runs: the class or one that it inherits from. */
  readonly owner: GlobalValue;
  readonly cls: GlobalValue;
  /** All that `__new__` is given. */
  readonly given: SequenceValue;
}

/** `partial(getattr(cls, '__new__'), cls, …)`: how protocols 2 and 3 write what later ones write with NEWOBJ_EX. */
function madeByPartial({ callee, args }: ObjectValue): Made | undefined {
  if (!(callee instanceof ObjectValue) || calleeOf(callee)?.path !== 'functools.partial') return undefined;
  // A partial is made empty, and its state says what it calls: function, arguments, keywords, attributes.
  const state = callee.state instanceof SequenceValue ? callee.state.items : undefined;
  const given = state?.[1] instanceof SequenceValue ? state[1].items : [];
  const [maker, cls] = state ? [state[0], given[0]] : argumentsOf(callee);
  if (!(maker instanceof ObjectValue) || calleeOf(maker)?.path !== 'builtins.getattr') return undefined;
  const [owner, attribute] = argumentsOf(maker);
  if (attribute !== '__new__' || !(cls instanceof GlobalValue) || !(owner instanceof GlobalValue)) return undefined;
  return { owner, cls, given: new SequenceValue('tuple', [...given.slice(1), state?.[2] ?? null, args, ...argumentsOf(callee).slice(2)]) };
}

/** Conditions of functions that make an instance of their argument: they are no class themselves. */
const MAKERS = /^(?:reconstructor|numba-type|rebuild|class-of-\w+)$/;

/** What the weighing of calls needs to know, and tells. */
export interface CallHost extends Lookup {
  readonly knowledge: PickleKnowledge;
  /** A dangerous name was imported: arguments are worth a search. */
  readonly dangers: boolean;
  use(global: GlobalValue): void;
  unknownClass(global: GlobalValue): void;
  payload(payload: Payload): void;
}

const nameOfCallee = (object: ObjectValue): string => (object.callee instanceof GlobalValue ? object.callee.path : 'call');

/** Weighs calls: who is called, how, and with what. */
export class Calls {
  readonly #host: CallHost;

  constructor(host: CallHost) {
    this.#host = host;
  }

  /** Some classes take text for an expression: a name or a number is one, a call is code. */
  evaluates(cls: GlobalValue, given: Value): Judgement {
    if (!this.#host.knowledge.evaluatesText(cls.module)) return SILENT;
    for (const text of textsIn(given, this.#host.work)) {
      if (this.#host.knowledge.isHostileText(text.slice(0, 4096)) || text.includes('__'))
        return malicious('code-execution', 'high', 'medium');
      if (/[([]|\.\s*[A-Za-z_]/.test(text)) return suspicious('evaluated-text', 'high', 'medium');
    }
    return SILENT;
  }

  /** Weighs one REDUCE, NEWOBJ, INST or OBJ. */
  judge(object: ObjectValue): Judgement {
    const { callee } = object;
    if (callee instanceof GlobalValue) {
      const judgement = object.how === 'new' || this.#isBare(object, callee) ? this.#create(callee, object) : this.#reduce(callee, object);
      if (judgement.level === 'malicious') return judgement;
      const making = this.#host.standing(callee).type === 'code';
      const given = this.#dangerIn(object.args, making) ?? this.#dangerIn(object.kwargs, making);
      return given && !this.#onlyCarries(callee) ? malicious('call-through', 'critical', 'high') : judgement;
    }
    return this.#indirect(object);
  }

  /** Python 2 instances: INST or OBJ of a class without arguments runs no constructor. */
  #isBare(object: ObjectValue, callee: GlobalValue): boolean {
    return object.how === 'instance' && object.args instanceof SequenceValue && object.args.size === 0 && /^_*[A-Z]/.test(callee.name);
  }

  /** The class of `copyreg._reconstructor(cls, …)` is an argument, and is judged as a class. */
  #onlyCarries(callee: GlobalValue): boolean {
    const standing = this.#host.standing(callee);
    return standing.type === 'known' && standing.entry.condition === 'reconstructor';
  }

  /** The callee is itself the result of a call, or not known at all. */
  #indirect(object: ObjectValue): Judgement {
    const { callee } = object;
    const made = madeByPartial(object);
    if (made) {
      const whole = new ObjectValue('new', made.cls, made.given, object.offset, object.kwargs);
      const inherited = made.owner === made.cls ? SILENT : this.#create(made.owner, whole);
      return inherited.level === 'malicious' ? inherited : this.#create(made.cls, whole);
    }
    if (callee instanceof ObjectValue && callee.callee instanceof GlobalValue) {
      const inner = this.#host.standing(callee.callee);
      if (inner.type === 'code') {
        if (object.how === 'new' || CLASS_MAKERS.test(callee.callee.name)) return suspicious('embedded-code', 'medium', 'high');
        return malicious('embedded-code-call', 'critical', 'high');
      }
      if (inner.type === 'danger') return malicious(inner.category);
      if (inner.type === 'known' && (inner.entry.danger || inner.entry.condition !== undefined))
        return malicious('reflection', 'critical', 'high');
    }
    return object.how === 'new' ? malicious('computed-class', 'high', 'medium') : malicious('computed-callee', 'high', 'medium');
  }

  /** NEWOBJ and its like: `cls.__new__(cls, …)`. */
  #create(global: GlobalValue, object: ObjectValue): Judgement {
    const standing = this.#host.standing(global);
    switch (standing.type) {
      case 'known': {
        const { entry } = standing;
        if (entry.finalizer !== undefined) return suspicious(entry.finalizer, 'high');
        // Restored empty it is a value; with a name, `__new__` opens a file.
        if (entry.danger && textOf(argumentsOf(object)[0]) !== undefined) return this.#danger(entry.danger.category, entry.danger.severity);
        if (entry.uses.has('call')) return SILENT;
        if (entry.uses.has('new')) return this.evaluates(global, object.args);
        if (entry.condition !== undefined) return this.#conditional(entry.condition, entry.danger, object);
        if (entry.danger) return this.#danger(entry.danger.category, entry.danger.severity);
        return suspicious('reference-called', 'low');
      }
      case 'code':
        return this.#code(object);
      case 'danger':
        if (!standing.standard && standing.classLike && !(standing.listed && textOf(argumentsOf(object)[0]) !== undefined))
          return suspicious(standing.category, 'medium', 'low');
        return standing.listed || !standing.classLike
          ? this.#danger(standing.category, standing.severity)
          : suspicious(standing.category, 'medium');
      case 'plain':
        return standing.classLike ? suspicious('standard-library', 'low', 'low') : suspicious('standard-library');
      case 'library':
        return standing.classLike ? this.evaluates(global, object.args) : suspicious('unknown-class', 'low', 'low');
      case 'denied':
        return suspicious('library-internals', 'medium', 'medium');
      default:
        if (!standing.classLike) return suspicious('unknown-class', 'low', 'low');
        this.#host.unknownClass(global);
        return NOTE;
    }
  }

  #reduce(global: GlobalValue, object: ObjectValue): Judgement {
    const restored = restoredByCython(global, object);
    if (restored) {
      this.#host.use(restored);
      const standing = this.#host.standing(restored);
      // Known as a value only, and still a class that the same library restores.
      const same = standing.type === 'known' && !standing.entry.danger && standing.entry.finalizer === undefined;
      return same ? SILENT : this.#create(restored, object);
    }
    const standing = this.#host.standing(global);
    switch (standing.type) {
      case 'known': {
        const { entry } = standing;
        if (entry.condition !== undefined) {
          const outcome = this.#conditional(entry.condition, entry.danger, object);
          if (outcome.level === 'silent' || !entry.uses.has('call')) return outcome;
        }
        if (entry.uses.has('call')) return SILENT;
        if (entry.danger) return this.#danger(entry.danger.category, entry.danger.severity);
        if (/^_*[A-Z]/.test(global.name) && this.#isEnumMember(object)) return SILENT;
        return this.#weigh(global, object, suspicious(entry.uses.has('new') ? 'constructor-called' : 'reference-called', 'low'));
      }
      case 'code':
        return onlyRestores(object, this.#host) ? SILENT : this.#code(object);
      case 'danger':
        if (!standing.listed && EXCEPTION.test(global.name)) return suspicious('exception', 'low', 'low');
        // Members of enumerations such as `socket.AddressFamily` are written as a call with their number.
        if (!standing.listed && standing.classLike && typeof argumentsOf(object)[0] === 'number' && this.#isEnumMember(object))
          return suspicious(standing.category, 'low', 'low');
        return !standing.listed && !standing.standard && standing.classLike
          ? this.#weigh(global, object, suspicious(standing.category, 'high', 'low'))
          : this.#danger(standing.category, standing.severity, standing.listed);
      case 'plain':
        if (EXCEPTION.test(global.name)) return suspicious('exception', 'low', 'low');
        return this.#weigh(global, object, suspicious('standard-library'));
      case 'library':
        return standing.classLike && this.#isEnumMember(object) ? SILENT : this.#weigh(global, object, suspicious('unknown-call'));
      case 'denied':
        return this.#weigh(global, object, suspicious('library-internals', 'high'));
      default:
        if (standing.classLike && standing.type === 'own' && this.#isEnumMember(object, true)) {
          this.#host.unknownClass(global);
          return NOTE;
        }
        return this.#weigh(global, object, suspicious('unknown-call'));
    }
  }

  /** A call with one constant is how enum members are written; with a text, other constructors open files of that name. */
  #isEnumMember(object: ObjectValue, own = false): boolean {
    const args = argumentsOf(object);
    const [value] = args;
    if (args.length !== 1 || value === undefined || !isConstant(value)) return false;
    // Bytes are a file name to whoever opens one.
    if (value instanceof BytesValue || value instanceof TextValue) return false;
    if (typeof value !== 'string') return true;
    return /^[\w .:+-]{0,64}$/.test(value) && (own || this.#host.knowledge.isEnumLike(nameOfCallee(object)));
  }

  #danger(category: string, severity: Severity, listed = true): Judgement {
    if (MILD.has(category)) return suspicious(category, severity);
    return malicious(category, severity === 'critical' ? 'critical' : 'high', listed ? 'high' : 'medium');
  }

  #conditional(
    condition: string,
    danger: { readonly category: string; readonly severity: Severity } | undefined,
    object: ObjectValue,
  ): Judgement {
    const outcome = checkCondition(condition, object, this.#host);
    switch (outcome.type) {
      case 'pass':
        return SILENT;
      case 'nested':
        for (const value of outcome.payloads) this.#host.payload({ value, offset: object.offset, via: nameOfCallee(object), nested: true });
        return SILENT;
      case 'new': {
        if (outcome.of instanceof GlobalValue) {
          this.#host.use(outcome.of);
          const made = this.#host.standing(outcome.of);
          // A rebuild function given to a rebuild function is a call, not a class.
          if (
            made.type === 'known' &&
            made.entry.condition !== undefined &&
            (made.entry.uses.size === 0 || MAKERS.test(made.entry.condition))
          )
            return malicious('call-through', 'high', 'medium');
          return this.#create(outcome.of, object);
        }
        if (
          outcome.of instanceof ObjectValue &&
          outcome.of.callee instanceof GlobalValue &&
          this.#host.standing(outcome.of.callee).type === 'code'
        )
          return suspicious('embedded-code', 'medium', 'high');
        return malicious('computed-class', 'high', 'medium');
      }
      case 'call': {
        const called = this.#host.standing(outcome.of);
        if (called.type === 'known' && called.entry.condition !== undefined && MAKERS.test(called.entry.condition))
          return malicious('call-through', 'high', 'medium');
        return this.#reduce(outcome.of, object);
      }
      case 'fail':
        return danger ? this.#danger(danger.category, danger.severity) : suspicious('unusual-arguments', 'high');
    }
  }

  #code(object: ObjectValue): Judgement {
    const found = judgeCode(object, this.#host.knowledge);
    if (found.references.length > 0) return malicious('embedded-code', 'critical', 'medium');
    return suspicious('embedded-code', 'medium', 'high');
  }

  /** An unknown callable with a telling name or a telling argument. */
  #weigh(global: GlobalValue, object: ObjectValue, otherwise: Judgement): Judgement {
    if (this.#host.knowledge.isHostileCallee(global.name)) return malicious('unknown-call', 'high', 'medium');
    const namesake = this.#host.knowledge.namesake(global.module, global.name);
    if (namesake !== undefined) return malicious(namesake, 'high', 'medium');
    const [first] = argumentsOf(object);
    if (this.#host.knowledge.isReader(global.name) && (typeof first === 'string' || first instanceof TextValue))
      return malicious('unknown-call', 'high', 'medium');
    for (const value of inside(object.args, this.#host.work, 256)) {
      const text = textOf(value);
      if (text !== undefined && this.#host.knowledge.isHostileText(text.slice(0, 4096)))
        return malicious('hostile-argument', 'high', 'medium');
    }
    return otherwise;
  }

  /** A dangerous name among the arguments. Pickled classes name metaclasses and types (`making`): those are no reason. */
  #dangerIn(value: Value | undefined, making: boolean): GlobalValue | undefined {
    if (!this.#host.dangers || value === undefined) return undefined;
    for (const item of inside(value, this.#host.work)) {
      if (!(item instanceof GlobalValue)) continue;
      const standing = this.#host.standing(item);
      if (making && standing.type === 'danger' && (standing.category === 'reflection' || standing.category === 'import')) continue;
      if (standing.type === 'danger' && (standing.listed || (standing.standard && !standing.classLike)) && !MILD.has(standing.category))
        return item;
    }
    return undefined;
  }
}
