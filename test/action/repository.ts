import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export type Files = Readonly<Record<string, string | Buffer | { readonly link: string } | null>>;

/** A real repository in a temporary folder. */
export class Repository {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'assay-action-')));

  constructor() {
    this.git('init', '--quiet');
    this.git('remote', 'add', 'origin', 'https://github.com/o/r');
  }

  git(...args: string[]): string {
    const settings = [
      'user.name=t',
      'user.email=t@example.com',
      'init.defaultBranch=main',
      'commit.gpgsign=false',
      'core.quotepath=off',
    ].flatMap((item) => ['-c', item]);
    return execFileSync('git', [...settings, ...args], { cwd: this.root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }

  /** `null` removes. */
  write(files: Files): void {
    for (const [path, content] of Object.entries(files)) {
      const full = join(this.root, path);
      rmSync(full, { recursive: true, force: true });
      if (content === null) continue;
      mkdirSync(dirname(full), { recursive: true });
      if (typeof content === 'object' && 'link' in content) symlinkSync(content.link, full);
      else writeFileSync(full, content);
    }
  }

  commit(files: Files): string {
    this.write(files);
    this.git('add', '--all', '--force');
    this.git('commit', '--quiet', '--allow-empty', '--message', 'x');
    return this.git('rev-parse', 'HEAD');
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** What checkout leaves for a pull request: the merge commit, detached. */
export interface PullRequestState {
  readonly base: string;
  readonly head: string;
  readonly merge: string;
}

/** Puts a pull request on top of `main`: commits `files` on a branch from `from`, merges it into main's tip without moving main. */
export function openPullRequest(repository: Repository, files: Files, from = 'main'): PullRequestState {
  repository.git('checkout', '--quiet', '--detach', from);
  const head = repository.commit(files);
  const base = repository.git('rev-parse', 'main');
  repository.git('checkout', '--quiet', '--detach', base);
  repository.git('merge', '--quiet', '--no-ff', '--message', 'merge', head);
  return { base, head, merge: repository.git('rev-parse', 'HEAD') };
}

/** A pickle that calls `posix.system` when it is loaded. */
export const evilPickle = (command = 'id'): Buffer => Buffer.from(`cposix\nsystem\n(S'${command}'\ntR.`, 'latin1');

/** A safetensors file of one small tensor. */
export function safetensors(value: number): Buffer {
  const header = Buffer.from(JSON.stringify({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8] } }));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const data = Buffer.alloc(8);
  data.writeFloatLE(value, 0);
  return Buffer.concat([size, header, data]);
}
