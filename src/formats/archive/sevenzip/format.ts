import { crc32 } from 'node:zlib';
import { bytesReader, sliceReader, type ByteReader } from '../../../core/byte-reader.ts';
import { LimitError } from '../../../core/errors.ts';
import { Collection } from '../../collect.ts';
import { fromError, incomplete, tampered } from '../../findings.ts';
import type { ArtifactFinding, ArtifactInput, Format, InspectContext, Inspection } from '../../format.ts';
import { startsWith } from '../bytes.ts';
import { problemFinding } from '../codec.ts';
import { linkEscapes, nameProblems, shownName } from '../names.ts';
import { storedReader, unpackFolder } from './folder.ts';
import { HeaderProblem, packedOf, readSevenZip, type SevenZip, type SevenZipFile } from './header.ts';
import { SEVENZIP_MAGIC, type Folder, type Stream } from './records.ts';

/** PATH_MAX: a longer link target is none. */
const MAX_LINK = 4096;
/** Stored members above this size are not read again for their checksum alone. */
const MAX_CRC = 64 << 20;

const traversal = (file: SevenZipFile, problem: string, target?: string): ArtifactFinding => ({
  ruleId: 'archive-path-traversal',
  severity: 'high',
  confidence: 'high',
  verdict: 'malicious',
  args: { member: shownName(file.name), problem, ...(target === undefined ? {} : { target: shownName(target) }) },
});

class SevenZipInspection {
  private readonly out = new Collection();
  private readonly input: ArtifactInput;
  private readonly context: InspectContext;

  constructor(input: ArtifactInput, context: InspectContext) {
    this.input = input;
    this.context = context;
  }

  async run(): Promise<Inspection> {
    const { input, context, out } = this;
    let facts = {};
    try {
      const archive = await readSevenZip(input.reader, (folder, packed) => unpackFolder(folder, packed, context));
      facts = { memberCount: archive.files.length };
      await this.contents(archive);
    } catch (error) {
      // What came before the damage stands.
      out.add(error instanceof HeaderProblem ? problemFinding(error.problem, { format: '7z' }) : fromError(error, '7z'));
    }
    return out.done('7z', facts);
  }

  private async contents(archive: SevenZip): Promise<void> {
    const { out } = this;
    const { reader } = this.input;
    for (const part of archive.damaged) out.add(tampered('crc', { member: part, readers: '7-Zip refuses the archive' }));
    for (const file of archive.files) this.place(file);
    const stored = archive.files.filter(({ empty }) => !empty);
    let next = 0;
    for (const [index, packed] of packedOf(reader, archive.streams).entries()) {
      const folder = archive.streams.folders[index];
      const contents = archive.streams.contents[index] ?? [];
      if (folder) await this.folder(folder, packed, contents, stored.slice(next, next + contents.length));
      next += contents.length;
    }
    if (archive.end < reader.size)
      await this.rest(archive.end, 'trailing-bytes', sliceReader(reader, archive.end, reader.size - archive.end));
  }

  private place(file: SevenZipFile): void {
    const outside = nameProblems(file.name).filter((problem) => problem === 'parent' || problem === 'absolute' || problem === 'drive');
    if (outside.length > 0) this.out.add(traversal(file, outside.join(', ')));
  }

  private async folder(
    folder: Folder,
    packed: readonly ByteReader[],
    contents: readonly Stream[],
    files: readonly SevenZipFile[],
  ): Promise<void> {
    const { out, context } = this;
    let data = storedReader(folder, packed);
    if (!data) {
      const { bytes, problem } = await unpackFolder(folder, packed, context);
      if (problem) out.add(problemFinding(problem, { format: '7z' }));
      data = bytesReader(bytes);
    }
    let offset = 0;
    for (const [index, { size, crc }] of contents.entries()) {
      const file = files[index] ?? { name: `file ${index}`, empty: false, link: false };
      context.budget.members -= 1;
      if (context.budget.members < 0) throw new LimitError('MAX_MEMBERS', 'more members than the limit');
      if (offset < data.size || size === 0) await this.member(file, sliceReader(data, offset, size), size, crc);
      offset += size;
    }
    if (offset < data.size) await this.rest(offset, 'hidden-bytes', sliceReader(data, offset, data.size - offset));
  }

  private async member(file: SevenZipFile, reader: ByteReader, size: number, crc: number | undefined): Promise<void> {
    const { input, context, out } = this;
    const name = shownName(file.name);
    const path = `${input.path}!${name}`;
    if (reader.size < size) out.add(incomplete('truncated', 'member is cut off', { member: name }));
    else if (crc !== undefined && size <= MAX_CRC && crc32(await reader.read(0, size)) !== crc)
      out.add(tampered('crc', { member: name, readers: '7-Zip reports an error and keeps the file' }));
    if (file.link) {
      const target = new TextDecoder().decode(await reader.read(0, MAX_LINK));
      if (linkEscapes(file.name, target)) out.add(traversal(file, 'link', target));
      return;
    }
    if (reader.size > 0) out.absorb(await context.inspect({ path, reader }), path, name, reader.size);
  }

  /** Bytes behind the archive, or in a folder and in no member: another reader may begin there. */
  private async rest(at: number, anomaly: string, reader: ByteReader): Promise<void> {
    const { input, context, out } = this;
    out.add(tampered(anomaly, { bytes: reader.size, readers: 'not part of any member' }, at));
    const path = `${input.path}!${anomaly}@${at}`;
    out.absorb(await context.inspect({ path, reader }), path, anomaly, reader.size);
  }
}

export const sevenZipFormat: Format = {
  id: '7z',
  extensions: ['.7z'],
  matches: ({ head }) => (startsWith(head, SEVENZIP_MAGIC) ? 'yes' : 'no'),
  inspect: (input, context) => new SevenZipInspection(input, context).run(),
};
