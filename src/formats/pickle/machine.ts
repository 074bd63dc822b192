import { LimitError, ParseError } from '../../core/errors.ts';
import { Content, type Telling } from './content.ts';
import type { Instruction } from './decode.ts';
import { Memo } from './memo.ts';
import { HIGHEST_PROTOCOL } from './opcodes.ts';
import type { Sink } from './sink.ts';
import {
  BytesValue,
  DictValue,
  GlobalValue,
  isComposite,
  ObjectValue,
  OpaqueValue,
  PersistentValue,
  SequenceValue,
  TextValue,
  type Creation,
  type Value,
} from './values.ts';

/** Values on the stack at once. Picklers write batches of 1,000; only hostile streams come near. */
const MAX_STACK = 1_000_000;
export type Resolve = (module: string, name: string, protocol: number) => GlobalValue;

const isUnknown = (value: Value): boolean =>
  value instanceof ObjectValue ||
  value instanceof OpaqueValue ||
  value instanceof PersistentValue ||
  value instanceof TextValue ||
  value instanceof GlobalValue ||
  (value instanceof BytesValue && value.type === 'str');

/** CPython's unpickler without the running: stack, marks and memo over abstract values. */
export class Machine {
  /** Value of the last PROTO; 0 without one. */
  protocol = 0;
  /** `undefined` until a PROTO was seen. */
  declared: number | undefined;
  result: Value | undefined;
  stopped = false;
  /** The object of the BUILD that was just executed, for the raw-data hook. */
  justBuilt: ObjectValue | undefined;
  readonly #sink: Sink;
  readonly #resolve: Resolve;
  readonly #stack: Value[];
  readonly #marks: number[];
  readonly #memo: Memo;
  readonly #content: Content;
  readonly #telling: Telling;
  readonly #forked: boolean;
  #executed = 0;
  #frameEnd = 0;

  constructor(sink: Sink, resolve: Resolve, telling: Telling = () => false, from?: Machine) {
    this.#sink = sink;
    this.#resolve = resolve;
    this.#telling = telling;
    this.#forked = from !== undefined;
    this.#stack = from ? from.#stack.slice() : [];
    this.#marks = from ? from.#marks.slice() : [];
    this.#memo = new Memo(from ? from.#memo : undefined);
    this.#content = new Content(telling, from ? from.#content : undefined);
    if (from) this.protocol = from.protocol;
  }

