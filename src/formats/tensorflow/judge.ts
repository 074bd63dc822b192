import { escapes } from '../external-path.ts';
import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import type { Vocabulary } from '../../knowledge/vocabulary.ts';

/** A node in so far as it is judged. */
export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  /** String attributes and string constants, by name. */
  readonly strings: ReadonlyMap<string, string>;
}

const KINDS = ['python', 'fileWrite', 'fileRead'] as const;
/** Operators that no list knows and that are named in the report. */
const MAX_UNKNOWN = 50;

/** `Identity` of `Identity` of a constant. */
const MAX_ALIASES = 4;
/** Parts of a path. */
const MAX_PARTS = 16;
/** Files of the system and of the user's keys, other machines, and steps out of a folder. */
const TELLING_PATH = /^\/(?:etc|proc|root|dev|sys)\/|\/\.(?:ssh|aws|kube|docker|config)\/|(?:^|[\\/])\.\.[\\/]|^[a-z][a-z0-9]+:\/\//;

/** `^name:0` is an output of the node `name`. */
const tensorNode = (input: string): string => input.replace(/^\^/, '').split(':')[0] ?? '';

interface Scope {
  readonly constants: Map<string, string>;
  /** What an `Identity` hands on. */
  readonly aliases: Map<string, string>;
  /** What a `StringJoin` is put together of. */
  readonly joins: Map<string, { readonly inputs: readonly string[]; readonly separator: string }>;
  readonly pathNodes: { readonly node: GraphNode; readonly input: number }[];
}

/** The text that a node gives, where it follows from constants alone. A text with parts that do not begins with what is known. */
function pathOf(node: string, scope: Scope, depth = 0): string | undefined {
  let source = node;
  for (let step = 0; step < MAX_ALIASES; step += 1) source = scope.aliases.get(source) ?? source;
  const join = scope.joins.get(source);
  if (!join || depth >= MAX_ALIASES) return scope.constants.get(source);
  const parts = join.inputs.slice(0, MAX_PARTS).map((input) => pathOf(tensorNode(input), scope, depth + 1));
  const unknown = parts.indexOf(undefined);
  return unknown === 0 ? undefined : parts.slice(0, unknown < 0 ? parts.length : unknown).join(join.separator);
}

/** One graph or function body: operators by what they do, paths by where they lead. */
export class GraphJudge {
  readonly operators = new Map<string, number>();
  readonly #vocabulary: Vocabulary;
  readonly #draft: Draft;
  readonly #scopes: Scope[] = [];
  /** First node of every operator that TensorFlow does not register. */
  readonly #unknown = new Map<string, string>();
  readonly #functions = new Set<string>();

  constructor(vocabulary: Vocabulary, draft: Draft) {
    this.#vocabulary = vocabulary;
    this.#draft = draft;
  }

