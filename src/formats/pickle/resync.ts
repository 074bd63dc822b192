import { LimitError } from '../../core/errors.ts';
import type { PickleKnowledge } from '../../knowledge/pickle.ts';
import type { InspectContext } from '../format.ts';
import { probe } from './probe.ts';
import type { Window } from './window.ts';

/** Bytes searched for a pickle behind bytes that are none. The file is incomplete in any case. */
const MAX_SEARCH = 32 * 1024 * 1024;
const CHUNK = 256 * 1024;
/** Bytes that a candidate is tried on. */
const TRIAL = 4096;
/** Candidates tried; random bytes hold one in about ten thousand. */
const MAX_TRIALS = 20_000;
/** Behind an error every position is tried over this length: payloads without PROTO need no pattern. */
const NEAR = 64;

/** Longest name of a module that the pattern below takes, with its opcode. */
const MAX_NAME = 102;
const TEXT_GLOBAL = /^[(]?[ci]([A-Za-z_][\w.]{0,100})\n([A-Za-z_][\w.]{0,100})\n/;
const INTERESTING = new Set([0x80, 0x63, 0x69, 0x28, 0x8c, 0x58]);

/** Letters, digits, underscore, dot: what a module's name is made of. */
const isWord = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f || byte === 0x2e;

function lineOfWord(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isWord(bytes[at] ?? 0)) at += 1;
  return at;
}

/** Where random data would not begin a pickle by chance. */
function plausible(head: Uint8Array, size: number, knowledge: PickleKnowledge): boolean {
  const first = head[0];
  if (first === 0x80) {
    if ((head[1] ?? 255) > 5) return false;
    const seen = probe(head, size);
    return seen.outcome === 'stop' ? seen.steps >= 3 : seen.outcome === 'more' ? seen.steps >= 4 : seen.steps >= 12;
  }
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 256)).toString('latin1');
  const match = TEXT_GLOBAL.exec(text);
  if (match?.[1])
    return (
      knowledge.isStandardLibrary(match[1]) ||
      knowledge.name(match[1], match[2] ?? '') !== undefined ||
      probe(head, size).outcome === 'stop'
    );
  if (first !== 0x8c && first !== 0x58 && first !== 0x28) return false;
  const seen = probe(head, size);
  // Without a magic byte only a whole pickle that does something is believed.
  return seen.outcome === 'stop' && seen.steps >= 5 && head.includes(0x93);
}

/** Offset of the next pickle at or behind `from`, `undefined` where none is found in the part that is searched. */
export async function findPickle(
  window: Window,
  from: number,
  knowledge: PickleKnowledge,
  context: InspectContext,
): Promise<number | undefined> {
  const limit = Math.min(window.size, from + MAX_SEARCH);
  let trials = 0;
  for (let start = from; start < limit; start += CHUNK) {
    const bytes = await window.peek(start, Math.min(CHUNK + TRIAL, window.size - start));
    if (context.now() > context.budget.deadline) throw new LimitError('time', 'inspection took too long');
    const end = Math.min(CHUNK, bytes.length);
    // End of the word that `index` stands in: a long one is measured once, not again from each of its letters.
    let wordEnd = 0;
    let second = 0;
    for (let index = 0; index < end; index += 1) {
      const byte = bytes[index] ?? 0;
      if (!INTERESTING.has(byte)) continue;
      const near = start + index - from < NEAR;
      if (byte === 0x80 ? (bytes[index + 1] ?? 255) > 5 : !near && !(byte === 0x63 || byte === 0x69 || byte === 0x8c)) continue;
      if (byte === 0x63 || byte === 0x69) {
        if (wordEnd <= index) {
          wordEnd = lineOfWord(bytes, index + 1);
          second = bytes[wordEnd] === 0x0a ? lineOfWord(bytes, wordEnd + 1) : 0;
        }
        if (bytes[wordEnd] !== 0x0a || wordEnd - index > MAX_NAME || bytes[second] !== 0x0a || second - wordEnd > MAX_NAME) continue;
      }
      if (
        (byte === 0x63 || byte === 0x69) &&
        !TEXT_GLOBAL.test(Buffer.from(bytes.buffer, bytes.byteOffset + index, Math.min(220, bytes.length - index)).toString('latin1'))
      )
        continue;
      if (byte === 0x8c && !near && bytes[index + 1] === 0) continue;
      trials += 1;
      if (trials > MAX_TRIALS) return undefined;
      if (plausible(bytes.subarray(index, index + TRIAL), window.size - start - index, knowledge)) return start + index;
    }
  }
  return undefined;
}
