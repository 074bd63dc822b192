/** A configuration file as a tree that remembers where each value stands. Lines are 1-based. */
export type ConfigNode = ScalarNode | MapNode | ListNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string;
  /** `expression`: not a literal; `value` is the text as written (HCL, Bicep). */
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'expression';
  /** Of a text that stands on several rows and has them joined: the rows, each but the last of a paragraph with a backslash at its end. */
  readonly rows?: { readonly text: string; readonly line: number };
}

export interface MapEntry {
  readonly key: string;
  readonly line: number;
  readonly value: ConfigNode;
  /** Labels of an HCL block, symbolic name and type of a Bicep declaration. */
  readonly labels?: readonly string[];
  /** Text of an attribute's expression, where the reader was asked for it; a block has none. */
  readonly source?: string;
}

export interface MapNode {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly MapEntry[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly ConfigNode[];
}

/** What a reader makes of one file. `problem` is set where a part could not be read. */
export interface ConfigDocuments {
  readonly documents: readonly ConfigNode[];
  readonly problem?: { readonly reason: 'syntax-error' | 'limit'; readonly detail: string; readonly line?: number };
}

/** Values of one file that are kept; a larger file is data, not configuration. */
export const MAX_NODES = 100_000;
/** Deeper nesting does not occur in configuration, and would exhaust the stack. */
export const MAX_DEPTH = 64;
/** Longest value that is kept whole; prompts in configuration stay below. */
export const MAX_VALUE = 20_000;

export const scalar = (value: string, line: number, type: ScalarNode['type'] = 'string'): ScalarNode => ({
  kind: 'scalar',
  line,
  value: value.length > MAX_VALUE ? value.slice(0, MAX_VALUE) : value,
  type,
});

/** Counts what a reader builds, and stops it at the limit. */
export interface Meter {
  nodes: number;
  exceeded: boolean;
}

export const newMeter = (): Meter => ({ nodes: 0, exceeded: false });

/** False when the file has used up its nodes. */
export function spend(meter: Meter, depth: number): boolean {
  meter.nodes += 1;
  if (meter.nodes > MAX_NODES || depth > MAX_DEPTH) meter.exceeded = true;
  return !meter.exceeded;
}

export const entryOf = (node: ConfigNode | undefined, key: string): MapEntry | undefined =>
  node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;

export const get = (node: ConfigNode | undefined, ...path: readonly string[]): ConfigNode | undefined => {
  let current = node;
  for (const key of path) current = entryOf(current, key)?.value;
  return current;
};

/** Text of a scalar that is not null. */
export const textOf = (node: ConfigNode | undefined): string | undefined =>
  node?.kind === 'scalar' && node.type !== 'null' ? node.value : undefined;

export const itemsOf = (node: ConfigNode | undefined): readonly ConfigNode[] => (node?.kind === 'list' ? node.items : []);

export const keysOf = (node: ConfigNode | undefined): readonly string[] => (node?.kind === 'map' ? node.entries.map(({ key }) => key) : []);

/** Every map of a tree with its path of keys (list positions are left out), parents first. */
export function* mapsOf(
  root: ConfigNode,
  path: readonly string[] = [],
): Generator<{ readonly map: MapNode; readonly path: readonly string[] }> {
  const stack: { readonly node: ConfigNode; readonly path: readonly string[] }[] = [{ node: root, path }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    const { node, path: at } = item;
    if (node.kind === 'map') {
      yield { map: node, path: at };
      for (let i = node.entries.length - 1; i >= 0; i -= 1) {
        const entry = node.entries[i];
        if (entry && entry.value.kind !== 'scalar') stack.push({ node: entry.value, path: [...at, entry.key] });
      }
    } else if (node.kind === 'list') {
      for (let i = node.items.length - 1; i >= 0; i -= 1) {
        const child = node.items[i];
        if (child && child.kind !== 'scalar') stack.push({ node: child, path: at });
      }
    }
  }
}