  #words(list: string): ReadonlySet<string> {
    return this.#vocabulary.names('tensorflow', list);
  }

  /** Begins a graph or a function: it sees its own nodes only. */
  enter(): void {
    this.#scopes.push({ constants: new Map(), aliases: new Map(), joins: new Map(), pathNodes: [] });
  }

  /** A function of the graph's library: nodes call it by its name. */
  function(name: string): void {
    this.#functions.add(name);
  }

  node(node: GraphNode): void {
    const { operator, name } = node;
    this.operators.set(operator, (this.operators.get(operator) ?? 0) + 1);
    const args = { operation: printable(operator, 80), node: printable(name, 80) };
    const kind = KINDS.find((list) => this.#words(list).has(operator));
    if (kind !== undefined) this.#draft.report('dangerous-operation', { ...args, kind });
    else if (/PyFunc|PythonOp/.test(operator)) this.#draft.report('dangerous-operation', { ...args, kind: 'python' });
    else if (this.#words('fileAccess').has(operator)) this.#draft.report('custom-operation', { ...args, kind: 'file-access' });
    else if (this.#words('abort').has(operator)) this.#draft.report('custom-operation', { ...args, kind: 'ends the process' });
    else if (this.#words('network').has(operator))
      this.#draft.report('dangerous-operation', { ...args, kind: 'network' }, { verdict: 'suspicious', severity: 'high' });
    else if (this.#words('native').has(operator)) this.#draft.report('embedded-code', { ...args, kind: 'native-engine' });
    else if (this.#isRegistered(operator)) this.#registered(node, args);
    else if (!this.#unknown.has(operator)) this.#unknown.set(operator, name);
  }

  #isRegistered(operator: string): boolean {
    const known = (list: string): ReadonlySet<string> => this.#vocabulary.names('tensorflow-operators', list);
    return (
      ['core', 'internal', 'libraries'].some((list) => known(list).has(operator)) ||
      ['internalPrefixes', 'libraryPrefixes'].some((list) => [...known(list)].some((prefix) => operator.startsWith(prefix)))
    );
  }

  /** Attributes that were read without their node. */
  attribute(operator: string, strings: ReadonlyMap<string, string>): void {
    this.#registered({ name: '', operator, inputs: [], strings }, { operation: operator, node: '' });
  }

  /** Operators that are harmless or not by what they are given. */
  #registered(node: GraphNode, args: { readonly operation: string; readonly node: string }): void {
    const { operator, name, strings } = node;
    const scope = this.#scopes.at(-1);
    if (this.#words('pathOps').has(operator)) scope?.pathNodes.push({ node, input: 0 });
    else if (this.#words('cachePathOps').has(operator)) scope?.pathNodes.push({ node, input: 1 });
    else if (operator.startsWith('InitializeTableFromTextFile')) scope?.pathNodes.push({ node, input: 1 });
    else if (operator === 'Identity' && node.inputs[0] !== undefined) scope?.aliases.set(name, tensorNode(node.inputs[0]));
    else if (operator === 'StringJoin')
      scope?.joins.set(name, { inputs: node.inputs.filter((input) => !input.startsWith('^')), separator: strings.get('separator') ?? '' });
    else if (operator === 'ImmutableConst') {
      // Maps the file of this name into memory.
      const target = strings.get('memory_region_name') ?? '';
      if (escapes(target) && !target.startsWith('memmapped_package://'))
        this.#draft.report(
          'dangerous-operation',
          { ...args, kind: 'fileRead', target: printable(target) },
          { verdict: 'suspicious', severity: 'high' },
        );
    } else if (operator === 'Const' || operator === 'HostConst') {
      const text = strings.get('value');
      if (text !== undefined) scope?.constants.set(name, text);
    } else if (operator === 'PrintV2' || operator === 'Print') {
      const stream = strings.get('output_stream');
      // `file://` makes printing a write to any file.
      if (stream?.startsWith('file:')) this.#draft.report('dangerous-operation', { ...args, kind: 'fileWrite', target: printable(stream) });
    } else if (this.#words('debugOps').has(operator)) {
      const url = strings.get('debug_urls') ?? '';
      const kind = url.startsWith('file:') ? 'fileWrite' : 'network';
      if (url !== '') this.#draft.report('dangerous-operation', { ...args, kind, target: printable(url) });
    } else if (operator.startsWith('DecodeProto') || operator.startsWith('EncodeProto')) {
      const source = strings.get('descriptor_source') ?? '';
      if (source !== '' && !source.startsWith('local://') && !source.startsWith('bytes://'))
        this.#draft.report('external-reference', { problem: 'descriptor', target: printable(source) }, { verdict: 'suspicious' });
    }
  }

  /** Ends what `enter` began. */
  leave(): void {
    const scope = this.#scopes.pop();
    for (const { node, input } of scope?.pathNodes ?? []) {
      const { operator, name, inputs } = node;
      const path = scope && pathOf(tensorNode(inputs[input] ?? ''), scope);
      if (path === undefined || !escapes(path)) continue;
      // Tables of graphs that were exported without their assets name the author's own folders.
      if (operator.startsWith('InitializeTable') && !TELLING_PATH.test(path)) continue;
      const writes = /^(?:Save|Merge|Cache)/.test(operator);
      const args = { operation: operator, node: printable(name, 80), kind: writes ? 'fileWrite' : 'fileRead', target: printable(path) };
      this.#draft.report('dangerous-operation', args, writes ? {} : { verdict: 'suspicious', severity: 'high' });
    }
  }

  /** After the last graph: operators that are neither TensorFlow's nor functions of the file. */
  finish(): void {
    let reported = 0;
    for (const [operator, node] of this.#unknown) {
      if (this.#functions.has(operator)) continue;
      if ((reported += 1) > MAX_UNKNOWN) break;
      const args = { operation: printable(operator, 80), node: printable(node, 80), count: this.operators.get(operator) ?? 0 };
      this.#draft.report('custom-operation', { ...args, domain: 'tensorflow' });
    }
  }
}
