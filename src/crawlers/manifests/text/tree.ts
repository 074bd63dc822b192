/** A value of a JSON, TOML or YAML file with the line where its key (or itself, in a list) begins. */
export interface TreeNode {
  /** 1-based. */
  readonly line: number;
  readonly value: string | number | boolean | null | readonly TreeNode[] | ReadonlyMap<string, TreeNode>;
}

export const isMap = (value: TreeNode['value'] | undefined): value is ReadonlyMap<string, TreeNode> => value instanceof Map;

/** The node at a path of keys, if every step is a table. */
export function at(node: TreeNode | undefined, ...keys: readonly string[]): TreeNode | undefined {
  let current = node;
  for (const key of keys) {
    if (!current || !isMap(current.value)) return undefined;
    current = current.value.get(key);
  }
  return current;
}

export const textOf = (node: TreeNode | undefined): string | undefined => (typeof node?.value === 'string' ? node.value : undefined);

/** Text of a string or number: YAML and TOML versions may be either. */
export const scalarOf = (node: TreeNode | undefined): string | undefined =>
  typeof node?.value === 'string' ? node.value : typeof node?.value === 'number' ? String(node.value) : undefined;

export const entriesOf = (node: TreeNode | undefined): readonly (readonly [string, TreeNode])[] =>
  node && isMap(node.value) ? [...node.value] : [];

export const itemsOf = (node: TreeNode | undefined): readonly TreeNode[] =>
  node && Array.isArray(node.value) ? (node.value as readonly TreeNode[]) : [];
