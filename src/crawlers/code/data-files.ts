import type { DatasetComponent } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import type { DeclaredOption } from '../../resolve/options.ts';
import { valuesOf } from '../../resolve/values.ts';
import { isTestPath } from '../../resolve/places.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';
import { fileOf } from './files.ts';

/** A name that holds what is trained or evaluated on: `train_file`, `--data-path`, `EVAL_SET`, `goldenDataset`. */
const HOLDS_DATA =
  /(?:^|[_-])(?:train(?:ing)?|test|valid(?:ation)?|val|eval(?:uation)?|dev|data|dataset|corpus|gold(?:en)?|ground_?truth|benchmark)(?:[_-]|$)|(?:Data|Dataset|Corpus)(?:Path|File|Set|Csv|Url)?$|^(?:data|dataset|corpus|csv)(?:_?(?:path|file|name|set))?s?$/i;
/** A name for what a run writes, or for what describes data. */
const HOLDS_OTHER = /out|result|pred|log|save|meta|config|schema|report|metric|label|class|column|template|prompt|model|weight|checkpoint/i;
/** A name that says it all: the program need not train for the file to be what it is evaluated on. */
const NAMES_DATASET =
  /(?:^|_)(?:data_?sets?|(?:eval(?:uation)?|train(?:ing)?|validation|fine_?tun(?:e|ing))_?(?:data|set|file|path)|golden|ground_?truth|benchmark)(?:_|$)/i;
/** A path that could be a data set's. */
export const DATA_VALUE = /^[^\n*?<>|{}$:]{1,200}\.(?:csv|tsv|jsonl?|parquet|arrow|feather|npz|arff|libsvm|txt)$/i;
/** Files beside data that are none: class names, outcomes of a run. */
export const OTHER_FILE =
  /(?:^|[/_-])(?:labels?|classes|class_names|columns|features?_names|submission|predictions?|results?|metrics|output|report|config|package|requirements|settings)(?:[_-]\w+)?\.(?:csv|txt|jsonl?)$/i;

/** Whether a string at this key may be the path of a data set: it counts if the tree holds the file. */
export const isDataPath = (value: string, key: string | undefined): boolean =>
  key !== undefined && isDataName(key) && DATA_VALUE.test(value);

/** `data/x_test.csv` is what a model is tested on; what stands in a folder of tests is a test's. */
export const isInTests = (file: string): boolean => isTestPath(`${file.slice(0, file.lastIndexOf('/') + 1)}x`);

export const isDataName = (key: string): boolean => HOLDS_DATA.test(key) && !HOLDS_OTHER.test(key);

/** `/kaggle/input/titanic/train.csv`: a competition or data set that a notebook was given; later mounts say which of both. */
export function kaggleSource(path: string): string | undefined {
  const match = /^(\/kaggle|\.\.)\/input\/(?:competitions\/([\w-]+)|datasets\/([\w-]+\/[\w-]+)|([\w-]+))(?:\/|$)/.exec(path);
  const [, root, competition, dataset, mount] = match ?? [];
  if (competition !== undefined || dataset !== undefined) return competition ?? dataset;
  if (mount === undefined || /^(?:competitions|datasets|models|notebooks|input|data|train|test|working)$/.test(mount)) return undefined;
  return root === '/kaggle' || mount.includes('-') ? mount : undefined;
}

/** Files of the tree that a program which trains names by an option's default, a constant, a parameter or a field. */
export function detectDataFiles(
  context: Context,
  units: readonly Unit[],
  options: readonly { readonly name: string; readonly option: DeclaredOption }[],
): void {
  const known = new Set(context.components.flatMap((component) => (component.kind === 'dataset' ? [component.name] : [])));
  const usesModels = context.components.some(({ kind }) => kind === 'model');
  const add = (text: string, unit: Unit, location: Location, symbol: string): void => {
    if (isTest(unit) || !(context.trains(unit) || (usesModels && NAMES_DATASET.test(symbol)))) return;
    const file = fileOf(context, text, unit);
    if (file === undefined || OTHER_FILE.test(file) || isInTests(file) || known.has(file)) return;
    known.add(file);
    const component: DatasetComponent = {
      kind: 'dataset',
      name: file,
      origin: 'file',
      occurrences: [occurrence(location, symbol, 'medium')],
    };
    context.components.push(component);
  };
  for (const { name, option } of options) {
    const key = name.replace(/^-+/, '');
    for (const value of valuesOf(context.resolver, option.fallback, option.unit, option.scope))
      if (value.exact && isDataPath(value.text, key)) add(value.text, option.unit, value.location, name);
  }
  for (const unit of units) {
    for (const { value, line, column } of unit.facts.literals) {
      const name = value.includes('/input/') ? kaggleSource(value) : undefined;
      if (name === undefined || isTest(unit)) continue;
      const occurrences = [occurrence(placeIn(unit, line, column), '/kaggle/input', 'high')];
      context.components.push({ kind: 'dataset', name, origin: 'kaggle', occurrences });
    }
    // `DATASET = Path(__file__).parent / "dataset.json"`, `env["EVAL_DATA_PATH"] = str(ROOT / "data" / "golden.jsonl")`.
    for (const { target, value, scope } of unit.facts.assigns) {
      const key = target.slice(target.search(/[^.:]*$/));
      if (value.kind === 'string' || !isDataName(key)) continue;
      for (const { text, location } of valuesOf(context.resolver, value, unit, scope))
        if (DATA_VALUE.test(text)) add(text, unit, location, key);
    }
    for (const { value, key, line, column, role } of unit.facts.literals)
      if (role !== 'compare' && role !== 'key' && isDataPath(value, key)) add(value, unit, placeIn(unit, line, column), key ?? '');
  }
}
