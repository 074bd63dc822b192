import type { ArtifactInput, Format, InspectContext, Inspection, Sniff } from '../../format.ts';
import { LimitError } from '../../../core/errors.ts';
import { sliceReader } from '../../../core/byte-reader.ts';
import { Collection } from '../../collect.ts';
import { fromError, tampered } from '../../findings.ts';
import { verdictOf } from '../../verdict.ts';
import { judgedByFlavour } from '../../script/python.ts';
import { storageCard } from '../../torch/storages.ts';
import { inspectTorchMember, isTensorData, finishTorch, type TorchState } from '../../torch/zip.ts';
import { startsWith } from '../bytes.ts';
import { BLOCK, checksumHolds } from '../tar/header.ts';
import { linkEscapes, shownName } from '../names.ts';
import { anomaliesOf } from './anomalies.ts';
import { readZip, type Gap, type Member, type ZipArchive } from './archive.ts';
import { openMember } from './content.ts';
import { layoutOf, type Layout } from './flavour.ts';
import { END_MAGIC, END_SIZE, LOCAL_MAGIC, readEnd } from './records.ts';

const S_IFMT = 0xf000;
const S_IFLNK = 0xa000;
const UNIX = 3;
/** Longest comment that the format has room for. */
const MAX_COMMENT = 65_535;
/** PATH_MAX: a longer link target is none. */
const MAX_LINK = 4096;

/** A zip begins with a local header, or ends with an end record whose directory fits before it. */
function matches({ head, tail, size }: Sniff): 'yes' | 'no' {
  if (startsWith(head, LOCAL_MAGIC) || startsWith(head, END_MAGIC)) return 'yes';
  // A tar's last member may be a zip: it is read as a member, and what follows the tar as a rest.
  if (checksumHolds(head.subarray(0, BLOCK))) return 'no';
  for (let offset = tail.lastIndexOf(0x50); offset >= 0; offset = offset === 0 ? -1 : tail.lastIndexOf(0x50, offset - 1)) {
    if (!startsWith(tail, END_MAGIC, offset)) continue;
    const end = readEnd(tail, offset, size - tail.length, size);
    if (end && end.entries > 0 && (end.zip64 || end.directorySize + Math.min(end.directoryOffset, 0) <= end.at)) return 'yes';
  }
  return 'no';
}

const isLink = (member: Member): boolean =>
  member.central !== undefined && member.central.madeBy >> 8 === UNIX && ((member.central.externalAttributes >>> 16) & S_IFMT) === S_IFLNK;

class ZipInspection {
  private readonly out = new Collection();
  private readonly input: ArtifactInput;
  private readonly context: InspectContext;
  private readonly archive: ZipArchive;
  private readonly layout: Layout;
  private readonly torch: TorchState = { storages: new Map(), data: new Map() };

  constructor(input: ArtifactInput, context: InspectContext, archive: ZipArchive) {
    this.input = input;
    this.context = context;
    this.archive = archive;
    this.layout = layoutOf(archive.members.map((member) => member.name));
  }

  async run(): Promise<Inspection> {
    const { archive, out, layout } = this;
    out.add(...anomaliesOf(archive));
    for (const member of archive.members) {
      try {
        await this.member(member);
      } catch (error) {
        // One bad member does not hide the rest.
        out.add({ ...fromError(error, layout.flavour), path: this.pathOf(member) });
        if (this.context.budget.members < 0 || this.context.now() > this.context.budget.deadline) break;
      }
    }
    if (layout.flavour === 'torch-zip' || layout.flavour === 'torchscript') this.finishTorch();
    await this.outside();
    out.revise((findings) => judgedByFlavour(findings, layout.flavour));
    return out.done(layout.flavour, {
      memberCount: archive.members.length,
      ...(this.torch.storages.size > 0 ? { tensorStorages: this.torch.storages.size } : {}),
    });
  }

  private finishTorch(): void {
    this.out.add(...finishTorch(this.torch));
    const card = storageCard(this.torch.storages.values());
    if (card) this.out.card = { ...card, ...this.out.card };
  }

