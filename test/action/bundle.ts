import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'tsdown';
import { actionBundle } from '../../tsdown.action.config.ts';

/** Test files run in processes of one parent: the first that comes builds for all of them. */
const OUT = resolve(`node_modules/.cache/assay/action-${process.ppid}`);
const READY = join(OUT, '.ready');

/** Path of the built bundle: that of the checkout's own sources, whatever `dist` holds. */
export async function builtAction(): Promise<string> {
  try {
    mkdirSync(join(OUT, '..'), { recursive: true });
    mkdirSync(`${OUT}.lock`);
    await build({ ...actionBundle(OUT), logLevel: 'silent', config: false });
    writeFileSync(READY, '');
    process.on('exit', () => rmSync(`${OUT}.lock`, { recursive: true, force: true }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    while (!existsSync(READY)) await sleep(50);
  }
  return join(OUT, 'index.js');
}
