import { Parser, Query, type Language, type Node, type QueryMatch } from 'web-tree-sitter';
import { LimitError } from '../core/errors.ts';
import type { AssignFact, CallFact, Expr, ScopeFact, SourceFacts } from './facts.ts';
import { NULL, UNKNOWN, type Frontend, type Interest, type Lowering } from './frontend.ts';
import { loadGrammar } from './grammar.ts';
import { findLiterals } from './literals.ts';
import { DemandedNames } from './demand.ts';

/** Source files above this are data or bundles; parsing 6 MB costs seconds and wasm memory never shrinks. */
export const MAX_SOURCE_BYTES = 2 * 1024 * 1024;
/** Nesting of one expression that is followed; deeper is generated or hostile. */
const MAX_EXPR_DEPTH = 24;
/** Lowered nodes per file. A 2 MB table of strings has about 200,000. */
const MAX_NODES = 150_000;
/** Nodes of one statement, so that one table does not use up the file's share. */
const MAX_NODES_PER_STATEMENT = 4_000;
/**
 * Progress reports of one parse; the engine makes one per 100 steps or so. Ordinary source needs
 * about 6,000 per MB; counting them is a deadline that does not depend on the machine.
 */
const MAX_PROGRESS = 200_000;
/** Steps from a node to its parent in one file: each costs the engine the node's depth. */
const MAX_CLIMBS = 10_000;
/** Matches in flight; nested structure beyond this is dropped by the engine. */
const MATCH_LIMIT = 4_096;

const queries = new WeakMap<Language, Map<string, Query>>();

function queryOf(language: Language, source: string): Query {
  let known = queries.get(language);
  if (!known) queries.set(language, (known = new Map()));
  let query = known.get(source);
  if (!query) known.set(source, (query = new Query(language, source)));
  return query;
}

interface Event {
  readonly kind: 'import' | 'function' | 'class' | 'decorator' | 'call' | 'reference' | 'assign' | 'return' | 'namespace';
  readonly node: Node;
  readonly name?: Node;
}

const EVENT_KINDS = new Set(['import', 'function', 'class', 'decorator', 'call', 'reference', 'assign', 'return', 'namespace']);

function eventOf(match: QueryMatch): Event | undefined {
  let main: Event | undefined;
  let name: Node | undefined;
  for (const capture of match.captures) {
    if (capture.name === 'name') name = capture.node;
    else if (EVENT_KINDS.has(capture.name)) main = { kind: capture.name as Event['kind'], node: capture.node };
  }
  return main && name ? { ...main, name } : main;
}

/** Identifier that starts at an offset: cheaper than asking the engine for the node's end. */
const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$_]*/uy;

export interface ExtractOptions {
  /** Line of the real file for a 1-based line of `text` (notebook cells). */
  readonly lineOf?: (line: number) => number;
}

/** Parses a text and lowers what interests to facts. Throws `LimitError` where the parse was given up. */
export async function extractFacts(
  text: string,
  frontend: Frontend,
  interest: Interest,
  options: ExtractOptions = {},
): Promise<SourceFacts> {
  const language = await loadGrammar(frontend.grammar);
  const parser = new Parser();
  parser.setLanguage(language);
  let progress = 0;
  const tree = parser.parse(text, null, { progressCallback: () => ++progress > MAX_PROGRESS });
  parser.delete();
  if (!tree) throw new LimitError('MAX_PROGRESS', 'the parser was stopped: the source is too irregular');
  try {
    const query = queryOf(language, frontend.query);
    const matches = query.matches(tree.rootNode, { matchLimit: MATCH_LIMIT });
    return lowerTree(text, tree.rootNode, matches, frontend, interest, options.lineOf ?? ((line) => line));
  } finally {
    tree.delete();
  }
}

