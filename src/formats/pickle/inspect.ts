import type { ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { pickleSection, type PickleKnowledge } from '../../knowledge/pickle.ts';
import { incomplete } from '../findings.ts';
import type { ArtifactFinding, InspectContext } from '../format.ts';
import type { PickleInspection, PickleOptions, PickleRun, RawHook } from './api.ts';
import { mayCarryPickle } from './carriers.ts';
import type { Telling } from './content.ts';
import { Decoder, type Instruction } from './decode.ts';
import { factsOf, noteFindings } from './facts.ts';
import { joblibArrays } from './joblib-arrays.ts';
import { Judge } from './judge.ts';
import { Machine, type Resolve } from './machine.ts';
import { inspectPayloads } from './payloads.ts';
import { emptyInstruction, probe } from './probe.ts';
import { rawAsPickle } from './raw-as-pickle.ts';
import { findPickle } from './resync.ts';
import { tellingKey } from './state.ts';
import { GlobalValue, type ObjectValue } from './values.ts';
import { Window } from './window.ts';
import { WeightsOnly } from './weights-only.ts';

/** Looked-at values that cost as much as one opcode, and how many are paid for at once. */
const VISITS_PER_STEP = 2;
const VISITS_AT_ONCE = 65_536;
/** Opcodes between two looks at the clock. */
const CHECK_EVERY = 4096;
/** Pickles inside the raw-data hook inside pickles: object arrays of object arrays. */
const MAX_RAW_DEPTH = 16;
/** Pickles whose root value is kept for the caller; legacy torch files hold five. */
const MAX_ROOTS = 16;
/** Findings in the raw data of arrays, after which no more is looked for. */
const MAX_HIDDEN = 20;
/** Trailing bytes that may be padding. */
const MAX_PADDING = 64 * 1024;
/** Bytes probed before something behind a pickle counts as the next one. */
const PROBE_BYTES = 4096;

/** One object per name, after the renaming that protocols below 3 get. */
function resolver(knowledge: PickleKnowledge): Resolve {
  const known = new Map<string, GlobalValue>();
  return (module, name, protocol) => {
    const key = `${protocol < 3 ? 2 : 3} ${module}\n${name}`;
    let global = known.get(key);
    if (!global) {
      const [newModule, newName] = protocol < 3 ? knowledge.renamed(module, name) : [module, name];
      global = new GlobalValue(newModule, newName, module);
      known.set(key, global);
    }
    return global;
  };
}

/** One file on its way through the machine. */
class Walk {
  readonly window: Window;
  readonly judge: Judge;
  readonly weightsOnly: WeightsOnly;
  readonly runs: PickleRun[] = [];
  readonly problems: ArtifactFinding[] = [];
  /** What the raw data of arrays does to a reader that takes it for opcodes. */
  readonly hidden: ArtifactFinding[] = [];
  opcodes = 0;
  end: number;
  readonly #decoder: Decoder;
  readonly #instruction: Instruction = emptyInstruction();
  readonly #context: InspectContext;
  readonly #raw: RawHook | undefined;
  readonly #resolve: Resolve;
  readonly #reader: ByteReader;
  readonly #telling: Telling;

  constructor(reader: ByteReader, context: InspectContext, knowledge: PickleKnowledge, options: PickleOptions) {
    this.#reader = reader;
    this.#telling = tellingKey(knowledge);
    this.window = new Window(reader);
    this.#decoder = new Decoder(this.window);
    this.#context = context;
    this.#raw = options.raw === null ? undefined : (options.raw ?? joblibArrays);
    this.#resolve = resolver(knowledge);
    this.judge = new Judge(knowledge, { torch: options.torch });
    this.weightsOnly = new WeightsOnly(knowledge);
    this.end = options.start ?? 0;
  }

  /** Runs one pickle. A `LimitError` ends the file, a `ParseError` ends this pickle. */
  async run(start: number, depth = 0): Promise<boolean> {
    const { window } = this;
    if (this.#context.budget.members <= 0) throw new LimitError('members', 'too many pickles in one artifact');
    this.#context.budget.members -= 1;
    window.seek(start);
    const machine = new Machine(this.judge, this.#resolve, this.#telling);
    let complete = false;
    try {
      await this.#loop(machine, depth);
      complete = true;
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      const truncated = /truncated|behind the end|no STOP|without a newline/.test(error.message);
      this.problems.push(
        incomplete(truncated ? 'truncated' : 'malformed', error.message, { format: 'pickle' }, error.offset ?? this.#instruction.offset),
      );
    }
    this.end = complete ? window.offset : this.#instruction.offset;
    if (depth === 0) {
      this.runs.push({
        start,
        end: this.end,
        complete,
        protocol: machine.declared,
        root: this.runs.length < MAX_ROOTS ? machine.result : undefined,
      });
    }
    return complete;
  }

  async #loop(machine: Machine, depth: number): Promise<void> {
    const { window } = this;
    const instruction = this.#instruction;
    const { size } = window;
    let left = CHECK_EVERY;
    try {
      while (!machine.stopped) {
        const needed = this.#decoder.next(instruction);
        if (needed > 0) {
          await window.fill(needed);
          continue;
        }
        machine.execute(instruction, window.offset, size);
        if (this.judge.work.visits > VISITS_AT_ONCE) this.#look();
        this.weightsOnly.opcode(instruction);
        const { argument } = instruction;
        if (mayCarryPickle(argument)) this.judge.constant(argument, instruction.offset);
        left -= 1;
        if (left === 0) {
          left = CHECK_EVERY;
          this.#spend(CHECK_EVERY);
        }
        if (machine.justBuilt !== undefined) {
          if (this.#raw) await this.#rawData(machine, machine.justBuilt, this.#raw, depth);
          machine.release();
        }
      }
    } finally {
      this.#spend(CHECK_EVERY - left);
    }
  }

  /** Pays for the values that were looked at since the last time. */
  #look(): void {
    const { work } = this.judge;
    this.#context.budget.steps -= Math.ceil(work.visits / VISITS_PER_STEP);
    work.visits = 0;
    if (this.#context.budget.steps < 0) throw new LimitError('steps', 'too many values to look at in one artifact');
  }

  #spend(steps: number): void {
    const { budget, now } = this.#context;
    this.opcodes += steps;
    budget.steps -= steps;
    if (budget.steps < 0) throw new LimitError('steps', 'too many pickle opcodes in one artifact');
    if (steps === CHECK_EVERY && now() > budget.deadline) throw new LimitError('time', 'inspection took too long');
  }

  async #rawData(machine: Machine, built: ObjectValue, raw: RawHook, depth: number): Promise<void> {
    const { window } = this;
    const pending = raw(built, window.offset, (offset, length) => window.peek(offset, length));
    if (pending === undefined) return;
    const data = await pending;
    if (data === undefined) return;
    // Arrays of objects are pickles with a memo of their own: read on with this one, honest files seem to import anything.
    if (data.type === 'skip' && this.hidden.length < MAX_HIDDEN)
      this.hidden.push(
        ...(await rawAsPickle(
          machine,
          this.#reader,
          window.offset,
          data.type === 'skip' ? data.length : undefined,
          this.judge.knowledge,
          (steps) => this.#spend(steps),
        )),
      );
    machine.leaveFrame();
    if (data.type === 'skip') {
      if (data.length > window.remaining) throw new ParseError('array data was truncated', window.offset);
      window.seek(window.offset + data.length);
      return;
    }
    if (depth >= MAX_RAW_DEPTH) throw new LimitError('pickle-raw-depth', 'object arrays nested too deeply');
    if (!(await this.run(window.offset + (data.before ?? 0), depth + 1)))
      throw new ParseError('pickle of an object array is damaged', this.end);
  }
}

async function isPadding(window: Window, start: number): Promise<boolean> {
  const length = window.size - start;
  if (length > MAX_PADDING) return false;
  const bytes = await window.peek(start, length);
  return bytes.every((byte) => byte === 0 || byte === 0x0a || byte === 0x0d || byte === 0x20);
}

/** Pickle after pickle to the end of the file; over bytes that are none to the next that is one. */
async function walkAll(walk: Walk, start: number, pickles: number, context: InspectContext, knowledge: PickleKnowledge): Promise<void> {
  const { window } = walk;
  let position = start;
  let first = true;
  // The search has its own reasons to believe a place; asking the probe again could go on for ever.
  let found = false;
  while (walk.runs.length < pickles) {
    if (!first && (position >= window.size || (await isPadding(window, position)))) return;
    let here = first || found;
    if (!here) {
      const head = await window.peek(position, PROBE_BYTES);
      const seen = probe(head, window.size - position);
      here = seen.outcome === 'stop' || (seen.outcome === 'more' && seen.steps >= 2);
    }
    first = found = false;
    if (here && (await walk.run(position))) {
      position = walk.end;
      continue;
    }
    if (pickles !== Infinity) return;
    if (!here)
      walk.problems.push(
        incomplete('malformed', `${window.size - position} bytes behind the pickle are not understood`, { format: 'pickle' }, position),
      );
    const next = await findPickle(window, here ? Math.max(walk.end, position) + 1 : position, knowledge, context);
    if (next === undefined) return;
    position = next;
    found = true;
  }
}

/**
 * Walks the pickles of the reader symbolically and judges what they would do. Content never makes
 * it throw: damage and limits become `incomplete` findings beside what was seen before.
 */
export async function inspectPickle(reader: ByteReader, context: InspectContext, options: PickleOptions = {}): Promise<PickleInspection> {
  const knowledge = context.knowledge.get(pickleSection);
  const walk = new Walk(reader, context, knowledge, options);
  try {
    await walkAll(walk, options.start ?? 0, options.pickles ?? Infinity, context, knowledge);
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    walk.problems.push(incomplete('limit', error.message, { format: 'pickle', limit: error.limit }, walk.window.offset));
  }
  walk.judge.finish();
  if (walk.judge.nestedOmitted)
    walk.problems.push(incomplete('limit', 'too many files inside one pickle', { format: 'pickle', limit: 'MAX_NESTED' }));
  if (walk.judge.stateLost)
    walk.problems.push(incomplete('limit', 'a state that is no longer kept', { format: 'pickle', limit: 'MAX_CONTENT' }));
  const nested = await inspectPayloads([...walk.judge.nested, ...walk.judge.payloads], reader, context, inspectPickle);
  const findings = [
    ...walk.judge.ledger.findings(),
    ...walk.hidden,
    ...nested.findings,
    ...noteFindings(walk.judge),
    ...walk.problems.slice(0, 20),
  ];
  return {
    format: 'pickle',
    findings,
    ...factsOf(walk.judge, walk.runs, walk.opcodes, walk.weightsOnly),
    listing: [...walk.judge.trace.lines, ...nested.listing],
    pickles: walk.runs,
    end: walk.end,
    complete: walk.problems.length === 0,
    persistentIds: walk.judge.persistentIds,
  };
}
