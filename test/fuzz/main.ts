import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { corpus } from '../../fixtures/artifacts/index.ts';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { LimitError, ParseError } from '../../src/core/errors.ts';
import type { InspectContext } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/index.ts';
import { inspectArtifact } from '../../src/formats/inspect.ts';
import { sniff } from '../../src/formats/sniff.ts';
import { mutate, Random } from './mutate.ts';
import { knowledge } from '../tools/knowledge.ts';

/**
 * Mutates every fixture over every format for a given time. Wrong is: an exception that is not a
 * ParseError or LimitError out of a format, a crash inside one (the dispatcher reports it), more
 * than 2 s for one file. Such files are written to `--out` and belong into the fixtures.
 *
 *     npm run fuzz -- --seconds 60 [--seed 1] [--only archive] [--out DIR]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    only: { type: 'string' },
    out: { type: 'string', default: 'coverage/fuzz' },
  },
});

const MAX_MILLISECONDS = 2000;
const MAX_SEED_SIZE = 256 * 1024;

const seeds = Object.entries(corpus)
  .filter(([group]) => values.only === undefined || group === values.only)
  .flatMap(([group, items]) => items.map((item) => ({ group, item, bytes: item.bytes() })))
  .filter(({ bytes }) => bytes.length > 0 && bytes.length <= MAX_SEED_SIZE);

const now = (): number => performance.now();
const failures: string[] = [];

function keep(bytes: Uint8Array, path: string, problem: string): void {
  failures.push(problem);
  mkdirSync(values.out, { recursive: true });
  const file = `${values.out}/${failures.length}-${path.replaceAll(/[^\w.-]/g, '_')}`;
  writeFileSync(file, bytes);
  console.log(`${problem}\n  ${file} (${path}, ${bytes.length} bytes)`);
}

/** Each format on its own, whatever it thinks of the bytes: only typed errors may come out. */
async function directly(bytes: Uint8Array, path: string): Promise<void> {
  const input = { path, reader: bytesReader(bytes) };
  const { sniff: seen } = await sniff(input);
  for (const format of formats) {
    const context: InspectContext = {
      knowledge,
      budget: { bytes: 1 << 26, members: 5000, steps: 2_000_000, deadline: now() + MAX_MILLISECONDS },
      depth: 7,
      now,
      inspect: (nested) => Promise.resolve({ format: 'nested', findings: [], facts: { size: nested.reader.size } }),
    };
    try {
      format.matches(seen);
      await format.inspect(input, context);
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof LimitError))
        keep(bytes, path, `${format.id} threw ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}

async function through(bytes: Uint8Array, path: string): Promise<void> {
  const start = now();
  const { findings } = await inspectArtifact({ path, reader: bytesReader(bytes) }, { knowledge, now });
  const took = now() - start;
  if (took > MAX_MILLISECONDS) keep(bytes, path, `took ${Math.round(took)} ms`);
  const crash = findings.find((finding) => finding.args['reason'] === 'crash');
  if (crash) keep(bytes, path, `crash: ${JSON.stringify(crash.args)}`);
}

const random = new Random(Number(values.seed));
const end = now() + Number(values.seconds) * 1000;
let runs = 0;
let slowest = 0;
while (now() < end && failures.length < 20) {
  const seed = seeds[random.next(seeds.length)];
  const other = seeds[random.next(seeds.length)];
  if (!seed || !other) break;
  const bytes = mutate(seed.bytes, other.bytes, random);
  // Now and then under another name: the extension must not matter for safety.
  const path = random.next(5) === 0 ? other.item.path : seed.item.path;
  const start = now();
  await through(bytes, path);
  slowest = Math.max(slowest, now() - start);
  if (runs % 4 === 0) await directly(bytes, path);
  runs += 1;
}
console.log(
  `${runs} files from ${seeds.length} seeds, seed ${values.seed}: ${failures.length} failures, slowest ${Math.round(slowest)} ms, ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`,
);
process.exitCode = failures.length > 0 ? 1 : 0;