function lowerTree(
  text: string,
  root: Node,
  matches: readonly QueryMatch[],
  frontend: Frontend,
  interest: Interest,
  lineOf: (line: number) => number,
): SourceFacts {
  const nameAt = (node: Node): string => {
    IDENTIFIER.lastIndex = node.startIndex;
    return IDENTIFIER.exec(text)?.[0] ?? '';
  };
  const events = matches.map(eventOf).filter((event) => event !== undefined);
  // Calls to what this file defines or imports by name may carry a constant to where it is used.
  const wanted = new Set<string>();
  let total = 0;
  let statement = 0;
  let depth = 0;
  const demand = new DemandedNames();
  const interesting = (name: string): boolean => interest.calls.has(name) || wanted.has(name);
  // Names repeat all over a file; a slice of its own would keep the whole text alive.
  const strings = new Map<string, string>();
  const intern = (value: string): string => {
    if (value.length > MAX_INTERNED) return value;
    let known = strings.get(value);
    if (known === undefined) strings.set((known = Buffer.from(value, 'utf8').toString('utf8')), known);
    return known;
  };
  const lo: Lowering = {
    text: (node) => intern(text.slice(node.startIndex, node.endIndex)),
    at: (node) => ({ line: lineOf(node.startPosition.row + 1), column: node.startPosition.column + 1 }),
    wantsArgs: (name) => interesting(name) || interest.methods.has(name) || interest.helpers.has(name),
    wantsParam: (name, fallback) => (fallback !== null && /string|call|template/.test(fallback.type)) || demand.has([demand.scope], name),
    expr(node): Expr {
      if (!node) return NULL;
      if (depth >= MAX_EXPR_DEPTH || ++statement > MAX_NODES_PER_STATEMENT || ++total > MAX_NODES) return UNKNOWN;
      depth++;
      const result = frontend.lower(node, lo);
      depth--;
      if (result.kind === 'string' && result.value.length > MAX_STRING) return UNKNOWN;
      if (result.kind === 'name') demand.name(result.name);
      else if (result.kind === 'member') demand.member(result.name);
      return result;
    },
  };
  const imports = events.filter((event) => event.kind === 'import').flatMap((event) => frontend.imports(event.node, lo));
  /** Other names for callees that rules match. */
  const aliases = new Set<string>();
  for (const fact of imports) {
    if (fact.local) wanted.add(fact.local);
    if (fact.local && fact.name !== undefined && interest.calls.has(fact.name)) aliases.add(fact.local);
  }
  for (const event of events) if ((event.kind === 'function' || event.kind === 'class') && event.name) wanted.add(nameAt(event.name));

  const scopes: { fact: ScopeFact; node?: Node; end: number; returns: Expr[] }[] = [
    { fact: { kind: 'module', name: '', parent: -1, line: 1 }, end: Number.POSITIVE_INFINITY, returns: [] },
  ];
  let climbs = 0;
  const parentOf = (node: Node): Node | null => (++climbs > MAX_CLIMBS ? null : node.parent);
  const stack = [0];
  const calls: CallFact[] = [];
  const pending: { scope: number; assignment: ReturnType<Frontend['assignments']>[number]; line: number }[] = [];
  let decorators: Node[] = [];
  let namespace: string | undefined;

  for (const event of events.sort((a, b) => a.node.startIndex - b.node.startIndex)) {
    const { node } = event;
    while (stack.length > 1 && (scopes[stack.at(-1) ?? 0]?.end ?? 0) <= node.startIndex) stack.pop();
    const scope = stack.at(-1) ?? 0;
    statement = 0;
    depth = 0;
    demand.scope = scope;
    switch (event.kind) {
      case 'decorator':
        decorators.push(node);
        break;
      case 'function':
      case 'class': {
        const own = frontend.annotations?.(node) ?? [];
        const lowered = [...decorators, ...own].map((item) => lo.expr(item.type === 'decorator' ? item.namedChild(0) : item));
        decorators = [];
        const index = scopes.length;
        scopes.push({
          fact: {
            kind: event.kind,
            parent: scope,
            line: lineOf(node.startPosition.row + 1),
            name: '',
            ...(lowered.length > 0 ? { decorators: lowered } : {}),
          },
          node,
          end: node.endIndex,
          returns: [],
        });
        for (const expr of lowered) {
          if (expr.kind === 'call') calls.push({ call: expr, scope, decorates: index });
          // `@tool` without parentheses is called all the same.
          else if ((expr.kind === 'name' || expr.kind === 'member') && interest.calls.has(expr.name))
            calls.push({ call: { kind: 'call', callee: expr, args: [], ...lo.at(node) }, scope, decorates: index });
        }
        stack.push(index);
        break;
      }
      case 'call': {
        const name = frontend.callTypes ? nameAt(node) : event.name ? nameAt(event.name) : '';
        const method = interest.methods.has(name);
        if (name !== '' && !interesting(name) && !method) break;
        const whole = frontend.callTypes ? around(node, frontend.callTypes, parentOf) : (frontend.outermost?.(node, parentOf) ?? node);
        if (!whole) break;
        demand.begin();
        const call = lo.expr(whole);
        if (
          call.kind === 'call' &&
          (interest.calls.has(name) || aliases.has(name) || name === '' || (method ? carriesModel(call.args) : carriesConstant(call.args)))
        )
          calls.push({ call, scope });
        else demand.undo();
        break;
      }
      case 'reference': {
        const name = event.name ? nameAt(event.name) : '';
        if (!interest.calls.has(name) && !interest.constant(name)) break;
        const callee = lo.expr(node);
        if (callee.kind === 'member') calls.push({ call: { kind: 'call', callee, args: [], ...lo.at(node) }, scope, reference: true });
        break;
      }
      case 'assign':
        for (const assignment of frontend.assignments(node, lo)) pending.push({ scope, assignment, line: node.startPosition.row + 1 });
        break;
      case 'return': {
        const returns = scopes[scope]?.returns;
        const value = node.namedChild(0);
        if (returns && value && returns.length < MAX_RETURNS && RETURNED.test(value.type)) returns.push(lo.expr(value));
        break;
      }
      case 'namespace':
        namespace ??= event.name ? lo.text(event.name) : undefined;
        break;
      case 'import':
        break;
    }
  }
  const assigns = lowerAssignments();
  return {
    language: frontend.language,
    imports,
    scopes: scopes.map(defined),
    calls,
    assigns,
    literals: findLiterals(text, root, frontend, interest, lineOf),
    shell: [],
    ...(frontend.embeds ? { embeds: frontend.embeds(text) } : {}),
    ...(namespace === undefined ? {} : { namespace }),
  };

  /** Definitions come last: by then it is known which parameters somebody names. */
  function defined({ fact, node, returns }: (typeof scopes)[number], index: number): ScopeFact {
    if (!node) return fact;
    demand.scope = index;
    statement = 0;
    depth = 0;
    const { result, ...definition } = frontend.define(node, lo);
    const values = (result ? [...returns, lo.expr(result)] : returns).filter((value) => informative(value));
    const { params, ...rest } = definition;
    // Nobody can ask for parameters that nothing is known of.
    const known = params?.some(
      (param) => param.type !== undefined || param.fallback !== undefined || param.from !== undefined || demand.has([index], param.name),
    );
    return { ...fact, ...rest, ...(params && known ? { params } : {}), ...(values.length > 0 ? { returns: values } : {}) };
  }

  /** Module and class members may be used from other files; local variables only where a kept expression names them. */
  function lowerAssignments(): AssignFact[] {
    const facts: AssignFact[] = [];
    let rest = pending;
    for (let round = 0; round < MAX_DEMAND_ROUNDS; round++) {
      const later: typeof pending = [];
      for (const item of rest) {
        const owner = scopes[item.scope]?.fact.kind;
        const { target, value, type, index, member, fallback, lowered: given } = item.assignment;
        const shared = owner !== 'function' || target.startsWith('self.');
        const scopeChain = chainOf(item.scope);
        const asked = shared
          ? round === 0 &&
            (given !== undefined || (SHARED_VALUES.test(value.type) && (!/call|creation|new_/.test(value.type) || tells(value))))
          : demand.has(scopeChain, target);
        const demanded =
          asked || (round > 0 && shared && (demand.has(scopeChain, target) || demand.hasMember(target.replace(/^self\./, ''))));
        if (!demanded) {
          later.push(item);
          continue;
        }
        statement = 0;
        depth = 0;
        demand.scope = item.scope;
        let lowered = given ?? lo.expr(value);
        // What an uninteresting call returns is not known; its own arguments do not matter then.
        if (lowered.kind === 'call' && !lo.wantsArgs(nameOf(lowered.callee))) lowered = UNKNOWN;
        if (index !== undefined) lowered = lowered.kind === 'unknown' ? lowered : elementOf(lowered, index);
        if (member !== undefined) {
          lowered = { kind: 'member', object: lowered, name: member };
          if (fallback) lowered = { kind: 'either', options: [lowered, lo.expr(fallback)] };
        }
        facts.push({
          target,
          value: lowered,
          ...(type ? { type: lo.expr(type) } : {}),
          scope: item.scope,
          line: lineOf(item.line),
        });
      }
      if (later.length === rest.length) break;
      rest = later;
    }
    return facts.sort((a, b) => a.line - b.line);
  }

  /** Whether a returned value can be followed to a name or an object. */
  function informative(value: Expr): boolean {
    if (value.kind === 'call') return lo.wantsArgs(nameOf(value.callee));
    if (value.kind === 'list') return value.items.some((item) => item.kind === 'string' || item.kind === 'call');
    return value.kind !== 'unknown' && value.kind !== 'null' && value.kind !== 'number' && value.kind !== 'boolean';
  }

  /** An object of a class that nobody has a rule for, made of nothing of the tree, tells nothing. */
  function tells(value: Node): boolean {
    const head = text.slice(value.startIndex, value.startIndex + CALL_HEAD);
    const names = head.slice(0, head.indexOf('(') + 1 || undefined).match(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu);
    return names?.some((name) => interesting(name) || interest.methods.has(name) || interest.helpers.has(name)) ?? true;
  }

  function chainOf(scope: number): number[] {
    const chain: number[] = [];
    for (let current = scope; current >= 0; current = scopes[current]?.fact.parent ?? -1) chain.push(current);
    return chain;
  }
}

