import { sliceReader, type ByteReader } from '../../../core/byte-reader.ts';
import { LimitError, ParseError } from '../../../core/errors.ts';
import { Collection } from '../../collect.ts';
import { incomplete, tampered } from '../../findings.ts';
import type { ArtifactFinding, ArtifactInput, Format, InspectContext, Inspection } from '../../format.ts';
import { judgedByFlavour } from '../../script/python.ts';
import { linkEscapes, nameProblems, shownName } from '../names.ts';
import { BLOCK, checksumHolds, readHeader, readPax, type TarHeader } from './header.ts';

/** A long name or a pax header: PATH_MAX and some attributes, with room. */
const MAX_EXTENDED = 1 << 20;
/** Zero blocks after the end: tar pads to 10 KiB records. */
const MAX_PADDING = 1 << 20;

export interface TarEntry extends TarHeader {
  readonly offset: number;
  readonly data: ByteReader;
}

function traversal(entry: TarEntry, problem: string, target?: string): ArtifactFinding {
  return {
    ruleId: 'archive-path-traversal',
    severity: 'high',
    confidence: 'high',
    verdict: 'malicious',
    offset: entry.offset,
    args: { member: shownName(entry.name), problem, ...(target === undefined ? {} : { target: shownName(target) }) },
  };
}

/** What unpacking the entry would do to the file system, whatever its content. */
function placeFindings(entry: TarEntry): ArtifactFinding[] {
  const found: ArtifactFinding[] = [];
  const problems = nameProblems(entry.name);
  const outside = problems.filter((problem) => problem === 'parent' || problem === 'absolute' || problem === 'drive');
  if (outside.length > 0) found.push(traversal(entry, outside.join(', ')));
  if (entry.type === '2' && linkEscapes(entry.name, entry.link)) found.push(traversal(entry, 'link', entry.link));
  // Hard links are relative to the root of the archive.
  if (entry.type === '1' && linkEscapes('', entry.link)) found.push(traversal(entry, 'hard-link', entry.link));
  if (entry.type === '3' || entry.type === '4' || entry.type === '6')
    found.push(tampered('device', { member: shownName(entry.name) }, entry.offset));
  return found;
}

const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

/** Entries in order, with GNU long names and pax headers applied; returns where they end. Reads headers only. */
export async function* tarEntries(reader: ByteReader): AsyncGenerator<TarEntry, number> {
  let at = 0;
  let longName: string | undefined;
  let longLink: string | undefined;
  let pax = new Map<string, string>();
  let global = new Map<string, string>();
  while (at + BLOCK <= reader.size) {
    const block = await reader.read(at, BLOCK);
    if (isZero(block)) return at;
    if (!checksumHolds(block)) throw new ParseError('tar header checksum differs', at);
    const header = readHeader(block);
    const size = Number(pax.get('size') ?? global.get('size') ?? header.size);
    const data = at + BLOCK;
    if (!Number.isSafeInteger(size) || size < 0) throw new ParseError('tar entry of impossible size', at);
    const next = data + Math.ceil(size / BLOCK) * BLOCK;
    if ('LKxg'.includes(header.type)) {
      const bytes = await reader.read(data, Math.min(size, MAX_EXTENDED));
      if (header.type === 'L') longName = new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
      else if (header.type === 'K') longLink = new TextDecoder().decode(bytes).replace(/\0.*$/s, '');
      else if (header.type === 'x') pax = readPax(bytes);
      else global = new Map([...global, ...readPax(bytes)]);
      at = next;
      continue;
    }
    yield {
      ...header,
      name: pax.get('path') ?? longName ?? global.get('path') ?? header.name,
      link: pax.get('linkpath') ?? longLink ?? global.get('linkpath') ?? header.link,
      size,
      offset: at,
      data: sliceReader(reader, data, size),
    };
    longName = longLink = undefined;
    pax = new Map();
    at = next;
  }
  return at;
}

