import type { Expr } from './facts.ts';

/**
 * One value for each name and each path of names of a file, where they have no place of their own. A name stands in
 * dozens of expressions, and a value that is met again crosses to another thread as a number.
 */
export class SharedExpressions {
  readonly #names = new Map<string, Expr>();
  readonly #members = new Map<Expr, Map<string, Expr>>();

  expr(expr: Expr): Expr {
    if (expr.kind === 'name') return this.#known(this.#names, expr.name, expr);
    if (expr.kind !== 'member') return expr;
    const { object } = expr;
    if (object.kind !== 'member' && (object.kind !== 'name' || this.#names.get(object.name) !== object)) return expr;
    let members = this.#members.get(object);
    if (!members) this.#members.set(object, (members = new Map()));
    return this.#known(members, expr.name, expr);
  }

  #known(exprs: Map<string, Expr>, name: string, expr: Expr): Expr {
    const known = exprs.get(name);
    if (known) return known;
    exprs.set(name, expr);
    return expr;
  }
}