  private async member(member: Member): Promise<void> {
    if (member.dataOffset < 0 || (member.name.endsWith('/') && member.packed === 0)) return;
    this.context.budget.members -= 1;
    if (this.context.budget.members < 0) throw new LimitError('MAX_MEMBERS', 'more members than the limit');
    const torch = this.layout.flavour === 'torch-zip' || this.layout.flavour === 'torchscript';
    if (torch && isTensorData(member.name, this.layout.root)) {
      this.torch.data.set(member.name.slice(this.layout.root.length), member.size);
      if (member.method === 0) {
        const data = sliceReader(this.input.reader, member.dataOffset, member.packed);
        const path = this.pathOf(member);
        const nested = await inspectTorchMember(data, path, this.context, this.out);
        if (nested) this.out.absorb(nested, path, shownName(member.name), data.size);
        return;
      }
    }
    const methods = new Set([member.method, member.local?.method ?? member.method]);
    for (const method of methods) {
      // The local header's method is a second reading; one that is not known is only an oddity.
      if (method !== member.method && method === 99) continue;
      await this.content(member, method, torch);
    }
    // Streaming readers take the length of the local header; where the directory's is shorter it hides bytes.
    const { local } = member;
    if (local && local.packed > member.packed)
      await this.content({ ...member, packed: local.packed, size: local.size }, local.method, torch);
  }

  private pathOf(member: Member): string {
    return `${this.input.path}!${shownName(member.name)}`;
  }

  private async content(member: Member, method: number, torch: boolean): Promise<void> {
    const { context, input, out } = this;
    const path = this.pathOf(member);
    const { reader, findings } = await openMember(input.reader, member, method, context);
    out.add(...findings.map((finding) => ({ ...finding, path: input.path })));
    if (reader.size === 0 && findings.length > 0) return;
    if (isLink(member)) {
      const target = new TextDecoder('latin1').decode(await reader.read(0, MAX_LINK));
      const outside = linkEscapes(member.name, target);
      if (outside) {
        out.add({
          ruleId: 'archive-path-traversal',
          severity: 'high',
          confidence: 'high',
          verdict: 'malicious',
          args: { member: shownName(member.name), problem: 'link', target: shownName(target) },
          offset: member.offset,
        });
      }
      return;
    }
    const nested = torch
      ? await inspectTorchMember(reader, path, context, out, this.torch, member.name.slice(this.layout.root.length))
      : await context.inspect({ path, reader });
    if (nested) out.absorb(nested, path, shownName(member.name), reader.size);
  }

  /** Bytes before, between and after: another reader may begin there. */
  private async outside(): Promise<void> {
    const { archive, input } = this;
    const covered = new Set(archive.members.filter((member) => !member.central).map((member) => member.offset));
    for (const gap of archive.gaps) {
      // A prefix is what the file is to a reader that starts at its beginning; the dispatcher looks at it.
      if (gap.start === 0 || covered.has(gap.start)) continue;
      await this.gap(gap, 'hidden-bytes');
    }
    for (const { end } of archive.directories) await this.comment(end.at, end.end);
    if (archive.trailing > 0) await this.gap({ start: input.reader.size - archive.trailing, end: input.reader.size }, 'trailing-bytes');
  }

  /** A comment is text. Who looks for a pickle or a program in it finds it there like anywhere. */
  private async comment(at: number, end: number): Promise<void> {
    const { input, out, context } = this;
    const length = Math.min(end - at - END_SIZE, MAX_COMMENT);
    if (length <= 0) return;
    const path = `${input.path}!comment`;
    const nested = await context.inspect({ path, reader: sliceReader(input.reader, end - length, length) });
    if (verdictOf(nested.findings) !== 'malicious') return;
    out.add(tampered('comment', { bytes: length, readers: 'holds a file of its own' }, end - length));
    out.absorb(nested, path, 'comment', length);
  }

  private async gap(gap: Gap, anomaly: string): Promise<void> {
    const { input, out, context } = this;
    const reader = sliceReader(input.reader, gap.start, gap.end - gap.start);
    const head = await reader.read(0, 65_536);
    if (head.every((byte) => byte === 0)) return;
    out.add(tampered(anomaly, { bytes: reader.size, readers: 'not part of any member' }, gap.start));
    const path = `${input.path}!${anomaly}@${gap.start}`;
    out.absorb(await context.inspect({ path, reader }), path, anomaly, reader.size);
  }
}

export const zipFormat: Format = {
  id: 'zip',
  extensions: ['.zip', '.npz', '.keras', '.mar', '.skops', '.pt', '.pth', '.ckpt', '.mlpackage'],
  matches,
  async inspect(input, context) {
    const archive = await readZip(input.reader);
    return new ZipInspection(input, context, archive).run();
  },
};
