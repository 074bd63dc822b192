#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { main } from './cli/main.ts';

// A scan is over after seconds: code that the engine optimises late rarely pays back what that costs. Eight times
// the default saves a sixth of the time on a tree without AI, a twentieth on one that is full of it. Each engine
// (Node 20, Node 24) has its own name for it, and complains of others. The young generation of Node 24 grows to 64 MB
// and stays so: not to let it costs three hundredths of the time, and takes 120 MB less of 520.
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  11: ['--interrupt-budget=540000'],
  13: ['--invocation-count-for-turbofan=24000', '--semi-space-growth-factor=1'],
};
for (const flag of FLAGS[process.versions.v8.split('.')[0] ?? ''] ?? []) setFlagsFromString(flag);

process.exitCode = await main(process.argv.slice(2));
