import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import { LimitError, ParseError } from '../../../core/errors.ts';
import { yamlDocuments } from '../../../text/yaml-documents.ts';
import { MAX_DEPTH } from '../limits.ts';
import type { TreeNode } from './tree.ts';

/** The `yaml` package takes about 1 s per MB; larger files are not manifests written by hand. */
const MAX_YAML = 1024 * 1024;

/** Every document of a YAML file with line numbers. Aliases are left out: no manifest needs them. Throws ParseError. */
export function readYaml(text: string): TreeNode[] {
  if (text.length > MAX_YAML) throw new LimitError('MAX_YAML', `YAML of more than ${MAX_YAML} characters`);
  const lineCounter = new LineCounter();
  const documents = yamlDocuments(text, lineCounter);
  const lineOf = (node: Node | null | undefined): number => (node?.range ? lineCounter.linePos(node.range[0]).line : 1);

  function convert(node: unknown, line: number, depth: number): TreeNode {
    if (depth > MAX_DEPTH) throw new LimitError('MAX_DEPTH', `nested deeper than ${MAX_DEPTH}`);
    if (isMap(node)) {
      const map = new Map<string, TreeNode>();
      for (const pair of node.items) {
        if (!isScalar(pair.key)) continue;
        map.set(String(pair.key.value), convert(pair.value, lineOf(pair.key), depth + 1));
      }
      return { line, value: map };
    }
    if (isSeq(node)) return { line, value: node.items.map((item) => convert(item, lineOf(item as Node), depth + 1)) };
    if (isScalar(node) && !isAlias(node)) {
      const { value } = node;
      // A version such as 1.10 is a number to YAML and text to everyone else.
      if (typeof value === 'number') return { line, value: node.source ?? String(value) };
      if (typeof value === 'string' || typeof value === 'boolean') return { line, value };
    }
    return { line, value: null };
  }

  const broken = documents.find((document) => document.errors.length > 0);
  if (broken) throw new ParseError(broken.errors[0]?.message.split('\n')[0] ?? 'bad YAML');
  return documents.map((document) => convert(document.contents, 1, 0));
}
