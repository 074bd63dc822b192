import type { Draft } from '../draft.ts';
import { printable } from '../reading.ts';
import { isArray, isObject, stringAt, type JsonObject, type JsonValue } from '../strict-json.ts';

const at = (root: JsonObject, ...keys: readonly string[]): JsonValue | undefined => {
  let value: JsonValue | undefined = root;
  for (const key of keys) value = isObject(value) ? value.get(key) : undefined;
  return value;
};

/** XGBoost: `{"learner": {…}, "version": [major, minor, patch]}`, as JSON and as UBJSON. */
function xgboost(root: JsonObject, draft: Draft): boolean {
  const learner = root.get('learner');
  if (!isObject(learner)) return false;
  const version = root.get('version');
  if (isArray(version)) draft.facts['writer'] = `xgboost ${version.map(String).join('.')}`.slice(0, 40);
  const objective = at(learner, 'objective', 'name');
  const booster = at(learner, 'gradient_booster', 'name');
  const trees = at(learner, 'gradient_booster', 'model', 'trees');
  const features = at(learner, 'learner_model_param', 'num_feature');
  if (typeof objective === 'string') draft.facts['objective'] = printable(objective, 60);
  if (isArray(trees)) draft.facts['treeCount'] = trees.length;
  if (typeof features === 'string') draft.facts['featureCount'] = Number(features);
  draft.card = { architecture: typeof booster === 'string' ? printable(booster, 60) : 'xgboost' };
  return true;
}

/** CatBoost's JSON export. */
function catboost(root: JsonObject, draft: Draft): boolean {
  if (!isObject(root.get('features_info')) || !(root.has('oblivious_trees') || root.has('trees'))) return false;
  draft.card = { architecture: 'catboost' };
  const trees = root.get('oblivious_trees') ?? root.get('trees');
  if (isArray(trees)) draft.facts['treeCount'] = trees.length;
  return true;
}

/** LightGBM's `dump_model`. */
function lightgbm(root: JsonObject, draft: Draft): boolean {
  const trees = root.get('tree_info');
  if (!isArray(trees) || !root.has('feature_names')) return false;
  draft.card = { architecture: 'lightgbm' };
  draft.facts['treeCount'] = trees.length;
  const objective = stringAt(root, 'objective');
  if (objective !== undefined) draft.facts['objective'] = printable(objective, 60);
  return true;
}

/** MXNet's symbol file: operators by name, `Custom` ones run registered Python. */
function mxnet(root: JsonObject, draft: Draft): boolean {
  const nodes = root.get('nodes');
  if (!isArray(nodes) || !root.has('arg_nodes') || !root.has('heads')) return false;
  for (const node of nodes) {
    const operation = isObject(node) ? stringAt(node, 'op') : undefined;
    if (operation === undefined || !/^(?:Custom|_Native|_NDArray|TorchModule|_CustomFunction)$/i.test(operation)) continue;
    const attributes = isObject(node) ? (node.get('attrs') ?? node.get('attr') ?? node.get('param')) : undefined;
    const type = isObject(attributes) ? stringAt(attributes, 'op_type') : undefined;
    draft.report('custom-operation', { operation: printable(type ?? operation, 80), domain: 'mxnet' });
  }
  draft.facts['nodeCount'] = nodes.length;
  return true;
}

/** Recognises a tree ensemble or a symbol graph by its keys and fills the facts. */
export function treeModelFacts(root: JsonObject, draft: Draft): boolean {
  if (xgboost(root, draft)) draft.format = 'xgboost-json';
  else if (catboost(root, draft)) draft.format = 'catboost-json';
  else if (lightgbm(root, draft)) draft.format = 'lightgbm-json';
  else if (mxnet(root, draft)) draft.format = 'mxnet-symbol';
  else return false;
  return true;
}
