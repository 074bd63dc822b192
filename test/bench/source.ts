import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { codeCrawler } from '../../src/crawlers/code/index.ts';
import type { FileFacts, Project } from '../../src/crawlers/crawler.ts';
import { decodeText } from '../../src/crawlers/text.ts';
import type { Entry } from '../../src/source/source.ts';
import { knowledge } from '../tools/knowledge.ts';

/**
 * What source code costs the crawler of code, stage by stage: `npm run bench:source -- DIR`. Source that is kept:
 * read, prefiltered, parsed, lowered and matched; source that is not: read and prefiltered. CPU of all threads of the
 * process, so that collecting garbage and compiling count. Fails where a figure is over its bar (issue of discovery).
 */
const BARS = { kept: 0.3, other: 0.05 };
/** Less source is shown, not judged: a second of CPU is mostly what the compiler warms up for. */
const MIN_MEGABYTES = 10;

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error('usage: npm run bench:source -- DIR');
const root = resolve(given);

function* filesBelow(folder: string): Generator<Entry> {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* filesBelow(path);
    else if (item.isFile()) yield { path: relative(root, path), size: 0 };
  }
}

/** Seconds of CPU since `from`. */
function cpuSince(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

const textOf = (path: string): string => decodeText(readFileSync(join(root, path))) ?? '';

async function read(paths: readonly string[]): Promise<FileFacts<unknown>[]> {
  const facts: FileFacts<unknown>[] = [];
  for (const path of paths) {
    const extraction = await codeCrawler.extract({ path, text: textOf(path) }, knowledge);
    if (extraction.facts !== undefined) facts.push({ path, facts: extraction.facts });
  }
  return facts;
}

const entries = [...filesBelow(root)];
const source = entries.filter((entry) => codeCrawler.wants(entry)).map(({ path }) => path);
// The first look says which files are kept. It also loads the grammars and the knowledge, which cost the same for any source.
let first = await read(source);
const kept = new Set(first.map(({ path }) => path));
const groups = { kept: source.filter((path) => kept.has(path)), other: source.filter((path) => !kept.has(path)) };
const megabytes = (paths: readonly string[]): number => paths.reduce((sum, path) => sum + Buffer.byteLength(textOf(path)), 0) / 1e6;

const paths = new Set(entries.map(({ path }) => path));
const project: Project = {
  entries,
  has: (path) => paths.has(path),
  settings: [],
  factsOf: () => [],
  found: [],
  knowledge,
};

function report(what: keyof typeof BARS, seconds: number, size: number, detail: string): boolean {
  const rate = size === 0 ? 0 : seconds / size;
  const judged = size >= MIN_MEGABYTES;
  const good = !judged || rate <= BARS[what];
  console.log(
    `${judged ? (good ? 'ok  ' : 'FAIL') : '    '} ${what}: ${size.toFixed(1)} MB, ${seconds.toFixed(2)} s CPU, ${rate.toFixed(3)} s/MB (bar ${BARS[what]})${detail}`,
  );
  return good;
}

const match = (facts: readonly FileFacts<unknown>[]): unknown =>
  codeCrawler.detect(facts as Parameters<typeof codeCrawler.detect>[0], project);
match(first.slice(0, 1));
first = [];
let from = process.cpuUsage();
await read(groups.other);
const others = cpuSince(from);
from = process.cpuUsage();
const facts = await read(groups.kept);
const extracted = cpuSince(from);
from = process.cpuUsage();
match(facts);
const matched = cpuSince(from);

const results = [
  report('other', others, megabytes(groups.other), ''),
  report(
    'kept',
    extracted + matched,
    megabytes(groups.kept),
    `: ${extracted.toFixed(2)} s read, prefiltered, parsed and lowered, ${matched.toFixed(2)} s matched`,
  ),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
