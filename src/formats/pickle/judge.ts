import type { Verdict } from '../../core/component.ts';
import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import { judgeCode } from './code-object.ts';
import { mayCarryPickle } from './carriers.ts';
import { Calls, type CallHost } from './calls.ts';
import { payloadsOf } from './conditions.ts';
import { resultOf } from './evaluate.ts';
import { malicious, MILD, SILENT, suspicious, type Judgement } from './judgement.ts';
import type { PickleOptions } from './api.ts';
import type { Payload } from './payloads.ts';
import { Ledger } from './ledger.ts';
import type { Anomaly, Sink } from './sink.ts';
import { clean } from './repr.ts';
import { standingOf, type Standing } from './standing.ts';
import { dictionaries, judgeState } from './state.ts';
import { Trace } from './trace.ts';
import { BytesValue, DictValue, GlobalValue, ObjectValue, type PersistentValue, SequenceValue, type Value } from './values.ts';
import { textOf, type Work } from './walk.ts';

/** An anomaly that no honest pickler makes on purpose, but that does nothing on its own. */
const HARMLESS_ANOMALIES: ReadonlySet<Anomaly> = new Set(['stack-left-over']);
/** Payloads in data that are looked into. */
const MAX_PAYLOADS = 64;
/** Files that honest loaders read out of one pickle: a state dictionary holds one for each tensor. */
const MAX_NESTED = 20_000;
/** Categories in which even an uncalled, unlisted name of the standard library is told. */
const TELLING: ReadonlySet<string> = new Set([
  'process',
  'code-execution',
  'native-code',
  'network',
  'import',
  'deserialisation',
  'file-write',
  'package-install',
]);
/** Categories of modules whose functions nobody keeps in a model. */
const OUTWARD: ReadonlySet<string> = new Set(['process', 'network', 'package-install', 'import']);
/** What functions that run programs and text are called, whoever wrote them. */
const STARTS =
  /^(?:system|popen\d?|Popen|check_output|check_call|getoutput|getstatusoutput|exec\w{0,3}|exec_(?:code|command)|execfile|eval|fork_exec|spawn[lv]\w{0,2}|run_(?:command|cmd|shell|process)|shell_exec|os_system|__import__|import_module)$/;
/** Names that an opcode looks up on an instance and calls. */
const HOOKS = /^(?:append|extend|add|__\w+__)$/;

export interface JudgeOptions {
  readonly torch: PickleOptions['torch'];
}

/** Weighs what the machine reports. */
export class Judge implements Sink, CallHost {
  readonly ledger = new Ledger();
  readonly trace = new Trace();
  readonly payloads: Payload[] = [];
  readonly nested: Payload[] = [];
  /** More nested files than are looked into. */
  nestedOmitted = false;
  /** A state was no longer known when it was set. */
  stateLost = false;
  readonly globals = new Map<string, { readonly global: GlobalValue; readonly offset: number; used: boolean }>();
  readonly unknownClasses = new Map<string, number>();
  readonly anomalies = new Set<Anomaly>();
  readonly persistentIds: Value[] = [];
  /** Versions of the libraries that wrote the objects. */
  readonly versions = new Map<string, string>();
  readonly knowledge: PickleKnowledge;
  readonly #options: JudgeOptions;
  readonly #standings = new Map<GlobalValue, Standing>();
  /** A dangerous name was imported. */
  dangers = false;
  readonly work: Work = { visits: 0 };
  readonly #calls = new Calls(this);

  constructor(knowledge: PickleKnowledge, options: JudgeOptions) {
    this.knowledge = knowledge;
    this.#options = options;
  }

  standing(global: GlobalValue): Standing {
    let standing = this.#standings.get(global);
    if (!standing) {
      standing = standingOf(global, this.knowledge);
      this.#standings.set(global, standing);
    }
    return standing;
  }

  hostile(text: string): boolean {
    return this.knowledge.isHostileCallee(text) || this.knowledge.hostileNames.has(text) || this.knowledge.isHostileText(text);
  }

  imported(global: GlobalValue, offset: number): void {
    const key = `${global.module} ${global.name}`;
    if (this.globals.has(key)) return;
    this.globals.set(key, { global, offset, used: false });
    const standing = this.standing(global);
    if (standing.type === 'danger') this.dangers = true;
    this.trace.import(global, standing.type !== 'known');
  }

  hiddenImport(module: Value, name: Value, offset: number): void {
    this.trace.comment(`import of ${this.trace.printer.print(module)} ${this.trace.printer.print(name)}: not written in the file`);
    this.ledger.add({
      rule: 'unsafe-artifact',
      severity: 'critical',
      confidence: 'high',
      verdict: 'malicious',
      offset,
      args: { category: 'hidden-import', imported: 'a name that the file computes' },
    });
  }

