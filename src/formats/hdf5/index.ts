import { sliceReader } from '../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../core/errors.ts';
import { fromError } from '../findings.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import { judgeText } from '../model-config/json.ts';
import type { Draft } from '../draft.ts';
import { defineReader, hasExtension, spend } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';
import { verdictRank, verdictOf } from '../verdict.ts';
import { Space } from './space.ts';
import { findSignature, hasSignature, readSuperblock } from './superblock.ts';
import { Hdf5Walk } from './walk.ts';

const EXTENSIONS = ['.h5', '.hdf5', '.keras', '.h5ad', '.hdf', '.mat'];
/** Bytes of a damaged file that are searched for Keras configurations. */
const MAX_SALVAGE = 32 * 1024 * 1024;

/** What a damaged file still says: configurations are plain text inside. */
async function salvage(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const bytes = await input.reader.read(0, Math.min(input.reader.size, MAX_SALVAGE));
  await judgeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'), context, draft);
}

/** What stands before the signature: ignored by HDF5, read by others (a script, a pickle). */
async function inspectUserBlock(input: ArtifactInput, length: number, context: InspectContext, draft: Draft): Promise<void> {
  draft.facts['userBlock'] = length;
  const block = await input.reader.read(0, length);
  if (block.every((byte) => byte === 0)) return;
  const path = `${input.path}!user-block`;
  const nested = await context.inspect({ path, reader: sliceReader(input.reader, 0, length) });
  // MATLAB writes a text there; only what does something is taken over.
  if (verdictRank(verdictOf(nested.findings)) > verdictRank('incomplete')) draft.absorb(nested, path);
}

function facts(walk: Hdf5Walk, draft: Draft): void {
  draft.facts['datasetCount'] = walk.datasets;
  draft.facts['groupCount'] = walk.groups;
  const version = walk.attributes.get('keras_version');
  if (version !== undefined) draft.facts['writer'] = `keras ${version}`;
  else if (walk.attributes.has('PYTABLES_FORMAT_VERSION')) draft.facts['writer'] = 'PyTables';
  const backend = walk.attributes.get('backend');
  if (backend !== undefined) draft.facts['backend'] = backend;
  if (['model_config', 'training_config', 'layer_names', 'keras_version'].some((name) => walk.attributes.has(name)))
    draft.format = 'keras-h5';
  const dtypes = [...walk.dtypes].sort();
  if (walk.datasets > 0) draft.card = { ...draft.card, parameterCount: walk.parameters, dtypes };
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const { reader } = input;
  const offset = await findSignature(reader);
  if (offset === undefined) throw new ParseError('no HDF5 signature', 0);
  draft.certain = true;
  if (offset > 0) await inspectUserBlock(input, offset, context, draft);
  const space = new Space(reader, (bytes) => spend(context, 1 + bytes / 64));
  let walk: Hdf5Walk | undefined;
  try {
    const superblock = await readSuperblock(reader, space, offset);
    draft.facts['superblock'] = superblock.version;
    walk = new Hdf5Walk(space, input.path, context, draft);
    await walk.run(superblock.root);
    if (superblock.endOfFile !== undefined) {
      // Older libraries count from the base address, newer ones from the beginning of the file.
      const ends = [superblock.endOfFile, superblock.endOfFile + space.base];
      if (!ends.some((end) => end <= reader.size)) throw new ParseError('HDF5 file ends beyond the file', reader.size);
      await inspectTrailing(input, Math.min(Math.max(...ends), reader.size), context, draft);
    }
  } catch (error) {
    if (error instanceof ParseError) await salvage(input, context, draft);
    throw error instanceof RangeError ? new LimitError('hdf5-depth', 'HDF5 structure is too deep') : error;
  } finally {
    if (walk) facts(walk, draft);
  }
  if (space.damage !== undefined) draft.report('incomplete-artifact', { reason: 'malformed', detail: space.damage, format: 'hdf5' });
  const [problem] = walk.problems;
  if (problem) {
    draft.findings.push(fromError(problem, 'hdf5'));
    await salvage(input, context, draft);
  }
}

/** https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html: superblocks 0 to 3, old and new groups, all attribute storages. */
export const hdf5 = defineReader({
  id: 'hdf5',
  extensions: EXTENSIONS,
  matches: ({ head, path }) => {
    for (const offset of [0, 512, 1024, 2048]) if (hasSignature(head, offset)) return 'yes';
    return hasExtension(path, '.h5', '.hdf5') ? 'maybe' : 'no';
  },
  read,
});
