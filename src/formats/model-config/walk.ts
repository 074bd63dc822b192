import { inspectEncodedText, decodePayload } from '../encoded.ts';
import type { InspectContext } from '../format.ts';
import { judgeSetting, judgeTarget } from '../python-target.ts';
import type { Draft } from '../draft.ts';
import { printable, spend } from '../reading.ts';
import { isArray, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';
import { findImportedNames, findPartCode } from './remote-code.ts';
import { judgeTemplate } from '../template/index.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';

/** `pkg.module.Name`: what `hydra.utils.get_object` and its relatives accept. */
const DOTTED = /^[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*$/;
const CHAT_KEY = /chat[_-]?template/i;
const MARKUP = /\{\{|\{%/;

/** Judges the keys of one object that name what is imported and called. */
export function judgeTargets(node: JsonObject, context: InspectContext, draft: Draft): void {
  const words = context.knowledge.get(vocabularySection);
  for (const [key, value] of node) {
    if (!words.names('python', 'targetKeys').has(key)) continue;
    const certain = words.names('python', 'certainTargetKeys').has(key);
    const target = typeof value === 'string' ? value : isArray(value) && typeof value[0] === 'string' ? value[0] : undefined;
    if (target === undefined || (!certain && !target.includes('.'))) continue;
    const imported = words.names('python', 'resolvers').has(target) ? stringAt(node, 'path') : target;
    if (imported === undefined) continue;
    const standing = key.startsWith('py/') ? judgeTarget(imported, context) : judgeSetting(imported, context);
    const args = { key, target: printable(imported) };
    if (standing.kind === 'dangerous') draft.report('dangerous-object', { ...args, kind: standing.category });
    // jsonpickle evaluates the text behind the module's name.
    else if (key === 'py/repr') draft.report('dangerous-object', { ...args, kind: 'evaluated' });
    else if (!certain) continue;
    else if (standing.kind === 'doubtful') draft.report('unknown-object', { ...args, kind: standing.category });
    else if (key.startsWith('py/')) draft.report('unknown-object', { ...args, kind: 'jsonpickle' });
    // A class of the project itself: the project's code is judged where it stands.
    else if (!DOTTED.test(target) && !target.includes('${')) draft.report('unknown-object', { ...args, kind: 'no-name' });
  }
}

/** LangChain's serialised objects: `{lc: 1, type: 'constructor', id: ['langchain', …, 'Class'], kwargs}`. */
function judgeLangchain(node: JsonObject, context: InspectContext, draft: Draft): void {
  const id = node.get('id');
  if (!node.has('lc') || stringAt(node, 'type') !== 'constructor' || !isArray(id)) return;
  const target = id.filter((part) => typeof part === 'string').join('.');
  const standing = judgeTarget(target, context);
  if (standing.kind === 'dangerous') draft.report('dangerous-object', { key: 'lc', target: printable(target), kind: standing.category });
}

/** skops: `__loader__` says how a node is rebuilt, `__module__` and `__class__` what it becomes. */
function judgeSkops(node: JsonObject, context: InspectContext, draft: Draft): void {
  const module = stringAt(node, '__module__');
  const name = stringAt(node, '__class__');
  if (module === undefined || name === undefined || !node.has('__loader__')) return;
  const standing = judgeTarget(`${module}.${name}`, context);
  const args = { target: printable(`${module}.${name}`), loader: printable(stringAt(node, '__loader__') ?? '') };
  if (stringAt(node, '__loader__') === 'OperatorFuncNode' || module === 'operator') {
    // CVE-2025-54412: the operator node calls what its attribute names.
    const content = node.get('attrs') ?? node.get('content');
    const known = ['attrgetter', 'itemgetter', 'methodcaller'].includes(name);
    draft.report(name === 'methodcaller' || !known ? 'dangerous-object' : 'unknown-object', {
      ...args,
      kind: 'operator',
      ...(isObject(content) && { content: 'object' }),
    });
    return;
  }
  // CVE-2025-54413: a MethodNode reaches through its object to any attribute.
  const dunder = node.get('content');
  const method = isObject(dunder) ? stringAt(dunder, 'func') : undefined;
  if (
    stringAt(node, '__loader__') === 'MethodNode' &&
    method !== undefined &&
    (method.startsWith('_') || judgeTarget(method, context).kind === 'dangerous')
  ) {
    draft.report('dangerous-object', { ...args, target: printable(`${module}.${name}.${method}`), kind: 'method' });
  }
  // A FunctionNode imports what its content names, whatever class stands beside it (CVE-2025-54412).
  const [from, called] = isObject(dunder) ? [stringAt(dunder, 'module_path'), stringAt(dunder, 'function')] : [];
  if (from !== undefined && called !== undefined) {
    const target = `${from}.${called}`;
    const imported = judgeTarget(target, context);
    if (imported.kind === 'dangerous') draft.report('dangerous-object', { ...args, target: printable(target), kind: imported.category });
  }
  if (standing.kind === 'dangerous') draft.report('dangerous-object', { ...args, kind: standing.category });
  else if (standing.kind === 'doubtful') draft.report('unknown-object', { ...args, kind: standing.category });
  else if (standing.kind === 'unknown') draft.report('unknown-object', { ...args, kind: 'skops' });
}

/** `chat_template` as text, as list of `{name, template}`, or by name. */
function judgeChatTemplates(key: string, value: JsonValue, context: InspectContext, draft: Draft): number {
  if (typeof value === 'string') {
    judgeTemplate(value, { kind: 'chat', name: key }, context, draft);
    return 1;
  }
  const children = isArray(value) ? value : isObject(value) ? [...value.values()] : [];
  let count = 0;
  for (const child of children) {
    if (typeof child === 'string') count += judgeChatTemplates(key, child, context, draft);
    else if (isObject(child))
      for (const text of child.values())
        if (typeof text === 'string' && MARKUP.test(text)) count += judgeChatTemplates(key, text, context, draft);
  }
  return count;
}

/** What any configuration may hold, at any depth: templates, targets, encoded pickles. */
export async function walkConfig(root: JsonValue, path: string, context: InspectContext, draft: Draft): Promise<void> {
  const stack: { readonly value: JsonValue; readonly key: string }[] = [{ value: root, key: '' }];
  let templates = 0;
  let pending = 0;
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    if (++pending === 256) {
      spend(context, pending);
      pending = 0;
    }
    const { value, key } = item;
    if (isArray(value)) {
      for (const child of value)
        if (typeof child === 'string' || (typeof child === 'object' && child !== null)) stack.push({ value: child, key });
    } else if (isObject(value)) {
      judgeTargets(value, context, draft);
      judgeSkops(value, context, draft);
      if (value !== root) findPartCode(value, draft);
      findImportedNames(value, context, draft);
      judgeLangchain(value, context, draft);
      for (const [name, child] of value) {
        if (CHAT_KEY.test(name) && child !== null) templates += judgeChatTemplates(name, child, context, draft);
        else if (typeof child === 'string' || (typeof child === 'object' && child !== null)) stack.push({ value: child, key: name });
      }
    } else if (typeof value === 'string') {
      if (value.includes('{') && MARKUP.test(value)) judgeTemplate(value, { kind: 'general', name: key }, context, draft);
      else if (value.length > 8) {
        // stable-baselines3 and others keep cloudpickles as base64 under `:serialized:`.
        const named = key === ':serialized:' && decodePayload(value) === undefined;
        if (named) draft.report('incomplete-artifact', { reason: 'opaque', detail: 'serialized object that cannot be decoded' });
        else await inspectEncodedText(value, `${path}!${printable(key, 40) || 'text'}`, context, draft);
      }
    }
  }
  if (templates > 0) draft.facts['templates'] = templates;
}
