import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { LimitError, ParseError } from '../../core/errors.ts';
import { applyDelta } from './delta.ts';
import { inflateHead, MAX_OBJECT_BYTES, Pack, type ObjectType } from './pack.ts';

/** git itself writes at most 4,095; the default is 50. */
const MAX_DELTA_DEPTH = 4096;

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
    if (loose) return Number(/^\w+ (\d+)\0/.exec(inflateHead(loose.subarray(0, 512)).toString('latin1'))?.[1] ?? 0);
    const { pack, offset } = await this.findPacked(id);
    const entry = await pack.entry(offset);
    return entry.kind === 'object' ? entry.size : entry.resultSize();
  }

  private async looseFile(id: string): Promise<Buffer | undefined> {
    const path = join(this.objects, id.slice(0, 2), id.slice(2));
    const info = await stat(path).catch(() => undefined);
    if (!info) return undefined;
    if (info.size > MAX_OBJECT_BYTES) throw new LimitError('MAX_OBJECT_BYTES', `object ${id} is too large`);
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
    const entry = await pack.entry(offset);
    if (entry.kind === 'object') return { type: entry.type, data: await entry.data() };
    const base = 'offset' in entry.base ? await this.readPacked(pack, entry.base.offset, depth + 1) : await this.read(entry.base.id);
    return { type: base.type, data: applyDelta(base.data, await entry.data()) };
  }
}

function parseLoose(bytes: Buffer, id: string): GitObject {
  const end = bytes.indexOf(0);
  const match = /^(commit|tree|blob|tag) (\d+)$/.exec(bytes.toString('latin1', 0, Math.max(0, end)));
  if (!match) throw new ParseError(`object ${id} has no header`);
  const data = bytes.subarray(end + 1);
  if (data.length !== Number(match[2])) throw new ParseError(`object ${id} has another size than it says`);
  return { type: match[1] as ObjectType, data };
}
