/** Names that kept expressions mention, by the scope that mentions them. */
export class DemandedNames {
  /** Scope in which the next names are read. */
  scope = 0;
  readonly #names = new Map<string, Set<number>>();
  readonly #members = new Set<string>();
  #log: (() => void)[] | undefined;

  /** Begins a span that `undo` can take back. */
  begin(): void {
    this.#log = [];
  }

  /** Takes back what was demanded since `begin`: the expression is not kept. */
  undo(): void {
    for (const revert of this.#log ?? []) revert();
    this.#log = undefined;
  }

  name(name: string): void {
    let scopes = this.#names.get(name);
    if (!scopes) this.#names.set(name, (scopes = new Set()));
    if (scopes.has(this.scope)) return;
    const { scope } = this;
    scopes.add(scope);
    const added = scopes;
    this.#log?.push(() => added.delete(scope));
  }

  member(name: string): void {
    if (this.#members.has(name)) return;
    this.#members.add(name);
    this.#log?.push(() => this.#members.delete(name));
  }

  /** A variable of `chain[0]` is demanded where that scope or one inside it names it; the mention's own chain is not known here, so any equal name in a scope at or below counts. */
  has(chain: readonly number[], name: string): boolean {
    const scopes = this.#names.get(name);
    if (!scopes) return false;
    const own = chain[0] ?? 0;
    for (const scope of scopes) if (scope >= own) return true;
    return false;
  }

  hasMember(name: string): boolean {
    return this.#members.has(name);
  }
}
