import type { AssignFact, Expr, ImportFact, ScopeFact, SourceFacts } from '../lang/facts.ts';

/** One file's facts, indexed for look-ups. */
export interface Unit {
  readonly path: string;
  readonly facts: SourceFacts;
  /** By scope, then name. */
  readonly assigns: ReadonlyMap<number, ReadonlyMap<string, readonly AssignFact[]>>;
  /** Members of classes: fields in the body and `self.x` in methods. By class scope, then name. */
  readonly members: ReadonlyMap<number, ReadonlyMap<string, readonly AssignFact[]>>;
  /** Functions and classes by enclosing scope, then name. */
  readonly defs: ReadonlyMap<number, ReadonlyMap<string, number>>;
  readonly imports: ReadonlyMap<string, readonly ImportFact[]>;
  readonly wildcards: readonly ImportFact[];
}

const SELF = 'self.';

function pushTo<V>(map: Map<number, Map<string, V[]>>, scope: number, name: string, value: V): void {
  let names = map.get(scope);
  if (!names) map.set(scope, (names = new Map()));
  const list = names.get(name);
  if (list) list.push(value);
  else names.set(name, [value]);
}

export function indexUnit(path: string, facts: SourceFacts): Unit {
  const assigns = new Map<number, Map<string, AssignFact[]>>();
  const members = new Map<number, Map<string, AssignFact[]>>();
  for (const assign of facts.assigns) {
    if (assign.target.startsWith(SELF)) {
      const owner = enclosingClass(facts, assign.scope);
      if (owner !== undefined) pushTo(members, owner, assign.target.slice(SELF.length), assign);
    } else {
      pushTo(assigns, assign.global ? 0 : assign.scope, assign.target, assign);
      if (facts.scopes[assign.scope]?.kind === 'class') pushTo(members, assign.scope, assign.target, assign);
    }
  }
  const defs = new Map<number, Map<string, number>>();
  for (const [index, scope] of facts.scopes.entries()) {
    if (scope.parent < 0) continue;
    let names = defs.get(scope.parent);
    if (!names) defs.set(scope.parent, (names = new Map()));
    names.set(scope.name, index);
  }
  const imports = new Map<string, ImportFact[]>();
  for (const fact of facts.imports) {
    if (fact.local === undefined) continue;
    const list = imports.get(fact.local);
    if (list) list.push(fact);
    else imports.set(fact.local, [fact]);
  }
  return {
    path,
    facts,
    assigns,
    members,
    defs,
    imports,
    wildcards: facts.imports.filter((fact) => fact.name === '*' && fact.local === undefined),
  };
}

export function enclosingClass(facts: SourceFacts, scope: number): number | undefined {
  for (let current = scope; current >= 0; current = facts.scopes[current]?.parent ?? -1) {
    if (facts.scopes[current]?.kind === 'class') return current;
  }
  return undefined;
}

export const scopeOf = (unit: Unit, scope: number): ScopeFact | undefined => unit.facts.scopes[scope];

/** What is assigned, with where its own names are read. */
export const originOf = (fact: AssignFact, unit: Unit): { readonly expr: Expr; readonly unit: Unit; readonly scope: number } => ({
  expr: fact.value,
  unit,
  scope: fact.scope,
});

const INSTANCE = /^(?:self|this|cls|super)$/;

/** The scope that binds a dotted name as seen from another: from there on it means the same, which is asked once. */
export function bindingScope(unit: Unit, from: number, written: string): number {
  const [name = '', field] = written.split('.', 2);
  if (INSTANCE.test(name)) return from;
  for (let scope = from; scope > 0; scope = scopeOf(unit, scope)?.parent ?? 0) {
    const fact = scopeOf(unit, scope);
    if (fact?.kind === 'class' && scope !== from) {
      // Python methods do not see the names of their class's body; elsewhere it may inherit any.
      if (unit.facts.language === 'python') continue;
      return from;
    }
    const assigns = unit.assigns.get(scope);
    const bound =
      assigns?.has(name) === true ||
      (field !== undefined && assigns?.has(`${name}.${field}`) === true) ||
      fact?.params?.some((param) => param.name === name) === true ||
      unit.defs.get(scope)?.has(name) === true;
    if (bound || fact?.kind === 'class') return scope;
  }
  return 0;
}
