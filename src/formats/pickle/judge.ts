import type { Verdict } from '../../core/component.ts';
import type { Severity } from '../../core/severity.ts';
import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import { judgeCode } from './code-object.ts';
import { checkCondition, payloadsOf } from './conditions.ts';
import { resultOf } from './evaluate.ts';
import { malicious, NOTE, SILENT, suspicious, type Judgement } from './judgement.ts';
import { Ledger } from './ledger.ts';
import type { Anomaly, Sink } from './machine.ts';
import { clean } from './repr.ts';
import { standingOf, type Standing } from './standing.ts';
import { judgeState } from './state.ts';
import { Trace } from './trace.ts';
import { DictValue, GlobalValue, isComposite, ObjectValue, type PersistentValue, SequenceValue, type Value } from './values.ts';
import { argumentsOf, inside, isConstant, textOf } from './walk.ts';

/** Categories whose harm ends with the process. */
const MILD = new Set(['denial-of-service']);
/** An anomaly that no honest pickler makes on purpose, but that does nothing on its own. */
const HARMLESS_ANOMALIES: ReadonlySet<Anomaly> = new Set(['stack-left-over']);
/** Payloads in data that are looked into. */
const MAX_PAYLOADS = 64;
/** Exceptions take their message and do nothing. */
const EXCEPTION = /^_*[A-Z]\w*(?:Error|Exception|Warning)$/;
/** Categories in which even an uncalled, unlisted name of the standard library is told. */
const TELLING: ReadonlySet<string> = new Set(['process', 'code-execution', 'native-code', 'network', 'import', 'deserialisation', 'file-write', 'package-install']);
/** Functions of cloudpickle and dill that make classes; their instances are no calls of the code in them. */
const CLASS_MAKERS = /skeleton|_create_type|_builtin_type|_load_type|_lookup_class|_rehydrate|_create_namedtuple|dtypemeta/;
/** Names that an opcode looks up on an instance and calls. */
const HOOKS = /^(?:append|extend|add|__\w+__)$/;

export interface Payload {
  readonly value: Value;
  readonly offset: number;
  /** Callee that reads it; absent for bytes that merely lie in the data. */
  readonly via: string | undefined;
  /** An honest callee reads it as a file: what is not understood there is not understood at all. */
  readonly nested: boolean;
}

export interface JudgeOptions {
  readonly torch: boolean;
}

/** Weighs what the machine reports. */
export class Judge implements Sink {
  readonly ledger = new Ledger();
  readonly trace = new Trace();
  readonly payloads: Payload[] = [];
  readonly globals = new Map<string, { readonly global: GlobalValue; readonly offset: number; used: boolean }>();
  readonly unknownClasses = new Map<string, number>();
  readonly anomalies = new Set<Anomaly>();
  readonly persistentIds: Value[] = [];
  /** Versions of the libraries that wrote the objects. */
  readonly versions = new Map<string, string>();
  readonly #knowledge: PickleKnowledge;
  readonly #options: JudgeOptions;
  readonly #standings = new Map<GlobalValue, Standing>();
  #dangers = false;

  constructor(knowledge: PickleKnowledge, options: JudgeOptions) {
    this.#knowledge = knowledge;
    this.#options = options;
  }

