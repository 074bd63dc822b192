import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { LimitError, ParseError } from '../../core/errors.ts';
import { ByteCache } from './cache.ts';
import { applyDelta } from './delta.ts';
import { DEFLATE_HEAD, inflateHead, MAX_OBJECT_BYTES, Pack, type ObjectType, type PackEntry } from './pack.ts';

/** git itself writes at most 4,095; the default is 50. */
const MAX_DELTA_DEPTH = 4096;
/** Bases of deltas that are kept: neighbours in a pack share them. */
const KEPT_BASES = 32 * 1024 * 1024;

/** The clone does not hold the object: it is shallow or partial. */
export class MissingObject extends ParseError {}

export interface GitObject {
  readonly type: ObjectType;
  readonly data: Buffer;
}

/** Objects of a repository, loose and packed, read from the files. git is never run. */
export class ObjectStore {
  private readonly objects: string;
  private packs: Promise<readonly Pack[]> | undefined;
  private loose: Promise<ReadonlySet<string>> | undefined;
  private readonly bases = new Map<Pack, ByteCache<number, GitObject>>();

  /** `gitDir` is the common directory of the repository. */
  constructor(gitDir: string) {
    this.objects = join(gitDir, 'objects');
  }

  async close(): Promise<void> {
    for (const pack of (await this.packs?.catch(() => [])) ?? []) await pack.close();
  }

  private openPacks(): Promise<readonly Pack[]> {
    this.packs ??= (async () => {
      const names = await readdir(join(this.objects, 'pack')).catch(() => []);
      return Promise.all(
        names
          .filter((name) => name.endsWith('.idx'))
          .sort()
          .map((name) => Pack.open(join(this.objects, 'pack', name))),
      );
    })();
    return this.packs;
  }

  /** @throws ParseError where the object is missing or damaged, LimitError where it is too large. */
  async read(id: string): Promise<GitObject> {
    const loose = await this.looseFile(id);
    if (loose) return parseLoose(inflateSync(loose, { maxOutputLength: MAX_OBJECT_BYTES }), id);
    const found = await this.findPacked(id);
    return this.readPacked(found.pack, found.offset, 0);
  }

  /** Size of a blob without reading all of it. */
  async size(id: string): Promise<number> {
    const loose = await this.looseFile(id);
    if (loose) {
      const size = /^\w+ (\d{1,15})\0/.exec(inflateHead(loose.subarray(0, DEFLATE_HEAD)).toString('latin1'))?.[1];
      if (size === undefined) throw new ParseError(`object ${id} has no header`);
      return Number(size);
    }
    const { pack, offset } = await this.findPacked(id);
    const entry = await pack.entry(offset);
    return entry.kind === 'object' ? entry.size : entry.resultSize();
  }

  private async looseFile(id: string): Promise<Buffer | undefined> {
    this.loose ??= looseNames(this.objects);
    if (!(await this.loose).has(id)) return undefined;
    const path = join(this.objects, id.slice(0, 2), id.slice(2));
    if ((await stat(path)).size > MAX_OBJECT_BYTES) throw new LimitError('MAX_OBJECT_BYTES', `object ${id} is too large`);
    return readFile(path);
  }

  private async findPacked(id: string): Promise<{ pack: Pack; offset: number }> {
    const key = Buffer.from(id, 'hex');
    for (const pack of await this.openPacks()) {
      const offset = pack.find(key);
      if (offset !== undefined) return { pack, offset };
    }
    throw new MissingObject(`object ${id} is not in the repository`);
  }

  private async readPacked(pack: Pack, offset: number, depth: number): Promise<GitObject> {
    if (depth > MAX_DELTA_DEPTH) throw new LimitError('MAX_DELTA_DEPTH', 'chain of deltas is too long');
    const bases = this.bases.get(pack) ?? new ByteCache<number, GitObject>(KEPT_BASES);
    this.bases.set(pack, bases);
    const known = bases.get(offset);
    if (known) return known;
    const entry = await pack.entry(offset);
    const object = entry.kind === 'object' ? { type: entry.type, data: await entry.data() } : await this.applied(pack, entry, depth);
    bases.set(offset, object, object.data.length);
    return object;
  }

  private async applied(pack: Pack, entry: Extract<PackEntry, { kind: 'delta' }>, depth: number): Promise<GitObject> {
    const base = 'offset' in entry.base ? await this.readPacked(pack, entry.base.offset, depth + 1) : await this.read(entry.base.id);
    return { type: base.type, data: applyDelta(base.data, await entry.data()) };
  }
}

/** Names of all loose objects: a clone has few of them, and asking for each object whether it is loose costs more. */
async function looseNames(objects: string): Promise<ReadonlySet<string>> {
  const folders = (await readdir(objects).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(join(objects, folder)).catch(() => [])).map((name) => folder + name)),
  );
  return new Set(names.flat());
}

function parseLoose(bytes: Buffer, id: string): GitObject {
  const end = bytes.indexOf(0);
  const match = /^(commit|tree|blob|tag) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(0, end)));
  if (!match) throw new ParseError(`object ${id} has no header`);
  const data = bytes.subarray(end + 1);
  if (data.length !== Number(match[2])) throw new ParseError(`object ${id} has another size than it says`);
  return { type: match[1] as ObjectType, data };
}
