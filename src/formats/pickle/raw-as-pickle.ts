import { sliceReader, type ByteReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import type { ArtifactFinding } from '../format.ts';
import { Decoder } from './decode.ts';
import { Judge } from './judge.ts';
import type { Machine } from './machine.ts';
import { OPCODES } from './opcodes.ts';
import { emptyInstruction } from './probe.ts';
import { Window } from './window.ts';

/** First bytes of the raw data, which nearly always are no pickle. */
const HEAD = 4096;
/** Stack entries that are copied for the price of one opcode. */
const COPIES_PER_STEP = 2;
/** Findings that numbers read as opcodes give by chance: they only need something on the stack. */
const NEEDS_IMPORT: ReadonlySet<string> = new Set(['unsafe-artifact', 'pickle-code-object']);

/**
 * Raw data of a joblib array, read as `pickle.load` would read it: it knows nothing of arrays and
 * goes on with the next byte as an opcode. Numbers end such a reading at once; what imports
 * something there and uses it was put there.
 *
 * `length` is that of the raw data where it is known: a reading that comes through it and has
 * changed nothing goes on as the first one does. `spend` takes the opcodes from the budget and throws `LimitError`.
 */
export async function rawAsPickle(
  machine: Machine,
  reader: ByteReader,
  start: number,
  length: number | undefined,
  knowledge: PickleKnowledge,
  spend: (steps: number) => void,
): Promise<ArtifactFinding[]> {
  if (length === 0) return [];
  const rest = sliceReader(reader, start, reader.size - start);
  const head = await rest.read(0, Math.min(HEAD, rest.size));
  if (OPCODES[head[0] ?? 0] === undefined) return [];
  const window = new Window(rest);
  window.bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const decoder = new Decoder(window);
  const judge = new Judge(knowledge, { torch: undefined });
  spend(Math.ceil(machine.depth / COPIES_PER_STEP));
  const fork = machine.fork(judge);
  const instruction = emptyInstruction();
  try {
    while (!fork.stopped) {
      const needed = decoder.next(instruction);
      if (needed > 0) {
        await window.fill(needed);
        continue;
      }
      fork.execute(instruction, window.offset, window.size);
      spend(1);
      if (window.offset === length && fork.isAs(machine)) break;
    }
  } catch (error) {
    if (error instanceof LimitError) throw error;
    if (!(error instanceof ParseError)) throw error;
  }
  if (judge.globals.size === 0) return [];
  return judge.ledger
    .findings()
    .filter(({ ruleId, verdict }) => verdict !== undefined && NEEDS_IMPORT.has(ruleId))
    .map((finding) => ({ ...finding, offset: start + (finding.offset ?? 0) }));
}
