import { readContext, type Context } from './action/context.ts';
import { readInputs, readToken, type Inputs } from './action/inputs.ts';
import type { Run } from './action/job.ts';
import { runAction } from './action/run.ts';
import { command, mask, writeOutputs } from './action/workflow.ts';
import { UserError } from './core/errors.ts';
import { loadKnowledge } from './knowledge/load.ts';
import type { AdvisoryLookup } from './registries/advisories.ts';

const write = (text: string): void => void process.stdout.write(text);

/** `online`: the OSV service is asked once for the same packages, for head and base. */
function askOsv(now: Date): AdvisoryLookup {
  const answers = new Map<string, ReturnType<AdvisoryLookup>>();
  return (packages) => {
    const key = JSON.stringify(packages);
    const known = answers.get(key);
    if (known) return known;
    const answer = import('./registries/osv.ts').then(async ({ queryOsv }) => ({
      asOf: now.toISOString().slice(0, 10),
      advisories: await queryOsv(packages, {}),
    }));
    answers.set(key, answer);
    return answer;
  };
}

/** What the inputs allow beyond the workspace. */
function reach(inputs: Inputs, context: Context, now: Date): Pick<Run, 'github' | 'advisories'> {
  const { token } = inputs;
  return {
    ...(inputs.online ? { advisories: askOsv(now) } : {}),
    ...(token === undefined
      ? {}
      : {
          github: async () =>
            (await import('./action/github.ts')).createGitHub(context, token, (message) => write(command('warning', message))),
        }),
  };
}

/** Entry of the GitHub Action. */
async function main(): Promise<number> {
  const { env } = process;
  // Before anything else can print: a token that is not the workflow's own is not masked by the runner.
  const token = readToken(env);
  if (token !== undefined) write(mask(token));
  try {
    const context = readContext(env);
    const inputs = readInputs(env);
    const epoch = env['SOURCE_DATE_EPOCH'];
    const now = epoch !== undefined && /^\d{1,12}$/.test(epoch) ? new Date(Number(epoch) * 1000) : new Date();
    return await runAction({ inputs, context, knowledge: loadKnowledge(), now, write, ...reach(inputs, context, now) });
  } catch (error) {
    writeOutputs(env['GITHUB_OUTPUT'], { outcome: 'error' });
    write(
      command(
        'error',
        error instanceof UserError
          ? error.message
          : `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\nThis is a bug in assay; please report it.`,
      ),
    );
    return 2;
  }
}

process.exitCode = await main();
