/**
 * Development check, needs python3: our reading of pickles agrees with CPython's.
 *
 *     npm run check:pickletools -- [programs] [seed]
 *
 * Every fixture and random programs are read by `pickletools.genops`, by the C and by the Python
 * unpickler (with stubs for imports), and by ours. Each opcode, position and argument must be the
 * same; imports must be the same in order; what both of CPython's readers refuse must not be read
 * in silence by us, and what only one accepts must be told as an anomaly.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bytesReader } from '../../src/core/byte-reader.ts';
import { pickleCases } from '../../fixtures/artifacts/pickle/cases.ts';
import { realCases } from '../../fixtures/artifacts/real/cases.ts';
import { Decoder, type Instruction } from '../../src/formats/pickle/decode.ts';
import { Machine } from '../../src/formats/pickle/machine.ts';
import type { Sink } from '../../src/formats/pickle/sink.ts';
import { emptyInstruction } from '../../src/formats/pickle/probe.ts';
import { BytesValue, FloatValue, GlobalValue, OpaqueValue, TextValue, type Value } from '../../src/formats/pickle/values.ts';
import { Window } from '../../src/formats/pickle/window.ts';
import { randomProgram, mutate, randomSource } from './random-pickles.ts';

type Shape = readonly (string | number | boolean)[] | null;
interface Outcome {
  readonly imports: readonly (readonly [string, string])[];
  readonly error: string | null;
}
interface Reference {
  readonly opcodes: readonly (readonly [string, number, Shape])[];
  readonly error: string | null;
  readonly c: Outcome;
  readonly python: Outcome;
}

const sha1 = (data: string | Uint8Array): string => createHash('sha1').update(data).digest('hex');

/** The argument as `pickle_reference.py` prints it; `undefined` where ours is cut and cannot be compared. */
function shapeOf({ op, argument, second }: Instruction): Shape | undefined {
  // genops resolves escapes in PERSID and GLOBAL, which no unpickler does; lengths beyond 2^53 are rounded by ours.
  if (op.name === 'PERSID' || (op.name === 'FRAME' && Number(argument) > Number.MAX_SAFE_INTEGER)) return undefined;
  if (op.argument === 'two-lines' && `${String(argument)}${second}`.includes('\\')) return undefined;
  if (op.argument === 'two-lines') return ['str', sha1(`${String(argument)} ${second}`)];
  if (op.argument === 'none') return null;
  return shapeOfValue(argument, op.argument);
}

function shapeOfValue(value: Value, kind: string): Shape | undefined {
  if (value instanceof OpaqueValue || value instanceof TextValue) return undefined;
  if (value instanceof FloatValue) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(value.value);
    return ['float', bytes.toString('hex')];
  }
  if (value instanceof BytesValue) {
    if (!value.complete) return undefined;
    return value.type === 'str' ? ['str', sha1(Buffer.from(value.head).toString('latin1'))] : ['bytes', value.length, sha1(value.head)];
  }
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'number' || typeof value === 'bigint')
    return ['int', value < 0 ? `-0x${(-BigInt(value)).toString(16)}` : `0x${BigInt(value).toString(16)}`];
  if (typeof value === 'string') return /[\ud800-\udfff]/.test(value) ? undefined : ['str', sha1(value)];
  return kind === 'none' ? null : undefined;
}

interface Ours {
  readonly opcodes: readonly (readonly [string, number, Shape | undefined])[];
  readonly decodeError: string | undefined;
  readonly imports: readonly (readonly [string, string])[];
  readonly error: string | undefined;
  readonly anomalies: ReadonlySet<string>;
}

/** Decodes the first pickle to its end, and executes it as far as it goes. */
async function read(bytes: Uint8Array): Promise<Ours> {
  const imports: (readonly [string, string])[] = [];
  const anomalies = new Set<string>();
  const sink: Sink = {
    imported: (global) => imports.push([global.module, global.name]),
    hiddenImport: () => anomalies.add('hidden-import'),
    called: () => undefined,
    built: () => {},
    lost: () => {},
    assigned: () => {},
    appended: () => {},
    persistent: () => {},
    extension: () => anomalies.add('extension'),
    anomaly: (code) => anomalies.add(code),
  };
  const machine = new Machine(sink, (module, name) => new GlobalValue(module, name));
  const window = new Window(bytesReader(bytes));
  const decoder = new Decoder(window);
  const instruction = emptyInstruction();
  const opcodes: (readonly [string, number, Shape | undefined])[] = [];
  let error: string | undefined;
  for (;;) {
    try {
      const needed = decoder.next(instruction);
      if (needed > 0) {
        await window.fill(needed);
        continue;
      }
    } catch (problem) {
      const message = (problem as Error).message;
      return { opcodes, decodeError: message, imports, error: error ?? message, anomalies };
    }
    opcodes.push([instruction.op.name, instruction.offset, shapeOf(instruction)]);
    if (error === undefined) {
      try {
        machine.execute(instruction, window.offset, window.size);
      } catch (problem) {
        error = (problem as Error).message;
      }
    }
    if (instruction.op.name === 'STOP') return { opcodes, decodeError: undefined, imports, error, anomalies };
  }
}

/** Errors of genops that come from its own strictness: it decodes byte strings as ASCII and integers without prefixes. */
const OWN_STRICTNESS =
  /ascii|invalid literal|no newline found|could not convert|not enough data|expected \d+ bytes|tried to get|exhausted|unterminated|utf-8|int4 < 0|bytes8 > sys\.maxsize|exceeds|too large|quotes|truncated|at position|opcode b|invalid|codec/;
