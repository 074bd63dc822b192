import type { InspectContext } from '../format.ts';
import { escapes } from '../external-path.ts';
import type { Draft } from '../draft.ts';
import { printable, spend } from '../reading.ts';
import { isHostileCallee, isStandardModule, judgeTarget } from '../python-target.ts';
import { isArray, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';
import { vocabularySection } from '../../knowledge/vocabulary.ts';
import { judgeLambda } from './lambda.ts';

/** Categories of names of libraries that act when they are called. */
const ACTING = new Set([
  'deserialisation',
  'process',
  'code-execution',
  'network',
  'file-read',
  'file-write',
  'file-delete',
  'native-code',
  'import',
]);

/** Modules of Python under the name of an attribute: no part of Keras is called so. */
const MODULES = new Set([
  'os',
  'sys',
  'subprocess',
  'builtins',
  '__builtins__',
  'importlib',
  'shutil',
  'socket',
  'ctypes',
  'pickle',
  'marshal',
  'runpy',
  'pathlib',
]);

interface Walk {
  readonly context: InspectContext;
  readonly draft: Draft;
  readonly classes: Map<string, number>;
  /** The document is a Keras model: a class without a module is a custom object or one of Keras' own. */
  readonly model: boolean;
  readonly words: (list: string) => ReadonlySet<string>;
}

/** `keras.src.utils.file_utils` in `keras`: the part behind the package, else `undefined`. */
function insidePackage(module: string, packages: ReadonlySet<string>): string | undefined {
  for (const name of packages) {
    if (module === name) return '';
    if (module.startsWith(`${name}.`)) return module.slice(name.length + 1);
  }
  return undefined;
}

/** Whether Keras' own part of this name holds what models are built of; its other parts hold machinery. */
function isBuildable(inside: string, name: string, { words }: Walk): boolean {
  if (inside === '' || words('classes').has(name) || words('effects').has(name)) return true;
  const [section = ''] = inside.replace(/^(?:(?:src|api|_v1|_v2|_tf_keras|keras)(?:\.|$))+/, '').split('.');
  return section === '' || words('sections').has(section);
}

/** A preprocessing layer reads its vocabulary from the file or address that stands in place of the list (CVE-2025-12058). */
function judgeVocabulary(config: JsonObject, layer: string, draft: Draft): void {
  for (const key of ['vocabulary', 'idf_weights', 'merges']) {
    const place = stringAt(config, key);
    if (place === undefined || place === '') continue;
    const args = { problem: key, tensor: layer, target: printable(place) };
    draft.report('external-reference', args, escapes(place) ? {} : { verdict: 'suspicious', severity: 'medium' });
  }
}

function judgeModule(module: string, name: string, walk: Walk): void {
  const { context, draft, words } = walk;
  const target = `${module}.${name}`;
  const inside = insidePackage(module, words('packages'));
  if (inside !== undefined) {
    // Files of Keras import modules of Python, which are attributes of theirs.
    if (target.split('.').some((part) => MODULES.has(part)))
      return draft.report('dangerous-object', { target: printable(target), kind: 'reflection' });
    const effects = [...words('effectModules')].some((prefix) => inside === prefix || inside.startsWith(`${prefix}.`));
    // Classes there are callbacks and utilities with state; functions act (CVE-2025-8747, CVE-2025-9906).
    const acts =
      words('effects').has(name) || (effects && /^[a-z_]/.test(name) && !/^(?:serialize|deserialize)\w*_initializer$/.test(name));
    if (acts) draft.report('dangerous-object', { target: printable(target), kind: 'keras-function' });
    else if (!isBuildable(inside, name, walk)) draft.report('unknown-object', { target: printable(target), kind: 'keras-internals' });
    return;
  }
  const standing = judgeTarget(target, context);
  // A layer has no reason to be made by a loader or a process, whatever library offers it.
  const acts = (standing.kind === 'doubtful' && ACTING.has(standing.category)) || (/^[a-z_]/.test(name) && isHostileCallee(name, context));
  if (standing.kind === 'dangerous') draft.report('dangerous-object', { target: printable(target), kind: standing.category });
  else if (acts)
    draft.report('dangerous-object', { target: printable(target), kind: standing.kind === 'doubtful' ? standing.category : 'function' });
  else if ((module === 'builtins' || module === '') && words('functions').has(name)) return;
  else if (module === 'builtins' || module === '') draft.report('unknown-object', { target: printable(name), kind: 'custom-function' });
  // Python itself holds no layers: naming its modules is the injection of CVE-2025-1550.
  else if (isStandardModule(module, context))
    draft.report('dangerous-object', {
      target: printable(target),
      kind: standing.kind === 'doubtful' ? standing.category : 'standard-library',
    });
  else draft.report('unknown-object', { target: printable(target), kind: 'foreign-module' });
}

function judgeNode(node: JsonObject, walk: Walk): void {
  const { context, draft, classes, words } = walk;
  const className = stringAt(node, 'class_name');
  if (className === undefined) return;
  const module = stringAt(node, 'module');
  const config = node.get('config');
  const shown = printable(className, 60);
  classes.set(shown, (classes.get(shown) ?? 0) + 1);
  const layer = printable((isObject(config) && stringAt(config, 'name')) || className, 60);
  const short = className.split('>').pop() ?? className;

  if (short === 'Lambda' || className === '__lambda__') {
    if (isObject(config)) {
      // The inner `__lambda__` node of a Lambda layer is judged with its layer.
      if (className === '__lambda__') judgeLambda(new Map([['function', node]]), layer, context, draft);
      else judgeLambda(config, layer, context, draft);
    } else draft.report('embedded-code', { layer, kind: 'lambda', problem: 'no-config' }, { severity: 'critical', verdict: 'malicious' });
  } else if (words('codeLayers').has(short)) {
    const path = isObject(config) ? (stringAt(config, 'filepath') ?? stringAt(config, 'handle') ?? '') : '';
    // TorchModuleWrapper unpickles its own configuration when it is built.
    const pickles = short === 'TorchModuleWrapper';
    if (escapes(path)) draft.report('external-reference', { problem: 'layer', tensor: layer, target: printable(path) });
    draft.report(pickles ? 'dangerous-object' : 'embedded-code', {
      layer,
      target: shown,
      kind: 'code-layer',
      ...(path !== '' && { source: printable(path) }),
    });
  }
  if (isObject(config)) judgeVocabulary(config, layer, draft);
  if (module !== undefined) judgeModule(module, className === 'function' && typeof config === 'string' ? config : className, walk);
  else if (className === 'function' && typeof config === 'string') judgeModule('builtins', config, walk);
  else if (/[.:]/.test(className) && judgeTarget(className, context).kind === 'dangerous')
    draft.report('dangerous-object', { target: shown, kind: 'class-name' });
  else if (walk.model && !words('classes').has(className)) draft.report('unknown-object', { target: shown, kind: 'custom-class' });
  const registered = stringAt(node, 'registered_name');
  if (registered !== undefined && registered.includes('>') && !registered.startsWith('keras'))
    draft.report('unknown-object', { target: printable(registered), kind: 'registered' }, { verdict: null, severity: 'info' });
}

/** Settings that loosen loading wherever they stand. */
function judgeSettings(node: JsonObject, draft: Draft): void {
  if (node.get('safe_mode') === false) draft.report('dangerous-object', { target: 'safe_mode=False', kind: 'setting' });
}

/** Walks every node of a Keras configuration, whatever stands around it. */
export function walkKeras(root: JsonValue, context: InspectContext, draft: Draft): void {
  const model = isObject(root) && isKerasConfig(root);
  const vocabulary = context.knowledge.get(vocabularySection);
  const walk: Walk = { context, draft, classes: new Map(), model, words: (list) => vocabulary.names('keras', list) };
  const stack: { readonly value: JsonValue; readonly insideLambda: boolean }[] = [{ value: root, insideLambda: false }];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { value, insideLambda } = item;
    spend(context, 1);
    if (isArray(value)) for (const child of value) stack.push({ value: child, insideLambda });
    else if (isObject(value)) {
      const lambda = stringAt(value, 'class_name') === 'Lambda';
      if (!(insideLambda && stringAt(value, 'class_name') === '__lambda__')) judgeNode(value, walk);
      judgeSettings(value, draft);
      for (const child of value.values())
        if (typeof child === 'object' && child !== null) stack.push({ value: child, insideLambda: insideLambda || lambda });
    }
  }
  if (walk.classes.size > 0) draft.facts['classes'] = Object.fromEntries([...walk.classes].sort().slice(0, 100));
}

/** Whether an object is, or may hold, a serialised Keras model. */
export function isKerasConfig(root: JsonObject): boolean {
  return typeof root.get('class_name') === 'string' && (root.has('config') || root.has('module') || root.has('registered_name'));
}

/** Name and kind of the model for the card. */
export function kerasFacts(root: JsonObject, draft: Draft): void {
  const config = root.get('config');
  const architecture = (isObject(config) ? stringAt(config, 'name') : undefined) ?? stringAt(root, 'class_name');
  if (architecture !== undefined) draft.card = { ...draft.card, architecture: printable(architecture) };
  const layers = isObject(config) ? config.get('layers') : undefined;
  if (isArray(layers)) draft.facts['layerCount'] = layers.length;
  const version = stringAt(root, 'keras_version');
  if (version !== undefined) draft.facts['writer'] = `keras ${printable(version, 30)}`;
}
