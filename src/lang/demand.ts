/** Names that kept expressions mention, by the scopes that they are looked for in. */
export class DemandedNames {
  /** Scope in which the next names are read. */
  scope = 0;
  readonly #parentOf: (scope: number) => number;
  /** A mention asks its own scope and those around it. */
  readonly #names = new Map<string, Set<number>>();
  readonly #members = new Set<string>();
  #log: (() => void)[] | undefined;

  /** `parentOf` answers -1 for the module. */
  constructor(parentOf: (scope: number) => number) {
    this.#parentOf = parentOf;
  }

  /** Begins a span that `undo` can take back. */
  begin(): void {
    this.#log = [];
  }

  /** Takes back what was demanded since `begin`: the expression is not kept. */
  undo(): void {
    for (const revert of this.#log?.reverse() ?? []) revert();
    this.#log = undefined;
  }

  name(name: string): void {
    let scopes = this.#names.get(name);
    if (!scopes) this.#names.set(name, (scopes = new Set()));
    for (let current = this.scope; current >= 0 && !scopes.has(current); current = this.#parentOf(current)) {
      scopes.add(current);
      this.#log?.push(() => scopes.delete(current));
    }
  }

  member(name: string): void {
    if (this.#members.has(name)) return;
    this.#members.add(name);
    this.#log?.push(() => this.#members.delete(name));
  }

  /** Whether a variable of a scope is named in it or in a scope inside it. */
  has(scope: number, name: string): boolean {
    return this.#names.get(name)?.has(scope) === true;
  }

  hasMember(name: string): boolean {
    return this.#members.has(name);
  }
}
