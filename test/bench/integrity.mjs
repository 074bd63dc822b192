#!/usr/bin/env node
// How near the hashing of a large model comes to what the machine can do, as one ratio.
//   npm run bench:integrity [-- --gb 10] [--rounds 3] [--cli FILE]
// The model is N GB in shards of 1 GB, signed by `assay sign` and verified by `assay verify`, both whole processes.
// The shards are hard links to one sparse file, which stays in the page cache: what is measured is not the disk.
// The ceiling is SHA-256 over a buffer that stays in the cache, on as many threads as there are processors, measured
// before and after each round; the better one counts. On a machine with other work the clock says little, so the same
// ratio is given per second of processor time (Linux), which other processes do not take away.
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';

if (!isMainThread) {
  const buffer = Buffer.alloc(256 * 1024);
  parentPort.on('message', (milliseconds) => {
    const hash = createHash('sha256');
    const end = performance.now() + milliseconds;
    const start = performance.now();
    let bytes = 0;
    while (performance.now() < end) {
      for (let i = 0; i < 16; i++) hash.update(buffer);
      bytes += 16 * buffer.length;
    }
    parentPort.postMessage({ bytes, rate: bytes / (performance.now() - start) / 1e6 });
  });
} else {
  const string = { type: 'string' };
  const { values: args } = parseArgs({ options: { gb: string, rounds: string, cli: string } });
  const shards = Number(args.gb ?? 10);
  const rounds = Number(args.rounds ?? 3);
  const threads = availableParallelism();
  const cli = resolve(args.cli ?? `${import.meta.dirname}/../../dist/cli.js`);

  const workers = Array.from({ length: threads }, () => new Worker(new URL(import.meta.url)));
  /** Processor seconds of ended children, in ticks of 10 ms; NaN where there is no /proc. */
  const childSeconds = () => {
    if (!existsSync('/proc/self/stat')) return Number.NaN;
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[13]) + Number(fields[14])) / 100;
  };

  /** GB per second of all threads together, and per second of processor time. */
  const ceiling = async () => {
    const used = process.cpuUsage();
    const results = await Promise.all(
      workers.map(
        (worker) =>
          new Promise((done) => {
            worker.once('message', done);
            worker.postMessage(1500);
          }),
      ),
    );
    const { user, system } = process.cpuUsage(used);
    return {
      wall: results.reduce((sum, { rate }) => sum + rate, 0),
      cpu: results.reduce((sum, { bytes }) => sum + bytes, 0) / 1e9 / ((user + system) / 1e6),
    };
  };

  const dir = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  try {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(join(dir, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(dir, 'key.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    mkdirSync(join(dir, 'model'));
    writeFileSync(join(dir, 'shard'), '');
    truncateSync(join(dir, 'shard'), 1e9);
    for (let i = 1; i <= shards; i++)
      linkSync(
        join(dir, 'shard'),
        join(dir, 'model', `model-${String(i).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.safetensors`),
      );
    const run = (...argv) => {
      const start = performance.now();
      const used = childSeconds();
      const { status, stderr, stdout } = spawnSync(process.execPath, [cli, ...argv], { encoding: 'utf8' });
      if (status !== 0) throw new Error(stdout + stderr);
      return { wall: shards / ((performance.now() - start) / 1000), cpu: shards / (childSeconds() - used) };
    };
    run('sign', join(dir, 'model'), '--key', join(dir, 'key.pem'));
    let best = 0;
    let bestCpu = 0;
    for (let round = 1; round <= rounds; round++) {
      const before = await ceiling();
      const verify = run('verify', join(dir, 'model'), '--key', join(dir, 'key.pub'));
      const after = await ceiling();
      const most = { wall: Math.max(before.wall, after.wall), cpu: Math.max(before.cpu, after.cpu) };
      best = Math.max(best, verify.wall / most.wall);
      bestCpu = Math.max(bestCpu, verify.cpu / most.cpu);
      const line = (name, unit) =>
        `${name} ${verify[unit].toFixed(2)} of ${most[unit].toFixed(2)} GB/s (${((100 * verify[unit]) / most[unit]).toFixed(0)} %)`;
      console.log(`round ${round}, ${threads} threads: ${line('by the clock', 'wall')}, ${line('per processor second', 'cpu')}`);
    }
    const percent = (ratio) => `${(100 * ratio).toFixed(0)} %`;
    console.log(
      `${shards} GB in ${shards} shards: ${percent(best)} of the SHA-256 ceiling by the clock, ${percent(bestCpu)} by processor time, best round (wanted: 80 %)`,
    );
    process.exitCode = Math.max(best, bestCpu) >= 0.8 ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
    for (const worker of workers) await worker.terminate();
  }
}
