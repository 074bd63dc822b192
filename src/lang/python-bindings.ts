import type { Node } from 'web-tree-sitter';
import { ENV_TARGET, UNKNOWN, type Assignment, type Lowering } from './frontend.ts';

export const ENV_MAPS: ReadonlySet<string> = new Set(['os.environ', 'environ']);
/** `a = b = c = …` */
const MAX_CHAINED = 64;

const SELF = /^(?:self|cls)\.\w+$/;
/** `cfg.name = …` on a variable. */
const FIELD = /^[A-Za-z_]\w*\.\w+$/;

/** The one setting of the process that is no variable: how urllib checks certificates. https://peps.python.org/pep-0476/#opting-out */
const TLS_CONTEXT = 'ssl._create_default_https_context';
const MAX_CONTEXT = 100;

/** A key that is written out. */
const KEY = /^["']([\w.-]{1,80})["']$/;

/** `cfg["name"] = …` is a field of `cfg`; `os.environ["NAME"] = …` is what later reads of the variable get. */
function item(left: Node, value: Node, lo: Lowering): Assignment[] {
  const object = left.childForFieldName('value');
  const key = left.childForFieldName('subscript');
  const written = key?.type === 'string' ? KEY.exec(lo.text(key))?.[1] : undefined;
  if (!object || written === undefined) return [];
  const name = lo.text(object);
  if (ENV_MAPS.has(name)) return [{ target: `${ENV_TARGET}${written}`, value }];
  return object.type === 'identifier' ? [{ target: `${name}.${written}`, value }] : [];
}

/** `cfg.setdefault("name", …)`, `cfg.update({"name": …}, name=…)` as the keys that they set; of the environment, its variables. */
function keysSet(call: Node, lo: Lowering): Assignment[] {
  const callee = call.childForFieldName('function');
  const object = callee?.childForFieldName('object');
  const given = (call.childForFieldName('arguments')?.namedChildren ?? []).filter((child) => child.type !== 'comment');
  if (!object) return [];
  const owner = lo.text(object);
  const prefix = ENV_MAPS.has(owner) ? ENV_TARGET : object.type === 'identifier' ? `${owner}.` : undefined;
  if (prefix === undefined) return [];
  const set = (key: Node | null | undefined, value: Node | null | undefined): Assignment[] => {
    const name = key?.type === 'identifier' ? lo.text(key) : key?.type === 'string' ? KEY.exec(lo.text(key))?.[1] : undefined;
    return name === undefined || !value ? [] : [{ target: `${prefix}${name}`, value }];
  };
  if (callee?.childForFieldName('attribute')?.text === 'setdefault') return given[0]?.type === 'string' ? set(given[0], given[1]) : [];
  return given.flatMap((child) => {
    if (child.type === 'keyword_argument') return set(child.childForFieldName('name'), child.childForFieldName('value'));
    const pairs = child.type === 'dictionary' ? child.namedChildren.filter((entry) => entry.type === 'pair') : [];
    return pairs.flatMap((pair) => set(pair.childForFieldName('key'), pair.childForFieldName('value')));
  });
}

/** Of `x.values()` the object, of `sorted(x)` and the like the argument. */
function throughCall(value: Node, lo: Lowering): Node | null | undefined {
  const callee = value.type === 'call' ? value.childForFieldName('function') : null;
  const attribute = callee?.type === 'attribute' ? callee.childForFieldName('attribute') : null;
  if (attribute) return lo.text(attribute) === 'values' ? callee?.childForFieldName('object') : undefined;
  const same = callee?.type === 'identifier' && /^(?:sorted|list|tuple|set|reversed|tqdm)$/.test(lo.text(callee));
  return same ? value.childForFieldName('arguments')?.namedChild(0) : undefined;
}

/** What a loop binds: elements; of `enumerate`, `zip`, `.items()` and of tuples their parts. */
function loop(left: Node, value: Node, lo: Lowering): Assignment[] {
  if (left.type === 'identifier') {
    // `for name in MODELS.values()`, `in sorted(MODELS)`: what the dictionary or list itself holds.
    return [{ target: lo.text(left), value: throughCall(value, lo) ?? value, index: -1 }];
  }
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
  if (node.type === 'expression_statement') {
    const call = node.namedChild(0);
    return call ? keysSet(call, lo) : [];
  }
  const left = node.childForFieldName('left');
  let value = node.childForFieldName('right');
  const type = node.childForFieldName('type');
  // `client: OpenAI` in a class declares a member by its type; its value is given elsewhere.
  if (left?.type === 'identifier' && !value && type) return [{ target: lo.text(left), value: type, type, lowered: UNKNOWN }];
  if (!left || !value) return [];
  // A function, by its scope.
  if (left.type === 'identifier' && value.type === 'lambda') return [];
  if (node.type === 'for_statement' || node.type === 'for_in_clause') return loop(left, value, lo);
  for (let depth = 0; value?.type === 'assignment' && depth < MAX_CHAINED; depth++) value = value.childForFieldName('right');
  if (!value) return [];
  if (left.type === 'identifier') return [{ target: lo.text(left), value, ...(type ? { type } : {}) }];
  if (left.type === 'subscript') return item(left, value, lo);
  if (left.type === 'attribute') {
    const target = lo.text(left);
    if (target === TLS_CONTEXT) {
      const lowered = { kind: 'string', value: lo.text(value).slice(0, MAX_CONTEXT), ...lo.at(value) } as const;
      return [{ target: `${ENV_TARGET}${target}`, value, lowered }];
    }
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
