import { get, itemsOf, MAX_DEPTH, MAX_NODES, scalar, textOf, type ConfigNode, type MapNode, type ScalarNode } from '../readers/node.ts';

/** Parameters and pseudo parameters in `Fn::Sub`. */
const VARIABLE = /\$\{(!?)([\w:.]+)\}/g;
/** Texts that one expression may be. */
const MAX_ALTERNATIVES = 12;

/** CloudFormation and SAM: a map of resources whose types say so. */
const isTemplate = (root: ConfigNode): boolean => {
  const resources = get(root, 'Resources');
  return (
    resources?.kind === 'map' && resources.entries.some(({ value }) => /^(?:AWS|Custom|Alexa)::/.test(textOf(get(value, 'Type')) ?? ''))
  );
};

/**
 * A CloudFormation template with its intrinsic functions replaced by what they give: parameters by
 * their defaults, mappings by all their values, conditions by both branches. What is known only when
 * the stack is made becomes an expression. Other trees stay as they are.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export const resolveIntrinsics = (root: ConfigNode): ConfigNode => (isTemplate(root) ? new Template(root).resolve(root, 0) : root);

const unknown = (line: number): ScalarNode => scalar('', line, 'expression');

class Template {
  readonly #root: ConfigNode;
  #nodes = 0;

  constructor(root: ConfigNode) {
    this.#root = root;
  }

  resolve(node: ConfigNode, depth: number): ConfigNode {
    this.#nodes += 1;
    if (depth > MAX_DEPTH || this.#nodes > MAX_NODES) return unknown(node.line);
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.resolve(item, depth + 1)) };
    if (node.kind !== 'map') return node;
    const [only] = node.entries;
    if (node.entries.length === 1 && only && (only.key === 'Ref' || only.key.startsWith('Fn::')))
      return this.#called(only.key, only.value, node.line, depth + 1);
    return { ...node, entries: node.entries.map((entry) => ({ ...entry, value: this.resolve(entry.value, depth + 1) })) };
  }

  #called(name: string, argument: ConfigNode, line: number, depth: number): ConfigNode {
    switch (name) {
      case 'Ref':
        return this.#parameter(textOf(argument) ?? '') ?? unknown(line);
      case 'Fn::Sub':
        return this.#substituted(argument, line, depth);
      case 'Fn::Join': {
        const [separator, parts] = itemsOf(argument);
        const between = textOf(separator) ?? '';
        const texts = itemsOf(parts && this.resolve(parts, depth)).map(scalarsOf);
        return anyOf(combine(texts.flatMap((text, index) => (index === 0 ? [text] : [[scalar(between, line)], text]))), line);
      }
      case 'Fn::FindInMap':
        return this.#mapped(argument, line, depth);
      case 'Fn::If': {
        const [, ...branches] = itemsOf(argument);
        return { kind: 'list', line, items: branches.map((branch) => this.resolve(branch, depth)) };
      }
      case 'Fn::Select': {
        const [index, list] = itemsOf(argument);
        const items = itemsOf(list && this.resolve(list, depth));
        return items[Number(textOf(index) ?? '0')] ?? unknown(line);
      }
      default:
        return unknown(line);
    }
  }

  /** Its default, else what it is allowed to be. */
  #parameter(name: string): ConfigNode | undefined {
    const declared = get(this.#root, 'Parameters', name);
    const fallback = get(declared, 'Default');
    if (fallback?.kind === 'scalar') return fallback;
    const allowed = get(declared, 'AllowedValues');
    return allowed?.kind === 'list' ? allowed : undefined;
  }

  #substituted(argument: ConfigNode, line: number, depth: number): ConfigNode {
    const [pattern, variables] = argument.kind === 'list' ? argument.items : [argument];
    const text = textOf(pattern);
    if (text === undefined || !pattern) return unknown(line);
    const parts: (readonly ScalarNode[])[] = [];
    let at = 0;
    for (const match of text.matchAll(VARIABLE)) {
      const [whole, literal, name = ''] = match;
      if (match.index > at) parts.push([scalar(text.slice(at, match.index), pattern.line)]);
      at = match.index + whole.length;
      const given = get(variables, name);
      if (literal === '!') parts.push([scalar(`\${${name}}`, pattern.line)]);
      else parts.push(scalarsOf(given ? this.resolve(given, depth) : (this.#parameter(name) ?? unknown(pattern.line))));
    }
    if (at < text.length) parts.push([scalar(text.slice(at), pattern.line)]);
    return anyOf(combine(parts), pattern.line);
  }

  #mapped(argument: ConfigNode, line: number, depth: number): ConfigNode {
    const [map, , second] = itemsOf(argument).map((item) => this.resolve(item, depth));
    const table = get(this.#root, 'Mappings', textOf(map) ?? '');
    const key = textOf(second);
    const rows: readonly MapNode[] =
      table?.kind === 'map' ? table.entries.flatMap(({ value }) => (value.kind === 'map' ? [value] : [])) : [];
    return anyOf(
      rows.flatMap((row) => scalarsOf(key === undefined ? unknown(line) : (get(row, key) ?? unknown(line)))),
      line,
    );
  }
}

const scalarsOf = (node: ConfigNode): readonly ScalarNode[] =>
  node.kind === 'scalar' ? [node] : itemsOf(node).flatMap((item) => (item.kind === 'scalar' ? [item] : []));

function anyOf(nodes: readonly ScalarNode[], line: number): ConfigNode {
  const known = nodes.filter((node) => node.type !== 'expression');
  const [only] = known;
  if (known.length === 0) return unknown(line);
  return known.length === 1 && only ? only : { kind: 'list', line, items: known };
}

/** Texts of parts one after the other; the place is that of the longest. A text with an unknown part is an expression, but an ARN does not need its region. */
function combine(parts: readonly (readonly ScalarNode[])[]): readonly ScalarNode[] {
  let results: readonly ScalarNode[] = [scalar('', 1)];
  let longest = 0;
  for (const part of parts) {
    const next: ScalarNode[] = [];
    const size = Math.max(0, ...part.map(({ value }) => value.length));
    for (const left of results)
      for (const right of part) {
        const open = left.type === 'expression' || right.type === 'expression';
        next.push({
          kind: 'scalar',
          value: left.value + right.value,
          line: size >= longest ? right.line : left.line,
          type: open ? 'expression' : 'string',
        });
      }
    if (size >= longest) longest = size;
    results = next.slice(0, MAX_ALTERNATIVES);
  }
  return results.map((node) => (node.type === 'expression' && node.value.startsWith('arn:') ? { ...node, type: 'string' } : node));
}
