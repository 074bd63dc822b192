import type { Expr } from './facts.ts';

/** Methods of one chain. */
const MAX_CHAIN = 64;

/** A call of a factory at the start of a value. */
export const FACTORY = /^(?:await\s+)?(create[A-Z]\w*)\s*\(/;
export const FACTORY_NAME = /^create[A-Z]/;

/** Name of what a call calls; undefined for other expressions. */
export const nameOfCallee = (expr: Expr): string | undefined =>
  expr.kind === 'call' && (expr.callee.kind === 'member' || expr.callee.kind === 'name') ? expr.callee.name : undefined;

/** `Client::from_url(u).timeout(t).build()`: of a chain that is lowered whole, the call that the event is about. */
export function callNamed(chain: Expr, name: string): Expr {
  let current = chain;
  for (let depth = 0; depth < MAX_CHAIN && current.kind === 'call'; depth++) {
    const { callee } = current;
    if (callee.kind !== 'member' || callee.name === name) break;
    current = callee.object;
  }
  return nameOfCallee(current) === name ? current : chain;
}