  standing(global: GlobalValue): Standing {
    let standing = this.#standings.get(global);
    if (!standing) {
      standing = standingOf(global, this.#knowledge);
      this.#standings.set(global, standing);
    }
    return standing;
  }

  imported(global: GlobalValue, offset: number): void {
    const key = `${global.module} ${global.name}`;
    if (this.globals.has(key)) return;
    this.globals.set(key, { global, offset, used: false });
    const standing = this.standing(global);
    if (standing.type === 'danger') this.#dangers = true;
    this.trace.import(global, standing.type !== 'known');
  }

  hiddenImport(module: Value, name: Value, offset: number): void {
    this.trace.comment(`import of ${this.trace.printer.print(module)} ${this.trace.printer.print(name)}: not written in the file`);
    this.ledger.add({ rule: 'unsafe-artifact', severity: 'critical', confidence: 'high', verdict: 'malicious', offset, args: { category: 'hidden-import', callee: 'STACK_GLOBAL' } });
  }

  called(object: ObjectValue, offset: number): Value | undefined {
    const judgement = this.#call(object);
    const marked = judgement.level !== 'silent';
    if (object.callee instanceof GlobalValue) this.#use(object.callee);
    this.#report(judgement, object, offset);
    if (marked || this.trace.open) this.trace.call(object, marked, marked && judgement.level !== 'note' ? judgement.category : '');
    else this.trace.call(object, false);
    if (marked && judgement.level !== 'note') this.#queuePayloads(object, offset);
    if (object.how === 'new') return undefined;
    const result = resultOf(object);
    if (result instanceof GlobalValue && this.standing(result).type === 'danger') this.#dangers = true;
    return result;
  }

  built(target: Value, state: Value, offset: number): void {
    if (target instanceof GlobalValue) {
      this.#use(target);
      this.trace.build(target, state, true);
      this.#unsafe(malicious('attribute-rewrite'), target.path, 'BUILD', offset, state);
      return;
    }
    let marked = false;
    if (target instanceof ObjectValue) {
      const problem = judgeState(target, state, this.#knowledge, (global) => this.standing(global), this.#dangers);
      if (problem) {
        marked = true;
        this.#unsafe(problem.judgement, problem.callee, 'BUILD', offset, state);
      }
      if (stateHooks(state)) target.hooked = true;
      if (state instanceof DictValue) this.#version(state);
    } else {
      marked = true;
      this.#unsafe(suspicious('unknown-target', 'high'), this.trace.printer.print(target), 'BUILD', offset, state);
    }
    if (marked || this.trace.open) this.trace.build(target, state, marked);
  }

  assigned(target: Value, pairs: readonly Value[], offset: number): void {
    const judgement = this.#mutation(target);
    this.trace.assign(target, pairs, judgement.level !== 'silent');
    this.#unsafe(judgement, this.#nameOf(target), 'SETITEM', offset, pairs[0]);
  }

  appended(target: Value, items: readonly Value[], method: 'append' | 'extend' | 'add', offset: number): void {
    const judgement = this.#mutation(target);
    this.trace.method(target, method, items, judgement.level !== 'silent');
    this.#unsafe(judgement, this.#nameOf(target), method.toUpperCase(), offset, items[0]);
  }

  persistent(value: PersistentValue, offset: number): void {
    const { id } = value;
    if (this.persistentIds.length < MAX_PERSISTENT_IDS) this.persistentIds.push(id);
    if (id instanceof SequenceValue && id.type === 'tuple' && id.items[0] === 'storage') {
      const storage = id.items[1];
      if (storage instanceof GlobalValue) {
        this.#use(storage);
        if (/^torch(?:\.|$)/.test(storage.module) && /(?:Storage|^_?(?:Un)?[Tt]ypedStorage)$/.test(storage.name)) {
          const key = textOf(id.items[2]) ?? '';
          if (!/[/\\]|\.\./.test(key)) return;
        }
      }
    }
    this.ledger.add({
      rule: 'pickle-anomaly',
      severity: 'medium',
      confidence: 'medium',
      verdict: 'suspicious',
      offset,
      args: { anomaly: this.#options.torch ? 'storage-id' : 'persistent-id' },
      detail: { value: this.trace.printer.print(id) },
    });
  }

  extension(code: number, offset: number): void {
    this.trace.comment(`extension ${code}: the name stands in the reader's registry`);
    this.ledger.add({ rule: 'unsafe-artifact', severity: 'high', confidence: 'medium', verdict: 'suspicious', offset, args: { category: 'extension-code', callee: `copyreg extension ${code}` } });
  }

  anomaly(code: Anomaly, offset: number): void {
    this.anomalies.add(code);
    if (HARMLESS_ANOMALIES.has(code)) return;
    this.ledger.add({ rule: 'pickle-anomaly', severity: 'medium', confidence: 'high', verdict: 'suspicious', offset, args: { anomaly: code } });
  }

  /** Bytes in the data that may be a file of their own. */
  constant(value: Value, offset: number): void {
    if (this.payloads.length < MAX_PAYLOADS) this.payloads.push({ value, offset, via: undefined, nested: false });
  }

  /** After the last pickle: names that were imported and never called. */
  finish(): void {
    for (const { global, offset, used } of this.globals.values()) {
      if (used) continue;
      const standing = this.standing(global);
      if (standing.type === 'danger' && (standing.listed || standing.standard)) {
        const exact = standing.listed && standing.severity !== 'medium' && standing.severity !== 'low' && !MILD.has(standing.category);
        if (!exact && (standing.classLike || !TELLING.has(standing.category))) continue;
        this.#unsafe(exact ? suspicious(standing.category, 'high', 'medium') : suspicious(standing.category, 'low', 'low'), global.path, 'import', offset, undefined);
      }
    }
  }

  #version(state: DictValue): void {
    const version = state.get('_sklearn_version');
    if (typeof version === 'string' && /^[\w.+-]{1,32}$/.test(version)) this.versions.set('scikit-learn', version);
  }

  #use(global: GlobalValue): void {
    const seen = this.globals.get(`${global.module} ${global.name}`);
    if (seen) seen.used = true;
  }

  #nameOf(target: Value): string {
    if (target instanceof GlobalValue) return target.path;
    if (target instanceof ObjectValue && target.callee instanceof GlobalValue) return target.callee.path;
    return this.trace.printer.print(target);
  }