/** Failures of the stubs, not of the stream: a stub class is not what a real one is. */
const STUB_FAILURE =
  /TypeError|AttributeError|RecursionError|OverflowError|MemoryError|__hash__|unhashable|ValueError: (?:dictionary|too many|not enough)/;

function compare(name: string, ours: Ours, reference: Reference): string[] {
  const problems: string[] = [];
  const length = Math.min(ours.opcodes.length, reference.opcodes.length);
  for (let index = 0; index < length; index += 1) {
    const [op, at, shape] = ours.opcodes[index] ?? ['', 0, null];
    const [refOp, refAt, refShape] = reference.opcodes[index] ?? ['', 0, null];
    if (op !== refOp || at !== refAt || (shape !== undefined && JSON.stringify(shape) !== JSON.stringify(refShape))) {
      problems.push(
        `${name}: opcode ${index}: ours ${op}@${at} ${JSON.stringify(shape)}, genops ${refOp}@${refAt} ${JSON.stringify(refShape)}`,
      );
      break;
    }
  }
  if (ours.opcodes.length > reference.opcodes.length && !OWN_STRICTNESS.test(reference.error ?? ''))
    problems.push(
      `${name}: genops stops after ${reference.opcodes.length} opcodes (${reference.error}), ours goes on to ${ours.opcodes.length}`,
    );
  if (ours.opcodes.length < reference.opcodes.length)
    problems.push(
      `${name}: ours stops after ${ours.opcodes.length} opcodes (${ours.decodeError}), genops reads ${reference.opcodes.length}`,
    );
  const refused = reference.c.error !== null && reference.python.error !== null;
  const disagree = (reference.c.error === null) !== (reference.python.error === null);
  // A name without characters is malicious whatever the readers make of it.
  const silent = ours.error === undefined && ours.anomalies.size === 0 && !ours.imports.some((pair) => pair.includes(''));
  if (refused && silent && !STUB_FAILURE.test(`${reference.c.error} ${reference.python.error}`))
    problems.push(`${name}: both unpicklers refuse (${reference.c.error}), ours is silent`);
  if (disagree && silent && !STUB_FAILURE.test(`${reference.c.error} ${reference.python.error}`))
    problems.push(`${name}: the unpicklers disagree (C: ${reference.c.error}, Python: ${reference.python.error}), ours is silent`);
  for (const [kind, outcome] of [
    ['C', reference.c],
    ['Python', reference.python],
  ] as const) {
    const missed = outcome.imports.some((pair, index) => pair[0] !== '' && JSON.stringify(ours.imports[index]) !== JSON.stringify(pair));
    if (missed && !ours.anomalies.has('hidden-import'))
      problems.push(`${name}: imports of the ${kind} unpickler ${JSON.stringify(outcome.imports)}, ours ${JSON.stringify(ours.imports)}`);
    // Where an argument crosses the end of a frame the C reader drops the rest of the frame: told as an anomaly, not followed.
    if (ours.anomalies.has('frame-boundary')) continue;
    if (outcome.error === null && ours.error !== undefined)
      problems.push(`${name}: the ${kind} unpickler reads it, ours says ${ours.error}`);
  }
  return problems;
}

/** The C reader would allocate gigabytes, or the run take minutes. */
const SKIP = /memo index of|flood|DUP expansion|doubled|million/;

async function main(): Promise<number> {
  const programs = Number(process.argv[2] ?? 4000);
  const seed = Number(process.argv[3] ?? 1);
  const random = randomSource(seed);
  const files: { name: string; bytes: Uint8Array }[] = [...pickleCases, ...realCases.filter(({ path }) => path.endsWith('.pkl'))]
    .filter(({ name }) => !SKIP.test(name))
    .map(({ name, bytes }) => ({ name, bytes: bytes() }));
  const small = files.filter(({ bytes }) => bytes.length < 20_000);
  for (let index = 0; index < programs; index += 1) {
    const base = small[Math.floor(random() * small.length)];
    files.push(
      index % 2 === 0 || base === undefined
        ? { name: `program ${seed}/${index}`, bytes: randomProgram(random) }
        : { name: `mutation ${seed}/${index} of ${base.name}`, bytes: mutate(base.bytes, random) },
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'assay-pickles-'));
  try {
    const paths = files.map(({ bytes }, index) => {
      const path = join(folder, `${index}.pkl`);
      writeFileSync(path, bytes);
      return path;
    });
    const run = spawnSync('python3', ['test/tools/pickle_reference.py'], {
      input: `${paths.join('\n')}\n`,
      maxBuffer: 1 << 30,
      encoding: 'utf8',
    });
    const lines = run.stdout.trim().split('\n').slice(1);
    if (lines.length !== files.length) throw new Error(`python3 answered ${lines.length} of ${files.length}: ${run.stderr.slice(-2000)}`);
    const problems: string[] = [];
    let opcodes = 0;
    for (const [index, { name, bytes }] of files.entries()) {
      const ours = await read(bytes);
      opcodes += ours.opcodes.length;
      const found = compare(name, ours, JSON.parse(lines[index] ?? '{}') as Reference);
      problems.push(...found.map((problem) => (bytes.length < 400 ? `${problem}\n    ${Buffer.from(bytes).toString('hex')}` : problem)));
    }
    for (const problem of problems.slice(0, 60)) console.log(problem.slice(0, 1600));
    console.log(`${files.length} pickles, ${opcodes} opcodes, ${problems.length} differences`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
