#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { main } from './cli/main.ts';

// A scan is over after seconds: code that the engine optimises late rarely pays back what that costs. Eight times
// the default saves a sixth of the time on a tree without AI, a twentieth on one that is full of it.
setFlagsFromString('--interrupt-budget=540000');

process.exitCode = await main(process.argv.slice(2));
