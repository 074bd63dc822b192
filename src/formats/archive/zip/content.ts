import { crc32 } from 'node:zlib';
import { bytesReader, sliceReader, type ByteReader } from '../../../core/byte-reader.ts';
import type { ArtifactFinding, InspectContext } from '../../format.ts';
import { incomplete, tampered } from '../../findings.ts';
import { decode, problemFinding } from '../codec.ts';
import { MAX_KEPT } from '../../limits.ts';
import { shownName } from '../names.ts';
import { streamReader } from '../stream.ts';
import type { Member } from './archive.ts';
import { decoderOf, DEFLATED, STORED } from './method.ts';
import { FLAG_ENCRYPTED, FLAG_STRONG } from './records.ts';

/** Stored members above this size are not read again for their checksum alone. */
const MAX_CRC = 64 << 20;

export interface Content {
  readonly reader: ByteReader;
  readonly findings: readonly ArtifactFinding[];
}

const isLocked = (member: Member): boolean => ((member.central?.flags ?? member.local?.flags ?? 0) & (FLAG_ENCRYPTED | FLAG_STRONG)) !== 0;

/**
 * Content of a member by one method. Flags and checksums are no reason not to look: torch ignores
 * them. Undefined where nothing at all can be read.
 */
export async function openMember(parent: ByteReader, member: Member, method: number, context: InspectContext): Promise<Content> {
  const name = shownName(member.name);
  const findings: ArtifactFinding[] = [];
  const packed = sliceReader(parent, member.dataOffset, member.packed);
  if (packed.size < member.packed) findings.push(incomplete('truncated', 'member is cut off by the end of the file', { member: name }));
  let reader: ByteReader;
  if (method === STORED) {
    reader = packed;
    if (member.size !== member.packed && !isLocked(member))
      findings.push(tampered('stored-size', { member: name, packed: member.packed, size: member.size }, member.offset));
  } else {
    const decoder = decoderOf(method, member.size);
    if (!decoder) {
      const reason = isLocked(member) ? 'encrypted' : 'unsupported';
      return {
        reader: bytesReader(new Uint8Array(0)),
        findings: [...findings, incomplete(reason, `compression method ${method}`, { member: name }, member.offset)],
      };
    }
    if (method === DEFLATED && member.size > MAX_KEPT && packed.size === member.packed) {
      return { reader: streamReader('deflate', packed, member.size, context), findings };
    }
    const decoded = await decode(decoder, packed, context);
    reader = bytesReader(decoded.bytes);
    if (decoded.problem) {
      const encrypted = isLocked(member) && decoded.problem.reason === 'malformed';
      findings.push(
        problemFinding(encrypted ? { ...decoded.problem, reason: 'encrypted' } : decoded.problem, { member: name }, member.offset),
      );
      return { reader, findings };
    }
    if (member.central && decoded.bytes.length !== member.size) {
      findings.push(
        tampered(
          'declared-size',
          { member: name, declared: member.size, actual: decoded.bytes.length, readers: 'zipfile stops at the declared size' },
          member.offset,
        ),
      );
    }
  }
  if (packed.size === member.packed) findings.push(...(await checksum(reader, member, name)));
  return { reader, findings };
}

async function checksum(reader: ByteReader, member: Member, name: string): Promise<ArtifactFinding[]> {
  const expected = member.central?.crc ?? member.local?.crc ?? 0;
  const locked = isLocked(member);
  if (reader.size > MAX_CRC && !locked) return [];
  const actual = crc32(await reader.read(0, Math.min(reader.size, MAX_CRC)));
  if (actual === expected) {
    return locked ? [tampered('encrypted-flag', { member: name, readers: 'flagged as encrypted although it is not' }, member.offset)] : [];
  }
  if (locked) return [incomplete('encrypted', 'member is encrypted', { member: name }, member.offset)];
  // Writers of streams leave the local field empty; there is nothing to compare then.
  if (!member.central) return [];
  return [tampered('crc', { member: name, readers: 'zipfile fails at the end of the member, torch loads it' }, member.offset)];
}
