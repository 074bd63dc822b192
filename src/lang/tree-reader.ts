import type { Node, QueryMatch } from 'web-tree-sitter';
import { callNamed, FACTORY, FACTORY_NAME, nameOfCallee } from './chain.ts';
import { DemandedNames } from './demand.ts';
import { eventOf, type Event } from './events.ts';
import type { AssignFact, CallFact, Expr, ImportFact, ScopeFact, SourceFacts } from './facts.ts';
import { elementOf, ENV_TARGET, fieldOf, KEY_TARGET, NULL, UNKNOWN, type Frontend, type Interest, type Lowering } from './frontend.ts';
import { findLiterals } from './literals.ts';
import type { OpenScope, PendingAssignment } from './pending.ts';
import { findPaths } from './paths.ts';
import { identifierAt } from './identifiers.ts';
import { SharedExpressions } from './shared-expressions.ts';
import * as worth from './worth.ts';

/** Nesting of one expression that is followed; deeper is generated or hostile. */
const MAX_EXPR_DEPTH = 24;
/** Lowered nodes per file. A 2 MB table of strings has about 200,000. */
const MAX_NODES = 150_000;
/** Nodes of one statement, so that one table does not use up the file's share. */
const MAX_NODES_PER_STATEMENT = 4_000;
/** Steps from a node to its parent in one file: each costs the engine the node's depth. */
const MAX_CLIMBS = 10_000;
/** Names, paths and URLs are shorter; what is longer is text that nothing is looked up by. */
const MAX_STRING = 512;
/** Longer strings are texts. */
const MAX_INTERNED = 64;
/** Names demand names: a constant of a constant of a constant. */
const MAX_DEMAND_ROUNDS = 6;
const MAX_RETURNS = 4;
/** Characters of a call in which its callee's name stands. */
const CALL_HEAD = 160;

/**
 * Lowers one syntax tree to facts. Calls that interest come first; assignments and definitions are
 * lowered last, when it is known which names the kept expressions mention. One method per kind of
 * event: small functions are what the JavaScript engine compiles once.
 */
export class TreeReader implements Lowering {
  readonly #text: string;
  readonly #frontend: Frontend;
  readonly #interest: Interest;
  readonly #lineOf: (line: number) => number;
  readonly #demand = new DemandedNames((scope) => this.#scopes[scope]?.fact.parent ?? -1);
  /** Names that this file defines or imports: calls of them may carry a constant to where it is used. */
  readonly #own = new Set<string>();
  /** Names of calls that are given a model, where files see each other's names. */
  readonly #given = new Set<string>();
  /** Other names for callees that rules match. */
  readonly #aliases = new Set<string>();
  /** Imports of the environment: the name of one variable, or an object of them. */
  readonly #environment = new Map<string, string | undefined>();
  readonly #strings = new Map<string, string>();
  readonly #shared = new SharedExpressions();
  readonly #scopes: OpenScope[] = [{ fact: { kind: 'module', name: '', parent: -1, line: 1 }, end: Number.POSITIVE_INFINITY, returns: [] }];
  readonly #calls: CallFact[] = [];
  /** Calls that are facts, by their node: what is assigned later holds the same expression. */
  readonly #kept = new Map<number, Expr>();
  /** Calls in calls are lowered anew, or a long chain of them would be one expression as deep. */
  #visited = false;
  readonly #plain = new Set<string>();
  readonly #pending: PendingAssignment[] = [];
  /** Text of the `global` statements of a function. */
  readonly #globals = new Map<number, string>();
  /** What `once` found. */
  readonly #found = new Map<string, unknown>();
  #decorators: Node[] = [];
  #namespace: string | undefined;
  #total = 0;
  #statement = 0;
  #depth = 0;
  #climbs = 0;

  constructor(text: string, frontend: Frontend, interest: Interest, lineOf: (line: number) => number) {
    this.#text = text;
    this.#frontend = frontend;
    this.#interest = interest;
    this.#lineOf = lineOf;
  }

