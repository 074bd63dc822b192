import { bytesReader } from '../../core/byte-reader.ts';
import { Decoder, type Instruction } from './decode.ts';
import { Machine } from './machine.ts';
import type { Sink } from './sink.ts';
import { OPCODES } from './opcodes.ts';
import { GlobalValue } from './values.ts';
import { Window } from './window.ts';

/** Instructions tried before bytes count as a pickle. */
const MAX_STEPS = 256;

const UNIMPORTABLE = /[\s/:;,()]/;

const DEAF: Sink = {
  imported: () => {},
  hiddenImport: () => {},
  called: () => undefined,
  built: () => {},
  lost: () => {},
  assigned: () => {},
  appended: () => {},
  persistent: () => undefined,
  extension: () => {},
  anomaly: () => {},
};

export interface Probe {
  /** `more`: the bytes at hand ended, or enough was seen. */
  readonly outcome: 'stop' | 'more' | 'error';
  readonly steps: number;
}

export const emptyInstruction = (): Instruction => {
  const [op] = OPCODES.filter((entry) => entry !== undefined);
  if (!op) throw new Error('no opcodes');
  return { op, offset: 0, argument: null, second: '' };
};

/** Runs the first instructions of `head`, a part of a file with `size` bytes from there on. Never throws. */
export function probe(head: Uint8Array, size: number): Probe {
  const window = new Window({ ...bytesReader(head), size: Math.max(size, head.length) });
  window.bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const decoder = new Decoder(window);
  const machine = new Machine(DEAF, (module, name) => {
    // Prose whose lines begin with `c` reads as imports; no module has a blank or a slash in its name.
    if (UNIMPORTABLE.test(module)) throw new Error('not a module');
    return new GlobalValue(module, name);
  });
  const instruction = emptyInstruction();
  let steps = 0;
  try {
    while (steps < MAX_STEPS) {
      if (decoder.next(instruction) > 0) return { outcome: 'more', steps };
      machine.execute(instruction, window.offset, window.size);
      steps += 1;
      if (machine.stopped) return { outcome: 'stop', steps };
      // Raw data follows in joblib files.
      if (instruction.op.name === 'BUILD' && steps > 8) return { outcome: 'more', steps };
    }
    return { outcome: 'more', steps };
  } catch {
    return { outcome: 'error', steps };
  }
}

/** Opcodes of protocol 0 whose argument is a text. */
const TEXTS = new Set([0x53, 0x56]);
/** A text of protocol 0 is one line, which may be longer than what is at hand. */
const isLongLine = (head: Uint8Array): boolean => TEXTS.has(head[0] ?? 0) && !head.includes(0x0a) && !head.includes(0);

/**
 * Whether bytes begin like a pickle. Protocols 2 and later say so in their first two bytes;
 * earlier ones have no magic, and some instructions must make sense.
 */
export function looksLikePickle(head: Uint8Array, size = head.length): 'yes' | 'maybe' | 'no' {
  const first = head[0];
  if (first === undefined || OPCODES[first] === undefined) return 'no';
  const { outcome, steps } = probe(head, size);
  if (first === 0x80 && (head[1] ?? 255) <= 5) return outcome === 'error' && steps < 3 ? 'maybe' : 'yes';
  if (outcome === 'stop') return steps >= 2 ? 'maybe' : 'no';
  if (outcome === 'error') return steps >= 4 ? 'maybe' : 'no';
  return steps >= 3 || (size > head.length && isLongLine(head)) ? 'maybe' : 'no';
}