  /** A machine that goes on from here and tells another sink. What it does leaves this one as it is. */
  fork(sink: Sink): Machine {
    return new Machine(sink, this.#resolve, this.#telling, this);
  }

  /** Whether a fork of `from`, which has not moved since, has left stack, marks and memo as they were. */
  isAs(from: Machine): boolean {
    return (
      this.#memo.untouched &&
      this.#stack.length === from.#stack.length &&
      this.#marks.length === from.#marks.length &&
      this.#stack.every((value, index) => value === from.#stack[index]) &&
      this.#marks.every((mark, index) => mark === from.#marks[index])
    );
  }

  /** Values that a fork copies. */
  get depth(): number {
    return this.#stack.length + this.#marks.length;
  }

  /** Executes one instruction; `end` is the offset behind it, `size` the file's. Throws `ParseError` where both of CPython's readers stop. */
  execute(instruction: Instruction, end: number, size: number): void {
    const { op, offset, argument } = instruction;
    if (this.#frameEnd > 0 && end >= this.#frameEnd) {
      // The Python reader cuts its input at the frame; the C reader only prefetches.
      if (end > this.#frameEnd && offset < this.#frameEnd) this.#sink.anomaly('frame-boundary', offset);
      this.#frameEnd = 0;
    }
    this.#executed += 1;
    switch (op.name) {
      case 'PROTO':
        return this.#proto(argument as number, offset);
      case 'FRAME':
        return this.#frame(argument as number, offset, end, size);
      case 'STOP':
        return this.#stop(offset);
      case 'MARK':
        this.#marks.push(this.#stack.length);
        return undefined;
      case 'POP':
        if (this.#stack.length > this.#fence) this.#stack.pop();
        else this.#popMark();
        return undefined;
      case 'POP_MARK':
        this.#popMark();
        return undefined;
      case 'DUP':
        return this.#push(this.#top());
      case 'NONE':
        return this.#push(null);
      case 'NEWTRUE':
        return this.#push(true);
      case 'NEWFALSE':
        return this.#push(false);
      case 'EMPTY_TUPLE':
        return this.#push(this.#content.sequence('tuple', []));
      case 'TUPLE1':
        return this.#push(this.#content.sequence('tuple', [this.#pop()]));
      case 'TUPLE2':
        return this.#push(this.#content.sequence('tuple', this.#popMany(2)));
      case 'TUPLE3':
        return this.#push(this.#content.sequence('tuple', this.#popMany(3)));
      case 'TUPLE':
        return this.#push(this.#content.sequence('tuple', this.#popMark()));
      case 'EMPTY_LIST':
        return this.#push(this.#content.sequence('list', []));
      case 'LIST':
        return this.#push(this.#content.sequence('list', this.#popMark()));
      case 'EMPTY_SET':
        return this.#push(this.#content.sequence('set', []));
      case 'FROZENSET':
        return this.#push(this.#content.sequence('frozenset', this.#popMark()));
      case 'EMPTY_DICT':
        return this.#push(this.#content.dict());
      case 'DICT': {
        const pairs = this.#popMark();
        const dict = this.#content.dict();
        this.#setItems(dict, pairs, offset);
        return this.#push(dict);
      }
      case 'APPEND': {
        const item = this.#pop();
        return this.#append(this.#top(), [item], 'append', offset);
      }
      case 'APPENDS': {
        const items = this.#popMark();
        return this.#append(this.#top(), items, 'extend', offset);
      }
      case 'ADDITEMS': {
        const items = this.#popMark();
        return this.#append(this.#top(), items, 'add', offset);
      }
      case 'SETITEM': {
        const pair = this.#popMany(2);
        return this.#setItems(this.#top(), pair, offset);
      }
      case 'SETITEMS': {
        const pairs = this.#popMark();
        return this.#setItems(this.#top(), pairs, offset);
      }
      case 'GET':
      case 'BINGET':
      case 'LONG_BINGET':
        return this.#push(this.#memo.get(Number(argument), offset));
      case 'PUT':
      case 'BINPUT':
      case 'LONG_BINPUT':
        if (this.#memo.put(Number(argument), this.#content.memoized(this.#top()), offset)) this.#sink.anomaly('memo-index', offset);
        return undefined;
      case 'MEMOIZE':
        this.#memo.put(this.#memo.size, this.#content.memoized(this.#top()), offset);
        return undefined;
      case 'GLOBAL':
        return this.#push(this.#import(argument as string, instruction.second, offset));
      case 'STACK_GLOBAL':
        return this.#stackGlobal(offset);
      case 'EXT1':
      case 'EXT2':
      case 'EXT4':
        return this.#extension(argument as number, offset);
      case 'REDUCE': {
        const args = this.#pop();
        const callee = this.#pop();
        return this.#call('reduce', callee, args, offset);
      }
      case 'NEWOBJ': {
        const args = this.#pop();
        const callee = this.#pop();
        return this.#call('new', callee, args, offset);
      }
      case 'NEWOBJ_EX': {
        const kwargs = this.#pop();
        const args = this.#pop();
        const callee = this.#pop();
        return this.#call('new', callee, args, offset, kwargs);
      }
      case 'INST': {
        // The Python reader imports before it looks for the MARK, the C reader after.
        const callee = this.#import(argument as string, instruction.second, offset);
        return this.#instance(callee, this.#popMark(), offset);
      }
      case 'OBJ': {
        const items = this.#popMark();
        const [callee, ...args] = items;
        if (callee === undefined) throw new ParseError('OBJ without a class', offset);
        return this.#instance(callee, args, offset);
      }
      case 'BUILD':
        return this.#build(offset);
      case 'PERSID':
        return this.#persistent(argument, offset);
      case 'BINPERSID':
        return this.#persistent(this.#pop(), offset);
      case 'NEXT_BUFFER':
        this.#sink.anomaly('buffer-without-source', offset);
        return this.#push(new OpaqueValue('buffer'));
      case 'READONLY_BUFFER':
        this.#top();
        return undefined;
      default:
        return this.#push(argument);
    }
  }

  /** The object that was just built has been looked at. A dtype's state says how long raw data is. */
  release(): void {
    const built = this.justBuilt;
    this.justBuilt = undefined;
    if (!built || !this.#content.thin) return;
    if (!(built.callee instanceof GlobalValue && built.callee.name === 'dtype')) built.state = null;
  }

  /** Raw data follows in the file: whatever frame was open is behind it. */
  leaveFrame(): void {
    this.#frameEnd = 0;
  }

  get #fence(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #push(value: Value): void {
    if (this.#stack.length >= MAX_STACK) throw new LimitError('pickle-stack', `more than ${MAX_STACK} values on the stack`);
    this.#stack.push(value);
  }

  #pop(): Value {
    if (this.#stack.length <= this.#fence) throw new ParseError('stack underflow');
    return this.#stack.pop() ?? null;
  }

  #popMany(count: number): Value[] {
    if (this.#stack.length - count < this.#fence) throw new ParseError('stack underflow');
    return this.#stack.splice(this.#stack.length - count);
  }

  #top(): Value {
    if (this.#stack.length <= this.#fence) throw new ParseError('stack underflow');
    return this.#stack.at(-1) ?? null;
  }

  #popMark(): Value[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new ParseError('could not find MARK');
    return this.#stack.splice(mark);
  }

  #append(target: Value, items: readonly Value[], method: 'append' | 'extend' | 'add', offset: number): void {
    const natural = target instanceof SequenceValue && target.type === (method === 'add' ? 'set' : 'list');
    if (!natural) {
      if (items.length === 0) return;
      if (isComposite(target) && (target instanceof ObjectValue || isUnknown(target))) this.#sink.appended(target, items, method, offset);
      else this.#sink.anomaly('item-on-data', offset);
      return;
    }
    this.#content.append(target, items);
  }

  #setItems(target: Value, pairs: readonly Value[], offset: number): void {
    if (pairs.length % 2 === 1) throw new ParseError('odd number of items for a dict', offset);
    if (!(target instanceof DictValue)) {
      if (pairs.length === 0) return;
      if (!isComposite(target) || !(target instanceof ObjectValue || isUnknown(target))) return this.#sink.anomaly('item-on-data', offset);
      this.#sink.assigned(target, pairs, offset);
      if (target instanceof ObjectValue && !this.#forked)
        for (let index = 0; index < pairs.length; index += 2) this.#content.assign(target, pairs[index] ?? null, pairs[index + 1] ?? null);
      return;
    }
    for (let index = 0; index < pairs.length; index += 2) {
      const key = pairs[index] ?? null;
      const value = pairs[index + 1] ?? null;
      if (key instanceof DictValue || (key instanceof SequenceValue && (key.type === 'list' || key.type === 'set')))
        this.#sink.anomaly('unhashable-key', offset);
      this.#content.set(target, key, value);
    }
  }

  #proto(version: number, offset: number): void {
    if (version > HIGHEST_PROTOCOL) throw new ParseError(`unsupported pickle protocol ${version}`, offset);
    if (this.#executed > 1) this.#sink.anomaly('protocol-position', offset);
    this.protocol = version;
    this.declared = Math.max(this.declared ?? 0, version);
  }

  #frame(length: number, offset: number, end: number, size: number): void {
    if (this.#frameEnd > end) this.#sink.anomaly('frame-overlap', offset);
    if (length > size - end) {
      this.#sink.anomaly('frame-too-long', offset);
      this.#frameEnd = 0;
    } else this.#frameEnd = length === 0 ? 0 : end + length;
  }

  #stop(offset: number): void {
    this.result = this.#pop();
    this.stopped = true;
    if (this.#stack.length > 0 || this.#marks.length > 0) this.#sink.anomaly('stack-left-over', offset);
    // The C reader hands back what follows STOP; the Python reader has swallowed the frame.
    if (this.#frameEnd > 0) this.#sink.anomaly('frame-early-stop', offset);
  }

  #import(module: string, name: string, offset: number): GlobalValue {
    const global = this.#resolve(module, name, this.protocol);
    this.#sink.imported(global, offset);
    return global;
  }

  #stackGlobal(offset: number): void {
    const name = this.#pop();
    const module = this.#pop();
    if (typeof name === 'string' && typeof module === 'string') return this.#push(this.#import(module, name, offset));
    if (!(isUnknown(name) || typeof name === 'string') || !(isUnknown(module) || typeof module === 'string')) {
      throw new ParseError('STACK_GLOBAL requires str', offset);
    }
    this.#sink.hiddenImport(module, name, offset);
    return this.#push(new OpaqueValue('import'));
  }

  #extension(code: number, offset: number): void {
    if (code <= 0) throw new ParseError('extension code must be positive', offset);
    this.#sink.extension(code, offset);
    this.#push(new OpaqueValue('extension'));
  }

  #call(how: Creation, callee: Value, args: Value, offset: number, kwargs?: Value): void {
    if (how === 'reduce' && !(args instanceof SequenceValue && args.type === 'tuple') && !isUnknown(args)) {
      // The C reader insists on a tuple, the Python reader unpacks any iterable.
      this.#sink.anomaly('arguments-not-tuple', offset);
    }
    if (how === 'new' && isComposite(callee) && !(callee instanceof GlobalValue) && !isUnknown(callee))
      this.#sink.anomaly('class-not-type', offset);
    if (!isComposite(callee)) throw new ParseError('callee is not callable', offset);
    this.#content.object();
    const object = new ObjectValue(how, callee, args, offset, kwargs);
    const known = this.#sink.called(object, offset);
    this.#push(known === undefined ? object : known);
  }

  /** INST and OBJ: without arguments a class is made by `__new__` alone, everything else is called. */
  #instance(callee: Value, items: Value[], offset: number): void {
    if (this.protocol >= 2) this.#sink.anomaly('old-instance-opcode', offset);
    this.#call('instance', callee, this.#content.sequence('tuple', items), offset);
  }

  #build(offset: number): void {
    const state = this.#pop();
    const target = this.#top();
    if (target instanceof ObjectValue) {
      if (this.#content.isStandIn(state)) this.#sink.lost();
      this.#sink.built(target, state, offset);
      if (this.#forked) return;
      target.state = state;
      target.builds += 1;
      this.justBuilt = target;
    } else if (isComposite(target) && isUnknown(target)) this.#sink.built(target, state, offset);
    else if (state !== null) this.#sink.anomaly('build-on-data', offset);
  }

  #persistent(id: Value, offset: number): void {
    const value = new PersistentValue(id);
    this.#push(this.#sink.persistent(value, offset) ?? value);
  }
}