  read(root: Node, matches: readonly QueryMatch[]): SourceFacts {
    const events = matches.map(eventOf).filter((event) => event !== undefined);
    const imports = events.filter((event) => event.kind === 'import').flatMap((event) => this.#frontend.imports(event.node, this));
    this.#learnNames(imports, events);
    this.#visitAll(events.sort((a, b) => a.node.startIndex - b.node.startIndex));
    this.#visited = true;
    const assigns = this.#lowerAssignments();
    const paths = findPaths(this.#text, root, this.#frontend, this.#lineOf);
    return {
      language: this.#frontend.language,
      imports,
      scopes: this.#scopes.map((scope, index) => this.#define(scope, index)),
      calls: this.#calls,
      ...(this.#plain.size > 0 ? { plain: [...this.#plain] } : {}),
      assigns,
      literals: findLiterals(this.#text, root, this.#frontend, this.#interest, this.#lineOf),
      ...(paths.length > 0 ? { paths } : {}),
      shell: [],
      ...(this.#frontend.embeds ? { embeds: this.#frontend.embeds(this.#text) } : {}),
      ...(this.#namespace === undefined ? {} : { namespace: this.#namespace }),
    };
  }

  text(node: Node): string {
    return this.#intern(this.#text.slice(node.startIndex, node.endIndex));
  }

  at(node: Node): { readonly line: number; readonly column: number } {
    return { line: this.#lineOf(node.startPosition.row + 1), column: node.startPosition.column + 1 };
  }

  once<T>(node: Node, what: string, find: () => T): T {
    const key = `${node.id} ${what}`;
    if (!this.#found.has(key)) this.#found.set(key, find());
    return this.#found.get(key) as T;
  }

  wantsArgs(name: string): boolean {
    const wanted = [this.#given, this.#interest.methods, this.#interest.helpers].some((names) => names.has(name));
    return wanted || this.#interesting(name) || worth.handsOn(name) || worth.ARGUMENT_OBJECT.test(name) || worth.ASKS_MODEL.test(name);
  }

  wantsParam(name: string, fallback: Node | null): boolean {
    return (
      (fallback !== null && /string|call|template/.test(fallback.type)) ||
      worth.COMMAND.test(name) ||
      this.#demand.has(this.#demand.scope, name)
    );
  }

  expr(node: Node | null): Expr {
    if (!node) return NULL;
    const kept = this.#visited ? this.#kept.get(node.id) : undefined;
    if (kept) return kept;
    if (this.#depth >= MAX_EXPR_DEPTH || ++this.#statement > MAX_NODES_PER_STATEMENT || ++this.#total > MAX_NODES) return UNKNOWN;
    this.#depth++;
    const result = this.#imported(this.#frontend.lower(node, this), node);
    this.#depth--;
    if (result.kind === 'string' && result.value.length > MAX_STRING) return UNKNOWN;
    if (result.kind === 'name') this.#demand.name(result.name);
    else if (result.kind === 'member') this.#demand.member(result.name);
    else if (result.kind === 'index' && result.key.kind === 'string') this.#demand.member(result.key.value);
    return this.#shared.expr(result);
  }

  #imported(expr: Expr, node: Node): Expr {
    if (this.#environment.size === 0) return expr;
    if (expr.kind === 'name') {
      const name = this.#environment.get(expr.name);
      return name === undefined ? expr : { kind: 'env', name, ...this.at(node) };
    }
    return expr.kind === 'member' && expr.object.kind === 'name' && this.#environment.has(expr.object.name)
      ? { kind: 'env', name: expr.name, ...this.at(node) }
      : expr;
  }

  #begin(scope: number): void {
    this.#statement = 0;
    this.#depth = 0;
    this.#demand.scope = scope;
  }

  #interesting(name: string): boolean {
    return this.#interest.calls.has(name) || this.#own.has(name) || this.#aliases.has(name);
  }

  /** Names repeat all over a file; a slice of its own would keep the whole text alive. */
  #intern(value: string): string {
    if (value.length > MAX_INTERNED) return value;
    let known = this.#strings.get(value);
    if (known === undefined) this.#strings.set((known = Buffer.from(value, 'utf8').toString('utf8')), known);
    return known;
  }

  #nameAt(node: Node): string {
    return identifierAt(this.#text, node.startIndex);
  }

  parent(node: Node): Node | null {
    return ++this.#climbs > MAX_CLIMBS ? null : node.parent;
  }

  #learnNames(imports: readonly ImportFact[], events: readonly Event[]): void {
    for (const fact of imports) {
      const { local, name } = fact;
      if (!local) continue;
      const given = this.#frontend.environment?.(fact);
      if (given) this.#environment.set(local, given === 'variable' ? name : undefined);
      this.#own.add(local);
      if (name !== undefined && this.#interest.calls.has(name)) this.#aliases.add(local);
    }
    for (const { kind, node, name = this.#frontend.nameOf?.(node) } of events)
      if ((kind === 'function' || kind === 'class') && name) this.#own.add(this.#nameAt(name));
  }

  #visitAll(events: readonly Event[]): void {
    const stack = [0];
    for (const event of events) {
      while (stack.length > 1 && (this.#scopes[stack.at(-1) ?? 0]?.end ?? 0) <= event.node.startIndex) stack.pop();
      const scope = stack.at(-1) ?? 0;
      this.#begin(scope);
      if (event.kind === 'function' || event.kind === 'class') stack.push(this.#open(event.kind, event.node, scope));
      else this.#visit(event, scope);
    }
  }

  #visit({ kind, node, name }: Event, scope: number): void {
    if (kind === 'call') this.#call(node, name, scope);
    else if (kind === 'assign') this.#assign(node, scope);
    else if (kind === 'return') this.#return(node, scope);
    else if (kind === 'reference') this.#reference(node, name, scope);
    else if (kind === 'decorator') this.#decorators.push(node);
    else if (kind === 'global') this.#globals.set(scope, `${this.#globals.get(scope) ?? ''} ${this.text(node)}`);
    else if (kind === 'namespace') this.#namespace ??= name ? this.text(name) : undefined;
  }

  /** Begins a function or class, with the decorators before it. Returns its scope. */
  #open(kind: 'function' | 'class', node: Node, scope: number): number {
    const own = this.#frontend.annotations?.(node) ?? [];
    const decorators = [...this.#decorators, ...own].map((item) => this.expr(item.type === 'decorator' ? item.namedChild(0) : item));
    this.#decorators = [];
    const line = this.#lineOf(node.startPosition.row + 1);
    const fact: ScopeFact = { kind, parent: scope, line, name: '', ...(decorators.length > 0 ? { decorators } : {}) };
    const index = this.#scopes.push({ fact, node, end: this.#frontend.endOf?.(node) ?? node.endIndex, returns: [] }) - 1;
    for (const expr of decorators) {
      if (expr.kind === 'call') this.#calls.push({ call: expr, scope, decorates: index });
      // `@tool` without parentheses is called all the same.
      else if ((expr.kind === 'name' || expr.kind === 'member') && this.#interest.calls.has(expr.name))
        this.#calls.push({ call: { kind: 'call', callee: expr, args: [], ...this.at(node) }, scope, decorates: index });
    }
    return index;
  }

  #call(node: Node, nameNode: Node | undefined, scope: number): void {
    const types = this.#frontend.callTypes;
    nameNode ??= this.#frontend.impliedName?.(node, this);
    if (!nameNode && this.#frontend.impliedName) return;
    const name = types ? this.#nameAt(node) : nameNode ? this.#nameAt(nameNode) : '';
    const method = this.#interest.methods.has(name);
    const known = name === '' || this.#interesting(name) || method || this.#frontend.applies?.has(name) === true;
    const given = known || this.#isGiven(name, node);
    if (!given && !worth.handsOn(name)) return;
    const whole = types ? this.#around(node, types) : (this.#frontend.outermost?.(node, this) ?? node);
    if (!whole) return;
    this.#demand.begin();
    const lowered = this.expr(whole);
    // `partial(load, "owner/name")` is lowered as the call that it prepares.
    const meant = this.#frontend.applies?.has(name) ? (nameOfCallee(lowered) ?? '') : name;
    const call = callNamed(lowered, meant);
    const certain = this.#interest.calls.has(meant) || this.#aliases.has(meant) || meant === '';
    const carries = given && (method ? worth.carriesModel : worth.carriesConstant);
    if (call.kind === 'call' && (certain || (carries && carries(call.args)) || worth.carriesCommand(meant, call.args))) {
      this.#calls.push({ call, scope });
      if (call === lowered) this.#kept.set(whole.id, call);
    } else {
      this.#demand.undo();
      if (this.#own.has(name)) this.#plain.add(name);
    }
    if (FACTORY_NAME.test(name) && this.#interest.calls.has(name)) this.#callOfMade(whole, scope);
  }

  #isGiven(name: string, node: Node): boolean {
    const given = this.#frontend.open === true && worth.GIVES_MODEL.test(this.#text.slice(node.startIndex, node.startIndex + CALL_HEAD));
    if (given) this.#given.add(name);
    return given;
  }

  /** `createOllama()("llama3")` */
  #callOfMade(made: Node, scope: number): void {
    const node = this.parent(made);
    if (node?.type !== made.type || node.childForFieldName('function')?.equals(made) !== true) return;
    const call = this.expr(node);
    if (call.kind === 'call') this.#calls.push({ call, scope });
  }

  /** The call whose callee ends in this name: two or three levels up. */
  #around(name: Node, types: ReadonlySet<string>): Node | undefined {
    let node = this.parent(name);
    for (let level = 0; node && level < 4; level++, node = this.parent(node)) if (types.has(node.type)) return node;
    return undefined;
  }

  #reference(node: Node, nameNode: Node | undefined, scope: number): void {
    const name = nameNode ? this.#nameAt(nameNode) : '';
    // Before parentheses it is the name of a call.
    if ((!this.#interest.calls.has(name) && !this.#interest.constant(name)) || this.#text[node.endIndex] === '(') return;
    const callee = this.expr(node);
    if (callee.kind === 'member') this.#calls.push({ call: { kind: 'call', callee, args: [], ...this.at(node) }, scope, reference: true });
  }

  #assign(node: Node, scope: number): void {
    const line = node.startPosition.row + 1;
    for (const assignment of this.#frontend.assignments(node, this)) {
      this.#pending.push({ scope, assignment, line, ...(this.#isGlobal(scope, assignment.target) ? { global: true } : {}) });
      // `const lm = createOpenAI(…)`: what a factory of the rules made is called as the rules say.
      const { startIndex } = assignment.value;
      const maker = FACTORY.exec(this.#text.slice(startIndex, startIndex + CALL_HEAD))?.[1];
      if (maker !== undefined && this.#interest.calls.has(maker)) this.#aliases.add(assignment.target);
    }
  }

  #isGlobal(scope: number, target: string): boolean {
    const stated = this.#globals.get(scope)?.split(/[\s,]+/);
    return stated?.includes(target) ?? false;
  }

  #return(node: Node, scope: number): void {
    const returns = this.#scopes[scope]?.returns;
    const value = node.namedChild(0);
    if (returns && value && returns.length < MAX_RETURNS && worth.RETURNED.test(value.type)) returns.push(this.expr(value));
  }

  /** Definitions come last: by then it is known which parameters somebody names. */
  #define({ fact, node, returns }: OpenScope, index: number): ScopeFact {
    if (!node) return returns.length > 0 ? { ...fact, returns } : fact;
    this.#begin(index);
    const { result, params, ...rest } = this.#frontend.define(node, this);
    const values = (result ? [...returns, this.expr(result)] : returns).filter((value) =>
      worth.isInformative(value, (name) => this.wantsArgs(name)),
    );
    // Nobody can ask for parameters that nothing is known of.
    const known = params?.some(
      (param) =>
        param.type !== undefined || param.fallback !== undefined || param.from !== undefined || this.#demand.has(index, param.name),
    );
    return { ...fact, ...rest, ...(params && known ? { params } : {}), ...(values.length > 0 ? { returns: values } : {}) };
  }

  /** Module and class members may be used from other files; local variables only where a kept expression names them. */
  #lowerAssignments(): AssignFact[] {
    const facts: AssignFact[] = [];
    let rest = this.#pending;
    for (let round = 0; round < MAX_DEMAND_ROUNDS; round++) {
      const later: PendingAssignment[] = [];
      for (const item of rest) {
        if (this.#isDemanded(item, round)) facts.push(this.#lowerAssignment(item));
        else later.push(item);
      }
      // Nothing was worth sharing unasked: what is asked for comes in the next round.
      if (round > 0 && later.length === rest.length) break;
      rest = later;
    }
    return facts.sort((a, b) => a.line - b.line);
  }

  #isDemanded({ scope, assignment, global }: PendingAssignment, round: number): boolean {
    const { target, value, lowered } = assignment;
    if (target.startsWith(ENV_TARGET) || target.startsWith(KEY_TARGET)) return true;
    const field = fieldOf(target);
    if (field)
      return (this.#demand.hasMember(field.name) || this.#interest.options.has(field.name)) && this.#demand.has(scope, field.object);
    const shared = global === true || this.#scopes[scope]?.fact.kind !== 'function' || target.startsWith('self.');
    if (shared && round === 0) return lowered !== undefined || this.#isWorthSharing(value);
    return this.#demand.has(global ? 0 : scope, target) || (shared && this.#demand.hasMember(target.replace(/^self\./, '')));
  }

  #isWorthSharing(value: Node): boolean {
    const { type } = value;
    return worth.SHARED_VALUES.test(type) && (!/call|creation|new_/.test(type) || this.#tells(value));
  }

  /** An object of a class that nobody has a rule for, made of nothing of the tree, tells nothing. */
  #tells(value: Node): boolean {
    const head = this.#text.slice(value.startIndex, value.startIndex + CALL_HEAD);
    const names = head.slice(0, head.indexOf('(') + 1 || undefined).match(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu);
    return names?.some((name) => this.wantsArgs(name)) ?? true;
  }

  /** `config.Load()`: Go names what it imports by its package, never alone. */
  #isOfPackage(callee: Expr): boolean {
    return (
      this.#frontend.language === 'go' && callee.kind === 'member' && callee.object.kind === 'name' && this.#own.has(callee.object.name)
    );
  }

  #lowerAssignment({ scope, assignment, line, global }: PendingAssignment): AssignFact {
    const { target, value, type, index, part, member, fallback } = assignment;
    this.#begin(scope);
    let lowered = assignment.lowered ?? this.expr(value);
    // What an uninteresting call returns is not known; its own arguments do not matter then.
    if (lowered.kind === 'call' && !this.wantsArgs(worth.nameOf(lowered.callee)) && !this.#isOfPackage(lowered.callee)) lowered = UNKNOWN;
    if (index !== undefined && lowered.kind !== 'unknown') lowered = elementOf(lowered, index);
    if (part !== undefined && lowered.kind !== 'unknown') lowered = elementOf(lowered, part);
    if (member !== undefined) {
      lowered = { kind: 'member', object: lowered, name: member };
      if (fallback) lowered = { kind: 'either', options: [lowered, this.expr(fallback)] };
    }
    return {
      target,
      value: lowered,
      ...(type ? { type: this.expr(type) } : {}),
      scope,
      line: this.#lineOf(line),
      ...(global ? { global } : {}),
    };
  }
}
