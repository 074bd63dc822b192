import type { Node } from 'web-tree-sitter';
import type { Expr } from './facts.ts';
import { FALSE, NULL, TRUE, UNKNOWN, type Lowering } from './frontend.ts';

const typesOf = (kind: 'number' | 'boolean' | 'null', types: string) => types.split(' ').map((type) => [type, kind] as const);
/** What the grammars call numbers, booleans and nothing. */
const KINDS = new Map([
  ...typesOf('number', 'number integer float int_literal integer_literal long_literal float_literal real_literal'),
  ...typesOf('number', 'floating_point_literal decimal_integer_literal decimal_floating_point_literal'),
  ...typesOf('boolean', 'boolean boolean_literal true false'),
  ...typesOf('null', 'null nil none null_literal'),
]);

/** A number, boolean or nothing; any other node is unknown. What a front-end lowers last. */
export function plainLiteral(node: Node, lo: Lowering): Expr {
  switch (KINDS.get(node.type)) {
    case 'number': {
      const text = lo.text(node).replaceAll('_', '');
      const whole = Number(text);
      // `10L`, `0.5f`
      const value = Number.isNaN(whole) ? Number.parseFloat(text) : whole;
      return Number.isNaN(value) ? UNKNOWN : { kind: 'number', value };
    }
    case 'boolean':
      return /^true$/i.test(lo.text(node)) ? TRUE : FALSE;
    case 'null':
      return NULL;
    default:
      return UNKNOWN;
  }
}
