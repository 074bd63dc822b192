import { Parser, Query, type Language } from 'web-tree-sitter';
import { LimitError } from '../core/errors.ts';
import type { SourceFacts } from './facts.ts';
import type { Frontend, Interest } from './frontend.ts';
import { engineBytes, loadGrammar } from './grammar.ts';
import { TreeReader } from './tree-reader.ts';

/** Source files above this are data or bundles; parsing 6 MB costs seconds and wasm memory never shrinks. */
export const MAX_SOURCE_BYTES = 2 * 1024 * 1024;
/**
 * Progress reports of one parse; the engine makes one per 100 steps or so. Ordinary source needs
 * about 6,000 per MB; counting them is a deadline that does not depend on the machine.
 */
const MAX_PROGRESS = 200_000;
/**
 * Some grammars (Swift's) take longer from report to report the longer a line or the more wrong the source is: a table
 * of 90 kB in one row takes 10 s. The slowest of 1,400 real files took 0.8 s. The search of the tree has as long:
 * patterns stay open in every node around, and a sum of 600,000 parts is as deep.
 */
const MAX_STEP_MS = 5_000;
/**
 * Memory that one parse may add. Where it gets none, the engine aborts, and parses nothing more in its thread: 12 kB of
 * `%w(` in Java need more than 2 GB. Sources of 2 MB that people wrote need less than 60 MB.
 */
const MAX_GROWTH = 512 * 1024 * 1024;
/** Characters that the parser reads at a time. Where it skips characters it copies as many anew for each. */
const CHUNK = 1_024;
/** Matches in flight; nested structure beyond this is dropped by the engine. */
const MATCH_LIMIT = 4_096;

const queries = new WeakMap<Language, Map<string, Query>>();

function queryOf(language: Language, source: string): Query {
  let known = queries.get(language);
  if (!known) queries.set(language, (known = new Map()));
  let query = known.get(source);
  if (!query) known.set(source, (query = new Query(language, source)));
  return query;
}

export interface ExtractOptions {
  /** Line of the real file for a 1-based line of `text` (notebook cells). */
  readonly lineOf?: (line: number) => number;
  /** Instead of `MAX_STEP_MS`. */
  readonly stepMs?: number;
  /** Bytes, instead of `MAX_GROWTH`. */
  readonly growth?: number;
}

/** Parses a text and lowers what interests to facts. Throws `LimitError` where the parse was given up. */
export async function extractFacts(
  text: string,
  frontend: Frontend,
  interest: Interest,
  options: ExtractOptions = {},
): Promise<SourceFacts> {
  const language = await loadGrammar(frontend.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  let progress = 0;
  const { stepMs = MAX_STEP_MS, growth = MAX_GROWTH } = options;
  const deadline = performance.now() + stepMs;
  const bytes = engineBytes();
  let late = false;
  let large = false;
  const isLate = (): boolean => (late ||= performance.now() > deadline);
  const source = frontend.prepare?.(text) ?? text;
  // Past the deadline the source ends: where a grammar skips what it does not know, it reports no progress.
  const tree = parser.parse((index) => (isLate() ? '' : source.slice(index, index + CHUNK)), null, {
    progressCallback: () => ++progress > MAX_PROGRESS || isLate() || (large = engineBytes() - bytes > growth),
  });
  parser.delete();
  if (!tree || late) {
    tree?.delete();
    throw new LimitError(
      large ? 'MAX_GROWTH' : progress > MAX_PROGRESS ? 'MAX_PROGRESS' : 'MAX_STEP_MS',
      'the parser was stopped: the source is too irregular',
    );
  }
  try {
    const query = queryOf(language, frontend.query);
    let stopped = false;
    const until = performance.now() + stepMs;
    const matches = query.matches(tree.rootNode, {
      matchLimit: MATCH_LIMIT,
      progressCallback: (): boolean => (stopped = performance.now() > until),
    });
    if (stopped) throw new LimitError('MAX_STEP_MS', 'the search of the syntax tree was stopped: the source nests too deeply');
    return new TreeReader(text, frontend, interest, options.lineOf ?? ((line) => line)).read(tree.rootNode, matches);
  } finally {
    tree.delete();
  }
}
