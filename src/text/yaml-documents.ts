import { Composer, LineCounter, Parser, type CST, type Document, type ParsedNode } from 'yaml';
import { LimitError } from '../core/errors.ts';

/** Nesting of collections. The `yaml` package composes by recursion: 50 kB of `[` end the process, uncatchable, when V8 compiles a RegExp on an exhausted stack. */
const MAX_YAML_DEPTH = 100;
/** Nodes of one file: composing takes up to 20 µs for each where the text is broken. */
const MAX_YAML_NODES = 200_000;

/** Depth and number of a token's nodes, found without recursion. */
function measure(tokens: readonly CST.Token[]): void {
  const stack: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({ token, depth: 1 }));
  let nodes = 0;
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { token, depth } = next;
    nodes += 1;
    if (depth > MAX_YAML_DEPTH) throw new LimitError('MAX_YAML_DEPTH', `nested deeper than ${MAX_YAML_DEPTH}`);
    if (nodes > MAX_YAML_NODES) throw new LimitError('MAX_YAML_NODES', `more than ${MAX_YAML_NODES} YAML nodes`);
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) stack.push({ token: key, depth: depth + 1 });
      if (value) stack.push({ token: value, depth: depth + 1 });
    }
  }
}

/**
 * Documents of a YAML text of any origin. Syntax errors stand in `document.errors`, without the
 * package's pretty messages: these copy the line for each error, which is quadratic on one line.
 * @throws LimitError
 */
export function yamlDocuments(text: string, lineCounter = new LineCounter(), { uniqueKeys = false } = {}): Document.Parsed[] {
  const tokens = [...new Parser(lineCounter.addNewLine).parse(text)];
  measure(tokens);
  const composer = new Composer<ParsedNode>({ lineCounter, logLevel: 'silent', prettyErrors: false, uniqueKeys });
  return [...composer.compose(tokens, true, text.length)];
}
