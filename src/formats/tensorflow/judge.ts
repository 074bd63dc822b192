import { escapes } from '../external-path.ts';
import { printable, type Draft } from '../reading.ts';

/** A node in so far as it is judged. */
export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  /** String attributes and string constants, by name. */
  readonly strings: ReadonlyMap<string, string>;
}

const KINDS = ['python', 'fileWrite', 'fileRead'] as const;

/** One graph or function body: operators by what they do, paths by where they lead. */
export class GraphJudge {
  readonly operators = new Map<string, number>();
  readonly #words: (list: string) => ReadonlySet<string>;
  readonly #draft: Draft;
  readonly #scopes: { readonly constants: Map<string, string>; readonly pathNodes: GraphNode[] }[] = [];

  constructor(words: (list: string) => ReadonlySet<string>, draft: Draft) {
    this.#words = words;
    this.#draft = draft;
  }

  /** Begins a graph or a function: it sees its own nodes only. */
  enter(): void {
    this.#scopes.push({ constants: new Map(), pathNodes: [] });
  }

  node(node: GraphNode): void {
    const { operator, name } = node;
    const scope = this.#scopes.at(-1);
    this.operators.set(operator, (this.operators.get(operator) ?? 0) + 1);
    const args = { operation: printable(operator, 80), node: printable(name, 80) };
    const kind = KINDS.find((list) => this.#words(list).has(operator));
    if (kind !== undefined) this.#draft.report('dangerous-operation', { ...args, kind });
    else if (/PyFunc|PythonOp/.test(operator)) this.#draft.report('dangerous-operation', { ...args, kind: 'python' });
    else if (this.#words('fileAccess').has(operator)) this.#draft.report('custom-operation', { ...args, kind: 'file-access' });
    else if (this.#words('network').has(operator))
      this.#draft.report('dangerous-operation', { ...args, kind: 'network' }, { verdict: 'suspicious', severity: 'high' });
    else if (this.#words('native').has(operator)) this.#draft.report('embedded-code', { ...args, kind: 'native-engine' });
    else if (this.#words('pathOps').has(operator)) scope?.pathNodes.push(node);
    else if (operator === 'Const' || operator === 'HostConst') {
      const text = node.strings.get('value');
      if (text !== undefined) scope?.constants.set(name, text);
    } else if (operator === 'PrintV2' || operator === 'Print') {
      const stream = node.strings.get('output_stream');
      // `file://` makes printing a write to any file.
      if (stream?.startsWith('file:')) this.#draft.report('dangerous-operation', { ...args, kind: 'fileWrite', target: printable(stream) });
    } else if (operator.startsWith('DecodeProto') || operator.startsWith('EncodeProto')) {
      const source = node.strings.get('descriptor_source') ?? '';
      if (source !== '' && !source.startsWith('local://') && !source.startsWith('bytes://'))
        this.#draft.report('external-reference', { problem: 'descriptor', target: printable(source) }, { verdict: 'suspicious' });
    }
  }

  /** Ends what `enter` began. */
  leave(): void {
    const { constants, pathNodes } = this.#scopes.pop() ?? { constants: new Map<string, string>(), pathNodes: [] };
    for (const { operator, name, inputs } of pathNodes) {
      const path = constants.get((inputs[0] ?? '').replace(/^\^/, '').split(':')[0] ?? '');
      if (path === undefined || !escapes(path)) continue;
      const writes = operator.startsWith('Save') || operator.startsWith('Merge');
      const args = { operation: operator, node: printable(name, 80), kind: writes ? 'fileWrite' : 'fileRead', target: printable(path) };
      this.#draft.report('dangerous-operation', args, writes ? {} : { verdict: 'suspicious', severity: 'high' });
    }
  }
}
