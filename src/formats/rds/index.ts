import { LimitError, ParseError } from '../../core/errors.ts';
import { Cursor } from '../cursor.ts';
import type { ArtifactInput, InspectContext } from '../format.ts';
import type { Draft, ReportOptions } from '../draft.ts';
import { defineReader, printable } from '../reading.ts';
import { inspectTrailing } from '../remainder.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { RdsReader } from './reader.ts';

/** `X\n` XDR, `B\n` native, `A\n` text; workspaces (`.RData`) have a line before. */
const MAGIC = /^(?:RD([XAB])([23])\n)?([XAB])\n/;
/** Bytes searched for names after byte code or damage. */
const MAX_SEARCH = 16 * 1024 * 1024;
const MAX_CALLS = 200;

/** The version in either byte order; other small numbers are none. */
function version(head: Uint8Array, at: number): number {
  const [a, b, c, d] = head.subarray(at, at + 4);
  if (b !== 0 || c !== 0) return -1;
  return a === 0 ? (d ?? -1) : d === 0 ? (a ?? -1) : -1;
}

/** Functions that call another by its name, which is a text then. */
const BY_NAME = ['do.call', 'match.fun', 'Recall', 'getFunction'];

/** Symbols and texts are stored as their length and name: what is not walked is still searched for them. */
async function searchNames(
  input: ArtifactInput,
  hostile: ReadonlySet<string>,
  draft: Draft,
  weight: ReportOptions = { severity: 'critical', verdict: 'malicious' },
): Promise<void> {
  const bytes = Buffer.from(await input.reader.read(0, Math.min(input.reader.size, MAX_SEARCH)));
  for (const name of hostile) {
    const pattern = Buffer.concat([Buffer.from([0, 0, 0, name.length]), Buffer.from(name, 'latin1')]);
    const at = bytes.indexOf(pattern);
    if (at >= 0) draft.report('embedded-code', { kind: 'call', callee: name }, { ...weight, offset: at });
  }
}

/** The text form has every name on a line of its own. */
async function searchText(input: ArtifactInput, hostile: ReadonlySet<string>, draft: Draft): Promise<void> {
  const text = Buffer.from(await input.reader.read(0, Math.min(input.reader.size, MAX_SEARCH))).toString('latin1');
  const name = text.split('\n').find((line) => hostile.has(line));
  if (name !== undefined) draft.report('embedded-code', { kind: 'call', callee: name }, { severity: 'critical', verdict: 'malicious' });
}

async function read(input: ArtifactInput, context: InspectContext, draft: Draft): Promise<void> {
  const head = Buffer.from(await input.reader.read(0, 8)).toString('latin1');
  const match = MAGIC.exec(head);
  if (!match) throw new ParseError('no R serialisation', 0);
  const words = context.knowledge.get(vocabularySection);
  const hostile = words.names('r', 'hostile');
  const dangerous = words.names('r', 'dangerous');
  const doubtful = words.names('r', 'doubtful');
  const kind = match[3] ?? '';
  draft.facts['encoding'] = kind;
  if (kind === 'A') {
    draft.certain = true;
    await searchText(input, hostile, draft);
    throw new LimitError('rds-text', 'R text serialisation is recognised, not read');
  }
  const cursor = new Cursor(input.reader, 0, input.reader.size, kind === 'B');
  cursor.seek(match[0].length);
  const calls = new Set<string>();
  let promised: number | undefined;
  let calling = false;
  const reader = new RdsReader(cursor, context, {
    call(name, within) {
      if (within === 'promise') calling = true;
      if (calls.size < MAX_CALLS) calls.add(printable(name, 40));
      if (hostile.has(name) || (within === 'promise' && dangerous.has(name))) {
        draft.report(
          'embedded-code',
          { kind: within === 'data' ? 'call' : within, callee: printable(name, 40) },
          { offset: cursor.position, severity: 'critical', verdict: 'malicious' },
        );
      } else if (within === 'closure' && doubtful.has(name))
        draft.report('embedded-code', { kind: 'closure', callee: printable(name, 40) }, { offset: cursor.position, severity: 'medium' });
    },
    // CVE-2024-27322: a promise with code is evaluated as soon as the object is touched.
    promise: () => {
      promised ??= cursor.position;
    },
    // Families, splines and formulas bring their functions along: what those call is judged.
    closure: (environment) => {
      if (environment !== 'package')
        draft.report('embedded-code', { kind: 'closure' }, { offset: cursor.position, severity: 'info', verdict: null });
    },
    altrep: () => {},
    className: (name) => {
      if (
        /^(?:lm|glm|randomForest|xgb\.Booster|train|rpart|gbm|svm|nnet|kmeans|prcomp|ranger|lgb\.Booster|glmnet|cv\.glmnet|workflow|model_fit)$/.test(
          name,
        )
      )
        draft.card ??= { architecture: name };
    },
  });
  const header = await reader.header();
  draft.certain = true;
  draft.facts['version'] = header.version;
  draft.facts['writer'] = header.writer;
  try {
    await reader.item();
  } catch (error) {
    if (error instanceof ParseError || error instanceof LimitError) await searchNames(input, hostile, draft);
    throw error;
  }
  // A default that is a constant or a name waits in the frame of many a function; a call does something.
  if (promised !== undefined)
    draft.report(
      'embedded-code',
      { kind: 'promise' },
      calling ? { offset: promised } : { offset: promised, severity: 'info', verdict: null },
    );
  if (BY_NAME.some((name) => calls.has(name)) && draft.findings.every(({ verdict }) => verdict !== 'malicious'))
    await searchNames(input, hostile, draft, { severity: 'medium', confidence: 'medium' });
  if (calls.size > 0) draft.facts['calls'] = [...calls].sort();
  await inspectTrailing(input, cursor.position, context, draft);
}

/** R objects: `saveRDS` and `save`. Compressed files arrive here unpacked. */
export const rds = defineReader({
  id: 'r-data',
  extensions: ['.rds', '.rdata', '.rda'],
  matches: ({ head }) => {
    const text = Buffer.from(head.subarray(0, 16)).toString('latin1');
    const match = MAGIC.exec(text);
    if (!match) return 'no';
    // Version 2 or 3 in either byte order; text files that begin with `A` and a line feed have none.
    return match[3] === 'A'
      ? /^\d/.test(text.slice(match[0].length))
        ? 'yes'
        : 'no'
      : [2, 3].includes(version(head, match[0].length))
        ? 'yes'
        : 'no';
  },
  read,
});
