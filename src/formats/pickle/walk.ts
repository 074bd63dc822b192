import {
  BytesValue,
  DictValue,
  FloatValue,
  GlobalValue,
  isComposite,
  ObjectValue,
  PersistentValue,
  SequenceValue,
  TextValue,
  type Value,
} from './values.ts';

/** Values visited in one look at arguments or a state. Larger structures are judged by their first part and by every import in them. */
const MAX_VISITS = 20_000;

/** Values that were looked at. A pickle can show one large list to a hundred thousand calls, so looks are paid for. */
export interface Work {
  visits: number;
}

/** Adds what will be visited: a list of thousands is not copied for the sake of its first items. */
function put(queue: Value[], items: readonly Value[], limit: number): void {
  for (let at = 0; at < items.length && queue.length <= limit; at += 1) queue.push(items[at] ?? null);
}

/** Values inside `value`, itself included, each once, outermost first. Bounded. */
export function* inside(value: Value | undefined, work: Work, limit = MAX_VISITS): Generator<Value> {
  if (value !== undefined) yield* visit(value, work, limit, true);
}

/** `objects`: what objects are made of counts as inside of them. */
function* visit(value: Value, work: Work, limit: number, objects: boolean): Generator<Value> {
  const seen = new Set<Value>();
  const queue: Value[] = [value];
  for (let at = 0; at < queue.length && at < limit; at += 1) {
    const current = queue[at] ?? null;
    work.visits += 1;
    yield current;
    if (!isComposite(current) || seen.has(current)) continue;
    seen.add(current);
    if (current instanceof SequenceValue) put(queue, current.items, limit);
    else if (current instanceof DictValue) {
      put(queue, current.keys, limit);
      put(queue, current.values, limit);
    } else if (!objects) continue;
    else if (current instanceof PersistentValue) queue.push(current.id);
    else if (current instanceof ObjectValue) {
      queue.push(current.callee, current.args);
      if (current.kwargs !== undefined) queue.push(current.kwargs);
      if (current.state !== undefined) queue.push(current.state);
    }
  }
}

/** A constant: no container, nothing imported or made. */
export const isConstant = (value: Value): boolean =>
  !isComposite(value) || value instanceof FloatValue || value instanceof BytesValue || value instanceof TextValue;

/** The arguments of a call, where they are a tuple. */
export const argumentsOf = (object: ObjectValue): readonly Value[] => (object.args instanceof SequenceValue ? object.args.items : []);

/** The class or function behind an object. */
export const calleeOf = (object: ObjectValue): GlobalValue | undefined =>
  object.callee instanceof GlobalValue ? object.callee : undefined;

/** Text of a value that a Python function would take for a string. */
export function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof TextValue) return value.head;
  if (value instanceof BytesValue) return Buffer.from(value.head.buffer, value.head.byteOffset, value.head.length).toString('latin1');
  return undefined;
}

/** Texts in `value` and in its containers, but not those of objects in it: they were judged when those were made. */
export function* textsIn(value: Value, work: Work): Generator<string> {
  for (const current of visit(value, work, MAX_VISITS, false)) {
    const text = textOf(current);
    if (text !== undefined) yield text;
  }
}
