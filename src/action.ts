import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readContext } from './action/context.ts';
import { readInputs } from './action/inputs.ts';
import { runAction } from './action/run.ts';
import { command, writeOutputs } from './action/workflow.ts';
import { UserError } from './core/errors.ts';
import { loadKnowledge } from './knowledge/load.ts';

/** Entry of the GitHub Action. */
async function main(): Promise<number> {
  const { env } = process;
  const write = (text: string): void => void process.stdout.write(text);
  try {
    const context = readContext(env);
    const inputs = readInputs(env);
    const epoch = env['SOURCE_DATE_EPOCH'];
    return await runAction({
      inputs,
      context,
      knowledge: loadKnowledge(),
      now: epoch !== undefined && /^\d+$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date(),
      write,
      readText: (path) => readFile(join(context.workspace, path), 'utf8'),
    });
  } catch (error) {
    writeOutputs(env['GITHUB_OUTPUT'], { outcome: 'error' });
    write(command('error', error instanceof UserError ? error.message : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}. This is a bug in assay; please report it.`));
    return 2;
  }
}

process.exitCode = await main();
