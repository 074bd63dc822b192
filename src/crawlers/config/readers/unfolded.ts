import type { ConfigNode, MapEntry, MapNode, ScalarNode } from './node.ts';

/** Properties that are put into one tree; a framework has some dozens. */
const MAX_PROPERTIES = 500;
/** Longer keys are no property of a framework. */
const MAX_KEY = 200;

interface MutableMap extends MapNode {
  readonly entries: MutableEntry[];
}
interface MutableEntry extends MapEntry {
  readonly value: ScalarNode | MutableMap;
}

/** Properties of one file (`a.b.c = x`) whose key matches, as the tree that they stand for. A profile before the key (`%dev.`) is left out. */
export function unfolded(root: ConfigNode, wanted: RegExp): ConfigNode {
  const tree: MutableMap = { kind: 'map', line: root.line, entries: [] };
  let left = MAX_PROPERTIES;
  for (const { key, value, line } of root.kind === 'map' ? root.entries : []) {
    if (value.kind !== 'scalar' || key.length > MAX_KEY || !wanted.test(key) || left-- <= 0) continue;
    const names = key.replace(/^%[\w,-]+\./, '').split('.');
    const last = names.pop() ?? '';
    const folder = names.reduce<MutableMap | undefined>((map, name) => map && below(map, name, line), tree);
    folder?.entries.push({ key: last, value, line });
  }
  return tree;
}

/** The map under a name, made where there is none; undefined where a value stands there. */
function below(map: MutableMap, name: string, line: number): MutableMap | undefined {
  const known = map.entries.find((entry) => entry.key === name)?.value;
  if (known) return known.kind === 'map' ? known : undefined;
  const made: MutableMap = { kind: 'map', line, entries: [] };
  map.entries.push({ key: name, value: made, line });
  return made;
}
