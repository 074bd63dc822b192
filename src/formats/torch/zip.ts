import type { ByteReader } from '../../core/byte-reader.ts';
import type { Collection } from '../collect.ts';
import type { ArtifactFinding, InspectContext, Inspection } from '../format.ts';
import { inspectPickle } from '../pickle/index.ts';
import { sniffRegion } from '../region.ts';
import { isTorchScriptSource, inspectTorchScript } from './script.ts';
import { storageMismatch, storageOf, type Storage } from './storages.ts';

/** What the pickles of one torch archive refer to and what the archive holds. */
export interface TorchState {
  /** By record name below the root: `data/0`. */
  readonly storages: Map<string, Storage>;
  readonly data: Map<string, number>;
}

const TENSOR = /^(?:data|constants|tensors|\.data)\/\d+$/;
/** Raw storages: never read beyond their first bytes. */
export const isTensorData = (name: string, root: string): boolean => name.startsWith(root) && TENSOR.test(name.slice(root.length));

/** Records that torch itself unpickles, and where their storages lie. */
const PICKLES: Readonly<Record<string, string>> = { 'data.pkl': 'data/', 'constants.pkl': 'constants/', 'attributes.pkl': 'tensors/' };

/** One record of a torch archive. */
export async function inspectTorchMember(
  reader: ByteReader,
  path: string,
  context: InspectContext,
  out: Collection,
  state?: TorchState,
  name = 'data/0',
): Promise<Inspection | undefined> {
  if (TENSOR.test(name)) {
    const found = await sniffRegion(reader);
    if (found === 'pickle') return context.inspect({ path, reader });
    if (found) out.add({ ...found, path });
    return undefined;
  }
  const folder = PICKLES[name];
  if (folder !== undefined && state) {
    const inspection = await inspectPickle(reader, context, { torch: 'zip' });
    for (const id of inspection.persistentIds) {
      const storage = storageOf(id);
      if (storage) state.storages.set(folder + storage.key, storage);
    }
    const { pickles: _pickles, end: _end, complete: _complete, persistentIds: _ids, ...rest } = inspection;
    return rest;
  }
  if (isTorchScriptSource(name)) return inspectTorchScript(reader, context);
  return context.inspect({ path, reader });
}

/** Compares the storages that the pickles name with the records that exist. */
export function finishTorch(state: TorchState): ArtifactFinding[] {
  const found: ArtifactFinding[] = [];
  for (const [record, storage] of state.storages) {
    const finding = storageMismatch(storage, state.data.get(record), record);
    if (finding) found.push(finding);
  }
  return found;
}
