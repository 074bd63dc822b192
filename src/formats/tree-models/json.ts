import { printable, type Draft } from '../reading.ts';
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

/** Recognises a tree ensemble by its keys and fills the facts. Trees hold numbers only. */
export function treeModelFacts(root: JsonObject, draft: Draft): boolean {
  if (xgboost(root, draft)) draft.format = 'xgboost-json';
  else if (catboost(root, draft)) draft.format = 'catboost-json';
  else if (lightgbm(root, draft)) draft.format = 'lightgbm-json';
  else return false;
  return true;
}
