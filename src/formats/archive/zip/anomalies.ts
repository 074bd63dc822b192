import type { ArtifactFinding } from '../../format.ts';
import { incomplete, tampered } from '../../findings.ts';
import { nameProblems, shownName } from '../names.ts';
import type { Member, ZipArchive } from './archive.ts';
import { FLAG_DESCRIPTOR, FLAG_ENCRYPTED } from './records.ts';

/** Encryption, two bits of the method, descriptor, strong encryption, UTF-8, masked headers: what writers set. */
const KNOWN_FLAGS = 0x1 | 0x2 | 0x4 | 0x8 | 0x40 | 0x800 | 0x2000;

/** Newest version that APPNOTE defines; `version needed` beyond it makes zipfile refuse a member that torch loads. */
const MAX_VERSION = 63;

/** What stands in a gap or a name problem makes an unpacker write outside its folder. */
function nameFindings(member: Member): ArtifactFinding[] {
  const problems = nameProblems(member.name);
  if (problems.length === 0) return [];
  const outside = problems.some((problem) => problem === 'parent' || problem === 'absolute' || problem === 'drive');
  if (outside) {
    return [
      {
        ruleId: 'archive-path-traversal',
        severity: 'high',
        confidence: 'high',
        verdict: 'malicious',
        args: { member: shownName(member.name), problem: problems.join(', ') },
        offset: member.offset,
      },
    ];
  }
  return [tampered('name', { member: shownName(member.name), problem: problems.join(', ') }, member.offset)];
}

/** Differences between the two headers of a member, each with the readers that it splits. */
function headerFindings(member: Member): ArtifactFinding[] {
  const { central, local } = member;
  const name = shownName(member.name);
  if (!central)
    return [tampered('unlisted-member', { member: name, readers: 'streaming readers see it, zipfile and torch do not' }, member.offset)];
  if (!local) return [incomplete('malformed', 'no local header where the directory points', { member: name }, member.offset)];
  const found: ArtifactFinding[] = [];
  if (member.unshifted)
    found.push(
      tampered('directory-offset', { member: name, readers: 'zipfile looks elsewhere: the end record has another offset' }, member.offset),
    );
  const odd = (central.flags | local.flags) & ~KNOWN_FLAGS;
  if (odd !== 0)
    found.push(
      tampered(
        'flags',
        { member: name, problem: `bits 0x${odd.toString(16)}`, readers: 'zipfile refuses the member, torch reads it' },
        member.offset,
      ),
    );
  const add = (anomaly: string, centralValue: string | number, localValue: string | number, readers: string): void => {
    found.push(tampered(anomaly, { member: name, central: centralValue, local: localValue, readers }, member.offset));
  };
  if (Buffer.compare(central.nameBytes, local.nameBytes) !== 0) {
    add('local-name', name, shownName(local.name), 'zipfile refuses the member, torch reads it');
  }
  if (central.method !== local.method)
    add('local-method', central.method, local.method, 'torch and zipfile follow the directory, streaming readers the local header');
  const streamed = (local.flags & FLAG_DESCRIPTOR) !== 0;
  const bare = local.crc === 0 && local.packed === 0 && local.size === 0;
  if (!(streamed && bare)) {
    if (central.crc !== local.crc) add('local-crc', central.crc, local.crc, 'torch loads it');
    if (central.size !== local.size || central.packed !== local.packed)
      add('local-size', central.size, local.size, 'readers take different lengths');
  }
  const centralLocked = central.flags & FLAG_ENCRYPTED;
  if (centralLocked !== (local.flags & FLAG_ENCRYPTED)) {
    add('encrypted-flag', centralLocked, local.flags & FLAG_ENCRYPTED, 'zipfile follows the directory, others the local header');
  }
  if (Math.max(central.versionNeeded & 0xff, local.versionNeeded & 0xff) > MAX_VERSION) {
    add('version-needed', central.versionNeeded, local.versionNeeded, 'zipfile refuses the member, torch loads it');
  }
  const unicode = central.unicodeName ?? local.unicodeName;
  if (unicode !== undefined && unicode !== central.name && unicode !== local.name && (central.flags & 0x800) !== 0) {
    add('unicode-name', name, shownName(unicode), 'Info-ZIP and 7-Zip unpack it under the other name');
  }
  return found;
}

function duplicateFindings(members: readonly Member[]): ArtifactFinding[] {
  const first = new Map<string, Member>();
  const found = new Map<string, ArtifactFinding>();
  for (const member of members) {
    if (!member.central || member.secondary) continue;
    const name = member.name.split('\0')[0] ?? '';
    const known = first.get(name);
    if (!known) first.set(name, member);
    // Two records of one header are the same bytes for every reader.
    else if (known.offset !== member.offset && !found.has(name)) {
      found.set(
        name,
        tampered('duplicate-name', { member: shownName(name), readers: 'torch reads the first, zipfile the last' }, member.offset),
      );
    }
  }
  return [...found.values()];
}

function overlapFindings(members: readonly Member[]): ArtifactFinding[] {
  const placed = members.filter((member) => member.central && member.local && !member.secondary).sort((a, b) => a.offset - b.offset);
  let reached = 0;
  let previous = '';
  for (const member of placed) {
    if (member.offset < reached) {
      return [
        tampered(
          'overlap',
          { member: shownName(member.name), with: shownName(previous), readers: 'one region counts as data of several members' },
          member.offset,
        ),
      ];
    }
    const end = member.dataOffset + member.packed;
    if (end > reached) {
      reached = end;
      previous = member.name;
    }
  }
  return [];
}

/** Everything odd about directory, names and headers. The members' content is judged elsewhere. */
export function anomaliesOf(archive: ZipArchive): ArtifactFinding[] {
  const found: ArtifactFinding[] = archive.problems.map((problem) => tampered('directory', { problem }));
  if (archive.directories.length > 1) {
    found.push(tampered('several-directories', { count: archive.directories.length, readers: 'each reader may take another one' }));
  }
  if (archive.directories.some((directory) => directory.end.multiDisk))
    found.push(incomplete('unsupported', 'part of a multi-disk archive'));
  for (const member of archive.members) {
    found.push(...nameFindings(member));
    if (!archive.withoutDirectory) found.push(...headerFindings(member));
  }
  found.push(...duplicateFindings(archive.members), ...overlapFindings(archive.members));
  if (archive.truncated) found.push(incomplete('limit', 'more members than the limit', { limit: 'MAX_MEMBERS' }));
  if (archive.withoutDirectory) found.push(incomplete('truncated', 'no end record: members were found by their local headers'));
  return found;
}