/** Characters of a call in which its callee's name stands. */
const CALL_HEAD = 160;
/** The call whose callee ends in this name: two or three levels up. */
function around(name: Node, types: ReadonlySet<string>, parentOf: (node: Node) => Node | null): Node | undefined {
  let node = parentOf(name);
  for (let level = 0; node && level < 4; level++, node = parentOf(node)) if (types.has(node.type)) return node;
  return undefined;
}

const nameOf = (callee: Expr): string => (callee.kind === 'name' || callee.kind === 'member' ? callee.name : '');
/** Names, paths and URLs are shorter; what is longer is text that nothing is looked up by. */
const MAX_STRING = 512;
/** Longer strings are texts. */
const MAX_INTERNED = 64;

/** Names demand names: a constant of a constant of a constant. */
const MAX_DEMAND_ROUNDS = 6;
const MAX_RETURNS = 4;
const RETURNED =
  /string|call|creation|identifier|attribute|member|field|new|conditional|boolean|binary|await|object|struct|composite|literal|dictionary|expression_list|^name$|scoped/;
/** Values of shared members worth keeping unasked: strings, calls, collections, names. */
const SHARED_VALUES =
  /string|call|creation|new|dict|list|array|object|struct|composite|tuple|set|identifier|attribute|member|binary|boolean|conditional|true|false|literal|await|as_expression|satisfies|subscript|hash|invocation|scoped|template/;

