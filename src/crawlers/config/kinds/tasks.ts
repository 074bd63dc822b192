import type { Sink } from '../sink.ts';
import { get, itemsOf, textOf, type ConfigNode } from '../readers/node.ts';
import { readCommand, wordsIn } from './commands.ts';

/** Commands of one manifest that are read; projects have some dozens. */
const MAX_TASKS = 2000;
/** Manifests, of which only the tasks are configuration. */
const FILES = /(?:^|\/)(?:package|composer|deno)\.jsonc?$|(?:^|\/)(?:pyproject|pixi)\.toml$/;
/** Where package managers and task runners keep commands under names. */
const TASKS: readonly (readonly string[])[] = [
  ['scripts'],
  ['tasks'],
  ['tool', 'poe', 'tasks'],
  ['tool', 'pdm', 'scripts'],
  ['tool', 'taskipy', 'tasks'],
  ['tool', 'rye', 'scripts'],
  ['tool', 'pixi', 'tasks'],
];
/** The command of a task that is a map. */
const COMMAND_KEYS = ['cmd', 'shell', 'command'];

export const hasTasks = (path: string): boolean => FILES.test(path) && !FOREIGN.test(path);
const FOREIGN = /(?:^|\/)(?:node_modules|vendor|third_party|bower_components|\.venv|venv|site-packages)\//;

/** Commands that a manifest keeps under names: `scripts` of package.json, tasks of pyproject.toml. */
export function readTasks(sink: Sink, root: ConfigNode): void {
  if (!hasTasks(sink.path)) return;
  for (const path of TASKS) {
    let node: ConfigNode | undefined = root;
    for (const key of path) node = get(node, key);
    if (node?.kind !== 'map') continue;
    for (const { value } of node.entries.slice(0, MAX_TASKS)) {
      const command = value.kind === 'map' ? COMMAND_KEYS.flatMap((key) => get(value, key) ?? []).at(0) : value;
      for (const item of command?.kind === 'list' ? itemsOf(command) : command ? [command] : [])
        if (item.kind === 'scalar' && textOf(item) !== undefined) readCommand(sink, wordsIn(item));
    }
  }
}
