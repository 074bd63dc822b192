import type { Node } from 'web-tree-sitter';
import { ENV_TARGET, type Assignment, type Lowering } from './frontend.ts';

export const ENV_MAPS: ReadonlySet<string> = new Set(['os.environ', 'environ']);
/** `a = b = c = …` */
const MAX_CHAINED = 64;

const SELF = /^(?:self|cls)\.\w+$/;
/** `cfg.name = …` on a variable. */
const FIELD = /^[A-Za-z_]\w*\.\w+$/;

/** `cfg["name"] = …` is a field of `cfg`; `os.environ["NAME"] = …` is what later reads of the variable get. */
function item(left: Node, value: Node, lo: Lowering): Assignment[] {
  const object = left.childForFieldName('value');
  const key = left.childForFieldName('subscript');
  const written = key?.type === 'string' ? /^["']([\w.-]{1,80})["']$/.exec(lo.text(key))?.[1] : undefined;
  if (!object || written === undefined) return [];
  const name = lo.text(object);
  if (ENV_MAPS.has(name)) return [{ target: `${ENV_TARGET}${written}`, value }];
  return object.type === 'identifier' ? [{ target: `${name}.${written}`, value }] : [];
}

/** What a loop binds: elements; of `enumerate`, `zip`, `.items()` and of tuples their parts. */
function loop(left: Node, value: Node, lo: Lowering): Assignment[] {
  if (left.type === 'identifier') return [{ target: lo.text(left), value, index: -1 }];
  if (left.type !== 'pattern_list' && left.type !== 'tuple_pattern') return [];
  const names = left.namedChildren.map((child) => (child.type === 'identifier' ? lo.text(child) : undefined));
  const called = value.type === 'call' ? value.childForFieldName('function') : null;
  const given = value.type === 'call' ? (value.childForFieldName('arguments')?.namedChildren ?? []) : [];
  const method = called?.type === 'attribute' ? called.childForFieldName('attribute') : null;
  const receiver = called?.type === 'attribute' ? called.childForFieldName('object') : null;
  if (method && receiver && lo.text(method) === 'items')
    return names[1] === undefined ? [] : [{ target: names[1], value: receiver, index: -1 }];
  const callee = called?.type === 'identifier' ? lo.text(called) : '';
  if (callee === 'enumerate') return names[1] === undefined || !given[0] ? [] : [{ target: names[1], value: given[0], index: -1 }];
  const zipped = callee === 'zip' || callee === 'product';
  return names.flatMap((target, index) => {
    const source = zipped ? given[index] : value;
    return target === undefined || !source ? [] : [{ target, value: source, index: -1, ...(zipped ? {} : { part: index }) }];
  });
}

/** What a statement binds: names, members of the instance, fields of variables, variables of the environment. */
export function assignments(node: Node, lo: Lowering): Assignment[] {
  if (node.type === 'with_item') {
    const pattern = node.childForFieldName('value');
    const value = pattern?.namedChild(0);
    const alias = pattern?.childForFieldName('alias')?.namedChild(0);
    return value && alias?.type === 'identifier' ? [{ target: lo.text(alias), value }] : [];
  }
  if (node.type === 'named_expression') {
    const name = node.childForFieldName('name');
    const value = node.childForFieldName('value');
    return name && value ? [{ target: lo.text(name), value }] : [];
  }
  const left = node.childForFieldName('left');
  let value = node.childForFieldName('right');
  const type = node.childForFieldName('type');
  // `client: OpenAI` in a class declares a member by its type.
  if (left?.type === 'identifier' && !value && type) return [{ target: lo.text(left), value: type, type, lowered: { kind: 'null' } }];
  if (!left || !value) return [];
  if (node.type === 'for_statement' || node.type === 'for_in_clause') return loop(left, value, lo);
  for (let depth = 0; value?.type === 'assignment' && depth < MAX_CHAINED; depth++) value = value.childForFieldName('right');
  if (!value) return [];
  if (left.type === 'identifier') return [{ target: lo.text(left), value, ...(type ? { type } : {}) }];
  if (left.type === 'subscript') return item(left, value, lo);
  if (left.type === 'attribute') {
    const target = lo.text(left);
    if (FIELD.test(target) && !SELF.test(target)) return [{ target, value }];
    return SELF.test(target) ? [{ target: target.replace(/^cls/, 'self'), value, ...(type ? { type } : {}) }] : [];
  }
  if (left.type === 'pattern_list' || left.type === 'tuple_pattern') {
    return left.namedChildren.flatMap((child, index) =>
      child.type === 'identifier' || (child.type === 'attribute' && SELF.test(lo.text(child)))
        ? [{ target: lo.text(child), value, index }]
        : [],
    );
  }
  return [];
}
