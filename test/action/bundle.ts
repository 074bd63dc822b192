import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'tsdown';
import { actionBundle } from '../../tsdown.action.config.ts';

const CACHE = resolve('node_modules/.cache/assay');
/** Test files run in processes of one parent: the first that comes builds for all of them. */
const OUT = join(CACHE, `action-${process.ppid}`);
const [READY, FAILED] = [join(OUT, '.ready'), join(CACHE, `action-${process.ppid}.lock`, 'failed')];

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** What test runs that ended have left. */
function sweep(): void {
  for (const name of readdirSync(CACHE)) {
    const pid = /^action-(\d+)(?:\.lock)?$/.exec(name)?.[1];
    if (pid !== undefined && !runs(Number(pid))) rmSync(join(CACHE, name), { recursive: true, force: true });
  }
}

/** Path of the built bundle: that of the checkout's own sources, whatever `dist` holds. */
export async function builtAction(): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  try {
    mkdirSync(`${OUT}.lock`);
  } catch {
    while (!existsSync(READY)) {
      if (existsSync(FAILED)) throw new Error('the bundle could not be built; see the test file that tried first');
      await sleep(50);
    }
    return join(OUT, 'index.js');
  }
  sweep();
  try {
    await build({ ...actionBundle(OUT), logLevel: 'silent', config: false });
  } catch (error) {
    writeFileSync(FAILED, '');
    throw error;
  }
  writeFileSync(READY, '');
  return join(OUT, 'index.js');
}