/** torch before 0.1.10 wrote a tar of three pickles; NeMo writes configuration and weights. */
function flavourOf(names: ReadonlySet<string>): string {
  const has = (name: string): boolean => names.has(name) || names.has(`./${name}`);
  if (has('sys_info') && (has('storages') || has('pickle'))) return 'torch-tar';
  if (has('model_config.yaml')) return 'nemo';
  if (has('MAR-INF/MANIFEST.json')) return 'torchserve-mar';
  return 'tar';
}

async function inspectTar(input: ArtifactInput, context: InspectContext): Promise<Inspection> {
  const out = new Collection();
  const names = new Set<string>();
  const walk = tarEntries(input.reader);
  let end = 0;
  let count = 0;
  let damaged = false;
  try {
    for (;;) {
      const step = await walk.next();
      if (step.done === true) {
        end = step.value;
        break;
      }
      count += 1;
      await inspectEntry(step.value, input, context, out, names);
      end = step.value.offset + BLOCK + step.value.size;
    }
  } catch (error) {
    // Names and data of what came before stand; the first header alone decides whether it is a tar at all.
    if (count === 0 || !(error instanceof ParseError || error instanceof LimitError)) throw error;
    damaged = true;
    out.add(incomplete(error instanceof LimitError ? 'limit' : 'malformed', error.message, { format: 'tar' }, end));
  }
  if (end > input.reader.size) out.add(incomplete('truncated', 'last member is cut off', { format: 'tar' }));
  else await inspectRest(end, input, context, out, damaged);
  const flavour = flavourOf(names);
  out.revise((findings) => judgedByFlavour(findings, flavour));
  return out.done(flavour, { memberCount: count });
}

async function inspectEntry(
  entry: TarEntry,
  input: ArtifactInput,
  context: InspectContext,
  out: Collection,
  names: Set<string>,
): Promise<void> {
  context.budget.members -= 1;
  if (context.budget.members < 0) throw new LimitError('MAX_MEMBERS', 'more members than the limit');
  out.add(...placeFindings(entry));
  const name = shownName(entry.name);
  if (entry.type === '0' && names.has(entry.name))
    out.add(tampered('duplicate-name', { member: name, readers: 'the last is unpacked' }, entry.offset));
  names.add(entry.name);
  if (entry.data.size < entry.size)
    out.add(incomplete('truncated', 'member is cut off by the end of the file', { member: name }, entry.offset));
  if (entry.size === 0) return;
  const path = `${input.path}!${name.replace(/^\.\//, '')}`;
  out.absorb(await context.inspect({ path, reader: entry.data }), path, name, entry.data.size);
}

/** tarfile stops at the first zero block; what follows other than padding is for someone else. */
async function inspectRest(end: number, input: ArtifactInput, context: InspectContext, out: Collection, damaged: boolean): Promise<void> {
  let at = end;
  for (const limit = Math.min(input.reader.size, end + MAX_PADDING); at < limit;) {
    const bytes = await input.reader.read(at, Math.min(65_536, limit - at));
    const first = bytes.findIndex((byte) => byte !== 0);
    if (first < 0) {
      at += Math.max(1, bytes.length);
      continue;
    }
    const start = at + first - ((at + first) % BLOCK);
    const rest = sliceReader(input.reader, start, input.reader.size - start);
    if (!damaged)
      out.add(tampered('trailing-bytes', { bytes: rest.size, readers: 'unpackers stop before it unless told to ignore zeros' }, start));
    const path = `${input.path}!trailing-bytes@${start}`;
    out.absorb(await context.inspect({ path, reader: rest }), path, 'trailing-bytes', rest.size);
    return;
  }
}

export const tarFormat: Format = {
  id: 'tar',
  extensions: ['.tar', '.nemo', '.mar'],
  matches: ({ head, size }) => (size >= BLOCK && checksumHolds(head.subarray(0, BLOCK)) ? 'yes' : 'no'),
  inspect: inspectTar,
};