function elementOf(value: Expr, index: number): Expr {
  if (value.kind === 'list') return index < 0 ? { kind: 'either', options: value.items } : (value.items[index] ?? UNKNOWN);
  return { kind: 'index', object: value, key: index < 0 ? UNKNOWN : { kind: 'number', value: index } };
}

/** Whether a method is given something by a model's key, by position or in an object of options. */
const carriesModel = (args: CallFact['call']['args']): boolean =>
  args.some(
    ({ name, value }, index) =>
      (name !== undefined
        ? MODEL_KEY.test(name)
        : value.kind === 'dict' || value.kind === 'call' || (index < 2 && value.kind !== 'unknown' && value.kind !== 'number')) ||
      (name === undefined && value.kind === 'dict'),
  );
const MODEL_KEY = /model|deployment|engine|parameters|options|repo|config/i;

/** Whether a call hands on something that could be a name of something. */
const carriesConstant = (args: CallFact['call']['args']): boolean =>
  args.some(({ name, value }) => {
    if (value.kind === 'string') return value.value.length < 200 && !/\s/.test(value.value);
    if (value.kind === 'name' || value.kind === 'member') return CARRIED.test(value.name) || (name !== undefined && CARRIED.test(name));
    return value.kind === 'env' || value.kind === 'concat' || value.kind === 'dict';
  });
/** Names of variables that hold a name of something, or an object that knows it. */
const CARRIED =
  /model|llm|embed|name|repo|path|file|provider|config|cfg|settings|client|agent|role|url|key|engine|deployment|dataset|prompt|size|checkpoint|weights|args|opts|id$/i;