  called(object: ObjectValue, offset: number): Value | undefined {
    const judgement = this.#calls.judge(object);
    const marked = judgement.level !== 'silent';
    if (object.callee instanceof GlobalValue) this.use(object.callee);
    this.#report(judgement, object, offset);
    if (marked || this.trace.open) this.trace.call(object, marked, marked && judgement.level !== 'note' ? judgement.category : '');
    else this.trace.call(object, false);
    if (marked && judgement.level !== 'note') this.#queuePayloads(object, offset);
    if (object.how === 'new') return undefined;
    const result = resultOf(object);
    // Protocols below 3 write bytes as text with a call.
    if (result instanceof BytesValue && mayCarryPickle(result)) this.constant(result, offset);
    if (result instanceof GlobalValue && this.standing(result).type === 'danger') this.dangers = true;
    return result;
  }

  built(target: Value, state: Value, offset: number): void {
    if (target instanceof GlobalValue) {
      this.use(target);
      this.trace.build(target, state, true);
      this.#unsafe(malicious('attribute-rewrite'), target.path, 'BUILD', offset, state);
      return;
    }
    let marked = false;
    if (target instanceof ObjectValue) {
      const problem = judgeState(target, state, this.knowledge, (global) => this.standing(global), this.dangers, this.work);
      if (problem) {
        marked = true;
        this.#unsafe(problem.judgement, problem.callee, 'BUILD', offset, state);
      }
      if (stateHooks(state, this.work)) target.hooked = true;
      if (state instanceof DictValue) this.#version(state);
    } else {
      marked = true;
      this.#unsafe(suspicious('unknown-target', 'high'), this.trace.printer.print(target), 'BUILD', offset, state);
    }
    if (marked || this.trace.open) this.trace.build(target, state, marked);
  }

  lost(): void {
    this.stateLost = true;
  }

  assigned(target: Value, pairs: readonly Value[], offset: number): void {
    const judgement = this.#mutation(target, pairs);
    this.trace.assign(target, pairs, judgement.level !== 'silent');
    this.#unsafe(judgement, this.#nameOf(target), 'SETITEM', offset, pairs[0]);
  }

  appended(target: Value, items: readonly Value[], method: 'append' | 'extend' | 'add', offset: number): void {
    const judgement = this.#mutation(target, items);
    this.trace.method(target, method, items, judgement.level !== 'silent');
    this.#unsafe(judgement, this.#nameOf(target), method.toUpperCase(), offset, items[0]);
  }

  persistent(value: PersistentValue, offset: number): Value | undefined {
    const { id } = value;
    const cls = this.#options.torch === 'legacy' ? classOfModuleId(id) : undefined;
    if (cls) return cls;
    if (this.persistentIds.length < MAX_PERSISTENT_IDS) this.persistentIds.push(id);
    if (id instanceof SequenceValue && id.type === 'tuple' && id.items[0] === 'storage') {
      const storage = id.items[1];
      if (storage instanceof GlobalValue) {
        this.use(storage);
        if (/^torch(?:\.|$)/.test(storage.module) && /(?:Storage|^_?(?:Un)?[Tt]ypedStorage)$/.test(storage.name)) {
          const key = textOf(id.items[2]) ?? '';
          if (!/[/\\]|\.\./.test(key)) return undefined;
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
    return undefined;
  }

  extension(code: number, offset: number): void {
    this.trace.comment(`extension ${code}: the name stands in the reader's registry`);
    this.ledger.add({
      rule: 'unsafe-artifact',
      severity: 'high',
      confidence: 'medium',
      verdict: 'suspicious',
      offset,
      args: { category: 'extension-code', callee: `copyreg extension ${code}` },
    });
  }

  anomaly(code: Anomaly, offset: number): void {
    this.anomalies.add(code);
    if (HARMLESS_ANOMALIES.has(code)) return;
    this.ledger.add({
      rule: 'pickle-anomaly',
      severity: 'medium',
      confidence: 'high',
      verdict: 'suspicious',
      offset,
      args: { anomaly: code },
    });
  }

  /** Bytes in the data that may be a file of their own. */
  constant(value: Value, offset: number): void {
    this.payload({ value, offset, via: undefined, nested: false });
  }

  /** After the last pickle: names that were imported and never called. */
  finish(): void {
    for (const { global, offset, used } of this.globals.values()) {
      if (used) continue;
      const standing = this.standing(global);
      const stored = this.#storedHarm(global, standing);
      if (stored !== undefined) this.#unsafe(stored, global.path, 'import', offset, undefined);
      else if (standing.type === 'danger' && (standing.listed || standing.standard)) {
        const exact = standing.listed && standing.severity !== 'medium' && standing.severity !== 'low' && !MILD.has(standing.category);
        if (!exact && (standing.classLike || !TELLING.has(standing.category))) continue;
        this.#unsafe(
          exact ? suspicious(standing.category, 'high', 'medium') : suspicious(standing.category, 'low', 'low'),
          global.path,
          'import',
          offset,
          undefined,
        );
      }
    }
  }

  /** A function of somebody's library that starts programs or sends things, kept for whoever calls it later. */
  #storedHarm(global: GlobalValue, standing: Standing): Judgement | undefined {
    if (standing.type === 'known' || standing.type === 'code' || standing.type === 'plain') return undefined;
    if (standing.type === 'danger') {
      const away = !standing.listed && !standing.standard && !standing.classLike && OUTWARD.has(standing.category);
      return away ? suspicious(standing.category, 'low', 'low') : undefined;
    }
    const last = global.name.slice(global.name.lastIndexOf('.') + 1);
    return STARTS.test(last) || /(?:^|\.)subprocess$/.test(global.module) ? suspicious('process', 'medium', 'medium') : undefined;
  }

  #version(state: DictValue): void {
    const version = state.get('_sklearn_version');
    if (typeof version === 'string' && /^[\w.+-]{1,32}$/.test(version)) this.versions.set('scikit-learn', version);
  }

