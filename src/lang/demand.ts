/** Names that kept expressions mention, by the scope that mentions them. */
export class DemandedNames {
  /** Scope in which the next names are read. */
  scope = 0;
  /** The last scope, in the order of the text, that mentions a name. */
  readonly #names = new Map<string, number>();
  readonly #members = new Set<string>();
  #log: (() => void)[] | undefined;

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
    const known = this.#names.get(name);
    if (known !== undefined && known >= this.scope) return;
    this.#names.set(name, this.scope);
    this.#log?.push(() => (known === undefined ? this.#names.delete(name) : this.#names.set(name, known)));
  }

  member(name: string): void {
    if (this.#members.has(name)) return;
    this.#members.add(name);
    this.#log?.push(() => this.#members.delete(name));
  }

  /** A variable of a scope is demanded where that scope or one after it names it: the scopes around the mention are not known here. */
  has(scope: number, name: string): boolean {
    return (this.#names.get(name) ?? -1) >= scope;
  }

  hasMember(name: string): boolean {
    return this.#members.has(name);
  }
}
