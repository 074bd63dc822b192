import { readBraces } from '../config/readers/braces.ts';
import type { MapEntry, MapNode } from '../config/readers/node.ts';

/** An attribute of a block, or of a block inside it. */
export interface Attribute {
  /** Names of the blocks around it and its own: `configuration.model_id`. */
  readonly path: readonly string[];
  readonly line: number;
  /** Text of the expression. */
  readonly text: string;
}

/** A top-level block of a Terraform, OpenTofu or Terragrunt file. */
export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly line: number;
  readonly attributes: readonly Attribute[];
}

export interface TerraformFile {
  readonly blocks: readonly Block[];
  /** Assignments outside of blocks: a `.tfvars` file. */
  readonly assigned: readonly Attribute[];
}

/** Blocks that values pass through, or that are resources. */
const KEPT = new Set(['variable', 'locals', 'module', 'output', 'resource', 'data', 'terraform', 'inputs']);
/** Attributes of one file that are kept. A file with more is generated. */
const MAX_ATTRIBUTES = 5_000;

/** Reads the blocks of one file. Never throws. */
export function readBlocks(text: string): TerraformFile {
  const [root] = readBraces(text, 'hcl', true).documents;
  const blocks: Block[] = [];
  const assigned: Attribute[] = [];
  let left = MAX_ATTRIBUTES;
  const attributesOf = (map: MapNode, path: readonly string[]): Attribute[] =>
    map.entries.flatMap((entry): Attribute[] => {
      if (entry.source !== undefined) return left-- > 0 ? [attribute(entry, path)] : [];
      // `dynamic "model" { content { … } }` is the block `model`, once for each item.
      const inner = [...path, ...(entry.key === 'dynamic' ? ['dynamic', entry.labels?.[0] ?? ''] : [entry.key])];
      return entry.value.kind === 'map' ? attributesOf(entry.value, inner) : [];
    });
  for (const entry of root?.kind === 'map' ? root.entries : []) {
    if (entry.source !== undefined) {
      if (left-- > 0) assigned.push(attribute(entry, []));
    } else if (KEPT.has(entry.key) && entry.value.kind === 'map')
      blocks.push({ type: entry.key, labels: entry.labels ?? [], line: entry.line, attributes: attributesOf(entry.value, []) });
  }
  return { blocks, assigned };
}

const attribute = (entry: MapEntry, path: readonly string[]): Attribute => ({
  path: [...path, entry.key],
  line: entry.line,
  text: entry.source ?? '',
});
