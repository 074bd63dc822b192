import type { ArtifactInput, Format, InspectContext, Inspection } from '../format.ts';
import { sliceReader } from '../../core/byte-reader.ts';
import { incomplete, tampered } from '../findings.ts';
import { Collection } from '../collect.ts';
import { startsWith } from '../archive/bytes.ts';
import { inspectPickle } from '../pickle/index.ts';
import { SequenceValue, type Value } from '../pickle/values.ts';
import { storageCard, storageOf, type Storage } from './storages.ts';

/**
 * The first pickle is 0x1950a86a20f9469cfc6c alone, behind PROTO and at protocols 4 and 5 FRAME.
 * Nothing else in the head decides: pickled tensors hold whole files of this kind as bytes. A file
 * that computes the number instead is a sequence of pickles like any other.
 */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19] as const;
/** The same of protocols 0 and 1. */
const MAGIC_TEXT = 'L119547037146038801333356L\n';
const PROTO = 0x80;
const FRAME = 0x95;
/** PROTO, and FRAME with its length. */
const [BEHIND_PROTO, BEHIND_FRAME] = [2, 11];

/** magic, protocol version, sys_info, object, storage keys. */
const PICKLES = 5;

function matches({ head }: { readonly head: Uint8Array }): 'yes' | 'no' {
  if (head[0] === PROTO) return startsWith(head, MAGIC, head[BEHIND_PROTO] === FRAME ? BEHIND_FRAME : BEHIND_PROTO) ? 'yes' : 'no';
  return Buffer.from(head.subarray(0, MAGIC_TEXT.length)).toString('latin1') === MAGIC_TEXT ? 'yes' : 'no';
}

/** Raw storages: for each key a count of elements (8 bytes) and the elements. Returns where they end. */
async function skipStorages(
  input: ArtifactInput,
  start: number,
  keys: readonly string[],
  storages: ReadonlyMap<string, Storage>,
  out: Collection,
): Promise<number> {
  let at = start;
  for (const key of keys) {
    const storage = storages.get(key);
    const count = await input.reader.read(at, 8);
    if (count.length < 8) {
      out.add(incomplete('truncated', 'storages are cut off', { format: 'torch-legacy', storage: key }, at));
      return input.reader.size;
    }
    const elements = Number(new DataView(count.buffer, count.byteOffset, 8).getBigInt64(0, true));
    if (storage?.itemSize === undefined || elements < 0) {
      out.add(incomplete('malformed', 'storage of unknown type or negative size', { format: 'torch-legacy', storage: key }, at));
      return at;
    }
    if (elements !== storage.elements) {
      out.add({
        ruleId: 'malformed-artifact',
        severity: 'high',
        confidence: 'medium',
        verdict: 'suspicious',
        offset: at,
        args: { storage: key, problem: 'storage-size', declared: storage.elements * storage.itemSize, actual: elements * storage.itemSize },
      });
    }
    at += 8 + elements * storage.itemSize;
    if (at > input.reader.size) {
      out.add(incomplete('truncated', 'storages are cut off', { format: 'torch-legacy', storage: key }, input.reader.size));
      return input.reader.size;
    }
  }
  return at;
}

const keysOf = (root: Value | undefined): string[] =>
  root instanceof SequenceValue ? root.items.filter((item) => typeof item === 'string' || typeof item === 'number').map(String) : [];

async function inspectLegacy(input: ArtifactInput, context: InspectContext): Promise<Inspection> {
  const out = new Collection();
  const { pickles, end, complete, persistentIds, ...inspection } = await inspectPickle(input.reader, context, {
    torch: 'legacy',
    pickles: PICKLES,
  });
  out.add(...inspection.findings);
  out.listing.push(...(inspection.listing ?? []));
  out.card = inspection.card;
  if (!complete || pickles.length < PICKLES) {
    if (complete) out.add(incomplete('truncated', `${pickles.length} of ${PICKLES} pickles`, { format: 'torch-legacy' }, end));
    return out.done('torch-legacy', { ...inspection.facts });
  }
  const storages = new Map<string, Storage>();
  for (const id of persistentIds) {
    const storage = storageOf(id);
    if (storage) storages.set(storage.key, storage);
  }
  const card = storageCard(storages.values());
  if (card) out.card = { ...card, ...out.card };
  const last = await skipStorages(input, end, keysOf(pickles[PICKLES - 1]?.root), storages, out);
  const rest = input.reader.size - last;
  if (rest > 0) {
    out.add(tampered('trailing-bytes', { bytes: rest, readers: 'torch does not read them' }, last));
    const path = `${input.path}!trailing-bytes@${last}`;
    out.absorb(await context.inspect({ path, reader: sliceReader(input.reader, last, rest) }), path, 'trailing-bytes', rest);
  }
  return out.done('torch-legacy', { ...inspection.facts, storageCount: storages.size });
}

export const torchLegacyFormat: Format = {
  id: 'torch-legacy',
  extensions: ['.pt', '.pth', '.ckpt', '.bin'],
  matches,
  inspect: inspectLegacy,
};