  unknownClass(global: GlobalValue): void {
    const name = clean(global.path);
    if (this.unknownClasses.size < 1000 || this.unknownClasses.has(name))
      this.unknownClasses.set(name, (this.unknownClasses.get(name) ?? 0) + 1);
  }

  use(global: GlobalValue): void {
    const seen = this.globals.get(`${global.module} ${global.name}`);
    if (seen) seen.used = true;
  }

  #nameOf(target: Value): string {
    if (target instanceof GlobalValue) return target.path;
    if (target instanceof ObjectValue && target.callee instanceof GlobalValue) return target.callee.path;
    return this.trace.printer.print(target);
  }

  /** APPEND, SETITEM and friends call a method of whatever lies on the stack. */
  #mutation(target: Value, items: readonly Value[]): Judgement {
    if (target instanceof GlobalValue) {
      this.use(target);
      return malicious('global-mutation');
    }
    if (!(target instanceof ObjectValue) || !(target.callee instanceof GlobalValue)) return suspicious('unknown-target', 'high');
    if (target.hooked) return malicious('method-hook');
    const standing = this.standing(target.callee);
    const evaluated = this.#calls.evaluates(target.callee, new SequenceValue('tuple', [...items]));
    if (evaluated.level !== 'silent') return evaluated;
    if (standing.type === 'known') return SILENT;
    if (standing.type === 'danger') return malicious(standing.category, 'high', 'medium');
    if (standing.type === 'code') return SILENT;
    return target.how === 'new' || target.callee.name === '_reconstructor' ? SILENT : suspicious('unknown-target');
  }

  #report(judgement: Judgement, object: ObjectValue, offset: number): void {
    if (judgement.level === 'silent' || judgement.level === 'note') return;
    const callee = object.callee instanceof GlobalValue ? object.callee : undefined;
    if (callee && this.standing(callee).type === 'code') {
      const found = judgeCode(object, this.knowledge);
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
    this.#unsafe(
      judgement,
      callee ? callee.path : this.trace.printer.print(object.callee),
      object.how === 'new' ? 'NEWOBJ' : 'call',
      offset,
      object.args,
      this.trace.printer.arguments(object),
    );
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
      args: { category: judgement.category, [how === 'import' ? 'imported' : 'callee']: clean(callee), how },
      detail: value === undefined ? {} : { arguments: printed ?? this.trace.printer.print(value) },
    });
  }

  #queuePayloads(object: ObjectValue, offset: number): void {
    const via = this.#nameOf(object);
    for (const value of payloadsOf(object.args, this.work)) this.payload({ value, offset, via, nested: false });
  }

  payload(payload: Payload): void {
    if (!payload.nested) {
      if (this.payloads.length < MAX_PAYLOADS) this.payloads.push(payload);
    } else if (this.nested.length < MAX_NESTED) this.nested.push(payload);
    else this.nestedOmitted = true;
  }
}

/** Persistent ids that are handed to the caller: a large model has some thousand storages. */
export const MAX_PERSISTENT_IDS = 200_000;

/**
 * `('module', cls, source_file, source)`: torch's loader gives back the class, and compares the
 * source with its own only to warn. Nothing of the text runs.
 */
function classOfModuleId(id: Value): GlobalValue | undefined {
  if (!(id instanceof SequenceValue) || id.type !== 'tuple' || id.items[0] !== 'module') return undefined;
  const cls = id.items[1];
  return cls instanceof GlobalValue ? cls : undefined;
}

/** The state puts something callable under a name that an opcode calls. */
const stateHooks = (state: Value, work: Work): boolean =>
  dictionaries(state, work).some((dict) =>
    dict.keys.some((key, index) => {
      const value = dict.values[index];
      return typeof key === 'string' && HOOKS.test(key) && (value instanceof GlobalValue || value instanceof ObjectValue);
    }),
  );
