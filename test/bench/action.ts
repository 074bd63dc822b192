// Prints what the Action costs: npm run bench:action. Argument: folder of the bundle.
// ASSAY_ACTION_NODE names the node that the runner has. Ends with 1 where a figure is over its limit.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { availableParallelism, loadavg } from 'node:os';
import { gzipSync } from 'node:zlib';
import { openPullRequest, Repository } from '../action/repository.ts';
import { NODE, runBundle, runPullRequest } from '../action/run.ts';

const LIMITS = { bundle: 8 * 1024 * 1024, coldStart: 400, pullRequest: 10_000 };
const FILES = 5000;

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap((item) =>
    item.isFile() ? [join(item.parentPath, item.name)] : [],
  );

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Sources as a product has them: some with AI, most without, in several languages. */
function source(i: number): readonly [path: string, text: string] {
  const folder = `src/part${i % 50}/area${i % 7}`;
  const body = Array.from({ length: 40 }, (_, line) => line);
  switch (i % 5) {
    case 0:
      return [
        `${folder}/m${i}.py`,
        `${i % 50 === 0 ? `from openai import OpenAI\n\nclient = OpenAI()\nclient.chat.completions.create(model="gpt-5-mini", messages=[])\n` : 'import os\n'}${body.map((line) => `def f${line}(a, b):\n    return a + b + ${line + i}\n`).join('\n')}`,
      ];
    case 1:
      return [
        `${folder}/m${i}.ts`,
        `${i % 40 === 1 ? `import { generateText } from 'ai';\nimport { openai } from '@ai-sdk/openai';\nawait generateText({ model: openai('gpt-5-mini'), prompt: 'x' });\n` : ''}${body.map((line) => `export const f${line} = (a: number): number => a + ${line + i};`).join('\n')}`,
      ];
    case 2:
      return [
        `${folder}/m${i}.go`,
        `package part\n\n${body.map((line) => `func F${line}(a int) int { return a + ${line + i} }`).join('\n')}\n`,
      ];
    case 3:
      return [`${folder}/c${i}.yaml`, body.map((line) => `key${line}: value ${i}`).join('\n')];
    default:
      return [`${folder}/d${i}.md`, body.map((line) => `line ${line} of ${i}`).join('\n')];
  }
}

const bundle = join(resolve(process.argv[2] ?? 'dist/action'), 'index.js');
const files = filesOf(dirname(bundle));
const compressed = files.reduce((sum, file) => sum + gzipSync(readFileSync(file), { level: 9 }).length, 0);

const tiny = new Repository();
const starts: number[] = [];
tiny.commit({ 'a.py': 'import openai\n' });
// Other work on the machine makes the clock slower, but not the processor's time.
const CPU = `data:text/javascript,process.on('exit',()=>{const{user,system}=process.cpuUsage();console.log('cpu '+(user+system)/1000)})`;
const cpu: number[] = [];
for (let i = 0; i < 9; i++) {
  starts.push(
    await timed(async () => {
      const { log } = await runBundle({ bundle, repository: tiny, inputs: { token: '' }, env: { NODE_OPTIONS: `--import="${CPU}"` } });
      cpu.push(Number(/^cpu ([\d.]+)$/m.exec(log)?.[1] ?? Number.NaN));
    }),
  );
}
tiny.remove();

const large = new Repository();
large.commit(Object.fromEntries(Array.from({ length: FILES }, (_, i) => source(i))));
large.git('gc', '--quiet');
const state = openPullRequest(large, {
  'src/new.py': 'import anthropic\n\nanthropic.Anthropic().messages.create(model="claude-opus-4-5", max_tokens=9, messages=[])\n',
});
const pulls: number[] = [];
let outputs = {};
for (let i = 0; i < 3; i++) {
  pulls.push(
    await timed(async () => {
      const result = await runPullRequest({ bundle, repository: large, state, inputs: { token: '' } });
      if (result.code !== 0) throw new Error(result.log);
      // What is quick and wrong is no figure: the base has been read whole if one finding alone is new.
      if (result.outputs['new-findings'] !== '1') throw new Error(`new findings: ${result.outputs['new-findings']}`);
      outputs = result.outputs;
    }),
  );
}
large.remove();

const figures = [
  ['bundle, compressed', compressed, LIMITS.bundle, `${(compressed / 1024 / 1024).toFixed(2)} MB of ${files.length} files`],
  [
    'cold start, a whole run on one file, median processor time of 9',
    median(cpu),
    LIMITS.coldStart,
    `${Math.round(median(cpu))} ms (clock: best ${Math.round(Math.min(...starts))} ms, median ${Math.round(median(starts))} ms)`,
  ],
  [
    `pull request in a repository of ${FILES} files, best of 3`,
    Math.min(...pulls),
    LIMITS.pullRequest,
    `${(Math.min(...pulls) / 1000).toFixed(2)} s (median ${(median(pulls) / 1000).toFixed(2)} s)`,
  ],
] as const;
console.log(`${NODE}, ${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)}; outputs ${JSON.stringify(outputs)}`);
for (const [name, value, limit, text] of figures) console.log(`${value <= limit ? 'ok  ' : 'OVER'} ${name}: ${text}`);
process.exitCode = figures.some(([, value, limit]) => value > limit) ? 1 : 0;
