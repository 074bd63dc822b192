import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Surveyed } from '../crawlers/artifacts/survey.ts';
import { MAX_HISTORY, type AuditEntry, type AuditRecord, type AuditStore, type TargetHistory } from './store.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Readable and unique: the readable part is cut, the digest tells apart. */
const fileOf = (target: string): string => `${target.replaceAll(/[^A-Za-z0-9.]+/g, '_').slice(0, 80)}-${hash(target).slice(0, 16)}`;

/** A temporary file beside it, synced and renamed: after a crash the old content is there or the new one. */
async function writeAtomic(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  const handle = await open(temporary, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UserError(`cannot read ${path}: ${error.code}`);
  });
}

/** A value of ours; what somebody has damaged counts as not there. */
function parse<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

const lines = <T>(text: string | undefined): T[] =>
  (text ?? '').split('\n').flatMap((line) => parse<T>(line === '' ? undefined : line) ?? []);

interface Running {
  readonly id: string;
  readonly specs: readonly string[];
  readonly targets: readonly string[];
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** One process at a time writes a state directory; a lock whose process is gone is taken over. */
async function lock(root: string): Promise<() => Promise<void>> {
  const path = join(root, 'lock');
  await mkdir(root, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`cannot write the state ${root}: ${error.code}`);
  });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const handle = await open(path, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new UserError(`cannot write the state ${root}: ${(error as NodeJS.ErrnoException).code}`);
      const pid = Number(await readText(path));
      if (Number.isInteger(pid) && pid > 0 && pid !== process.pid && alive(pid))
        throw new UserError(`another audit (process ${pid}) uses the state ${root}`);
      await rm(path, { force: true });
    }
  }
  throw new UserError(`cannot lock the state ${root}`);
}

/**
 * Audits remembered in a plain directory: `targets/*.jsonl` (one line per audit), `records/*.json`
 * (the newest result), `artifacts/` (inspections by digest), `current.json` (an unfinished audit).
 * @throws UserError where the directory cannot be used, or another process uses it.
 */
export async function directoryStore(root: string, options: { readonly readOnly?: boolean } = {}): Promise<AuditStore> {
  const unlock = options.readOnly === true ? undefined : await lock(root);
  const current = join(root, 'current.json');
  const history = (target: string): string => join(root, 'targets', `${fileOf(target)}.jsonl`);
  const artifact = (key: string): string => join(root, 'artifacts', hash(key).slice(0, 2), `${hash(key)}.json`);
  const entriesOf = async (target: string): Promise<AuditEntry[]> => lines<AuditEntry>(await readText(history(target)));
  return {
    artifacts: {
      get: async (key) => parse<Surveyed>(await readText(artifact(key))),
      set: (key, value) => writeAtomic(artifact(key), JSON.stringify(value)),
    },
    async begin(id, specs, targets) {
      const running = parse<Running>(await readText(current));
      if (running && JSON.stringify(running.specs) === JSON.stringify(specs))
        return { id: running.id, targets: running.targets, resumed: true };
      const fresh: Running = { id, specs, targets: await targets() };
      await writeAtomic(current, JSON.stringify(fresh));
      return { ...fresh, resumed: false };
    },
    done: async (audit, target) => (await entriesOf(target)).some((entry) => entry.audit === audit),
    last: async (target) => parse<AuditRecord>(await readText(join(root, 'records', `${fileOf(target)}.json`))),
    async record(record) {
      const { target, audit } = record.entry;
      const entries = await entriesOf(target);
      if (entries.some((entry) => entry.audit === audit)) return false;
      // The record first: a line of the history says that the record is there.
      await writeAtomic(join(root, 'records', `${fileOf(target)}.json`), JSON.stringify(record));
      await writeAtomic(
        history(target),
        [...entries, record.entry]
          .slice(-MAX_HISTORY)
          .map((entry) => `${JSON.stringify(entry)}\n`)
          .join(''),
      );
      return true;
    },
    finish: () => rm(current, { force: true }),
    async fleet() {
      const files = await readdir(join(root, 'targets')).catch(() => []);
      const all = await Promise.all(
        files.filter((file) => file.endsWith('.jsonl')).map(async (file) => lines<AuditEntry>(await readText(join(root, 'targets', file)))),
      );
      return all
        .flatMap((entries): TargetHistory[] => (entries[0] ? [{ target: entries[0].target, entries }] : []))
        .sort((a, b) => (a.target < b.target ? -1 : 1));
    },
    close: async () => unlock?.(),
  };
}