  /** APPEND, SETITEM and friends call a method of whatever lies on the stack. */
  #mutation(target: Value): Judgement {
    if (target instanceof GlobalValue) {
      this.#use(target);
      return malicious('global-mutation');
    }
    if (!(target instanceof ObjectValue) || !(target.callee instanceof GlobalValue)) return suspicious('unknown-target', 'high');
    if (target.hooked) return malicious('method-hook');
    const standing = this.standing(target.callee);
    if (standing.type === 'known') return SILENT;
    if (standing.type === 'danger') return malicious(standing.category, 'high', 'medium');
    if (standing.type === 'code') return SILENT;
    return target.how === 'new' || target.callee.name === '_reconstructor' ? SILENT : suspicious('unknown-target');
  }

  #call(object: ObjectValue): Judgement {
    const { callee } = object;
    if (callee instanceof GlobalValue) {
      const judgement = object.how === 'new' || this.#isBare(object, callee) ? this.#create(callee, object) : this.#reduce(callee, object);
      if (judgement.level === 'malicious') return judgement;
      const given = this.#dangerIn(object.args) ?? this.#dangerIn(object.kwargs);
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
    const standing = this.standing(callee);
    return standing.type === 'known' && standing.entry.condition === 'reconstructor';
  }

  /** The callee is itself the result of a call, or not known at all. */
  #indirect(object: ObjectValue): Judgement {
    const { callee } = object;
    if (callee instanceof ObjectValue && callee.callee instanceof GlobalValue) {
      const inner = this.standing(callee.callee);
      if (inner.type === 'code') {
        if (object.how === 'new' || CLASS_MAKERS.test(callee.callee.name)) return suspicious('embedded-code', 'medium', 'high');
        return malicious('embedded-code-call', 'critical', 'high');
      }
      if (inner.type === 'danger') return malicious(inner.category);
      if (inner.type === 'known' && (inner.entry.danger || inner.entry.condition !== undefined)) return malicious('reflection', 'critical', 'high');
    }
    return object.how === 'new' ? malicious('computed-class', 'high', 'medium') : malicious('computed-callee', 'high', 'medium');
  }

  /** NEWOBJ and its like: `cls.__new__(cls, …)`. */
  #create(global: GlobalValue, object: ObjectValue): Judgement {
    const standing = this.standing(global);
    switch (standing.type) {
      case 'known': {
        const { entry } = standing;
        if (entry.finalizer !== undefined) return suspicious(entry.finalizer, 'high');
        if (entry.uses.has('new') || entry.uses.has('call')) return SILENT;
        if (entry.condition !== undefined) return this.#conditional(entry.condition, entry.danger, object);
        if (entry.danger) return this.#danger(entry.danger.category, entry.danger.severity);
        return suspicious('reference-called', 'low');
      }
      case 'code':
        return this.#code(global, object, standing.role);
      case 'danger':
        if (!standing.standard && standing.classLike) return suspicious(standing.category, 'medium', 'low');
        return standing.listed || !standing.classLike ? this.#danger(standing.category, standing.severity) : suspicious(standing.category, 'medium');
      case 'plain':
        return standing.classLike ? suspicious('standard-library', 'low', 'low') : suspicious('standard-library');
      case 'library':
        return standing.classLike ? SILENT : suspicious('unknown-class', 'low', 'low');
      case 'denied':
        return suspicious('library-internals', 'medium', 'medium');
      default:
        if (!standing.classLike) return suspicious('unknown-class', 'low', 'low');
        this.#noteClass(global);
        return NOTE;
    }
  }

  #noteClass(global: GlobalValue): void {
    const name = clean(global.path);
    if (this.unknownClasses.size < 1000 || this.unknownClasses.has(name)) this.unknownClasses.set(name, (this.unknownClasses.get(name) ?? 0) + 1);
  }

  #reduce(global: GlobalValue, object: ObjectValue): Judgement {
    const standing = this.standing(global);
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
        return this.#code(global, object, standing.role);
      case 'danger':
        if (!standing.listed && EXCEPTION.test(global.name)) return suspicious('exception', 'low', 'low');
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
        if (standing.classLike && standing.type === 'own' && this.#isEnumMember(object)) {
          this.#noteClass(global);
          return NOTE;
        }
        return this.#weigh(global, object, suspicious('unknown-call'));
    }
  }

  /** A call with one short constant is how enum members are written. */
  #isEnumMember(object: ObjectValue): boolean {
    const args = argumentsOf(object);
    const [value] = args;
    return args.length === 1 && value !== undefined && isConstant(value) && (typeof value !== 'string' || /^[\w .:+-]{0,64}$/.test(value));
  }

  #danger(category: string, severity: Severity, listed = true): Judgement {
    if (MILD.has(category)) return suspicious(category, severity);
    return malicious(category, severity === 'critical' ? 'critical' : 'high', listed ? 'high' : 'medium');
  }

  #conditional(condition: string, danger: { readonly category: string; readonly severity: Severity } | undefined, object: ObjectValue): Judgement {
    const outcome = checkCondition(condition, object, this);
    switch (outcome.type) {
      case 'pass':
        return SILENT;
      case 'nested':
        for (const value of outcome.payloads) this.#queue({ value, offset: object.offset, via: this.#nameOf(object), nested: true });
        return SILENT;
      case 'new': {
        if (outcome.of instanceof GlobalValue) {
          this.#use(outcome.of);
          const made = this.standing(outcome.of);
          // A rebuild function given to a rebuild function is a call, not a class.
          if (made.type === 'known' && made.entry.condition !== undefined && made.entry.uses.size === 0) return malicious('call-through', 'high', 'medium');
          return this.#create(outcome.of, object);
        }
        if (outcome.of instanceof ObjectValue && outcome.of.callee instanceof GlobalValue && this.standing(outcome.of.callee).type === 'code') return suspicious('embedded-code', 'medium', 'high');
        return malicious('computed-class', 'high', 'medium');
      }
      case 'call':
        return this.#reduce(outcome.of, object);
      case 'fail':
        return danger ? this.#danger(danger.category, danger.severity) : suspicious('unusual-arguments', 'high');
    }
  }

  #code(global: GlobalValue, object: ObjectValue, role: 'code' | 'build'): Judgement {
    const found = judgeCode(object, role, this.#knowledge);
    if (found.references.length > 0) return malicious('embedded-code', 'critical', 'medium');
    void global;
    return suspicious('embedded-code', 'medium', 'high');
  }

  /** An unknown callable with a telling name or a telling argument. */
  #weigh(global: GlobalValue, object: ObjectValue, otherwise: Judgement): Judgement {
    if (this.#knowledge.isHostileCallee(global.name)) return malicious('unknown-call', 'high', 'medium');
    const namesake = this.#knowledge.namesake(global.module, global.name);
    if (namesake !== undefined) return malicious(namesake, 'high', 'medium');
    for (const value of inside(object.args, 256)) {
      const text = textOf(value);
      if (text !== undefined && this.#knowledge.isHostileText(text.slice(0, 4096))) return malicious('hostile-argument', 'high', 'medium');
    }
    return otherwise;
  }

  #dangerIn(value: Value | undefined): GlobalValue | undefined {
    if (!this.#dangers || value === undefined) return undefined;
    for (const item of inside(value)) {
      if (!(item instanceof GlobalValue)) continue;
      const standing = this.standing(item);
      if (standing.type === 'danger' && (standing.listed || (standing.standard && !standing.classLike)) && !MILD.has(standing.category)) return item;
    }
    return undefined;
  }

  #report(judgement: Judgement, object: ObjectValue, offset: number): void {
    if (judgement.level === 'silent' || judgement.level === 'note') return;
    const callee = object.callee instanceof GlobalValue ? object.callee : undefined;
    if (callee && this.standing(callee).type === 'code') {
      const found = judgeCode(object, 'code', this.#knowledge);
      this.ledger.add({
        rule: 'pickle-code-object',
        severity: judgement.severity,
        confidence: judgement.confidence,
        verdict: judgement.level,
        offset,
        args: { callee: clean(callee.path) },
        detail: { references: found.references.slice(0, 20), names: found.names.slice(0, 20) },
      });
      return;
    }
    this.#unsafe(judgement, callee ? callee.path : this.trace.printer.print(object.callee), object.how === 'new' ? 'NEWOBJ' : 'call', offset, object.args, this.trace.printer.arguments(object));
  }

  #unsafe(judgement: Judgement, callee: string, how: string, offset: number, value: Value | undefined, printed?: string): void {
    if (judgement.level === 'silent' || judgement.level === 'note') return;
    const verdict: Exclude<Verdict, 'clean'> = judgement.level;
    this.ledger.add({
      rule: 'unsafe-artifact',
      severity: judgement.severity,
      confidence: judgement.confidence,
      verdict,
      offset,
      args: { category: judgement.category, callee: clean(callee), how },
      detail: value === undefined ? {} : { arguments: printed ?? this.trace.printer.print(value) },
    });
  }

  #queuePayloads(object: ObjectValue, offset: number): void {
    const via = this.#nameOf(object);
    for (const value of payloadsOf(object.args)) this.#queue({ value, offset, via, nested: false });
  }

  #queue(payload: Payload): void {
    if (this.payloads.length < MAX_PAYLOADS) this.payloads.push(payload);
  }
}

/** Persistent ids that are handed to the caller: a large model has some thousand storages. */
export const MAX_PERSISTENT_IDS = 200_000;

/** The state puts something callable under a name that an opcode calls. */
function stateHooks(state: Value): boolean {
  const parts = state instanceof SequenceValue && state.type === 'tuple' && state.size === 2 ? state.items : [state];
  for (const part of parts) {
    if (!isComposite(part) || part.kind !== 'dict') continue;
    for (let index = 0; index < part.keys.length; index += 1) {
      const key = part.keys[index];
      const value = part.values[index] ?? null;
      if (typeof key === 'string' && HOOKS.test(key) && (value instanceof GlobalValue || value instanceof ObjectValue)) return true;
    }
  }
  return false;
}
