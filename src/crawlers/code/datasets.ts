import { refOf, type DatasetComponent } from '../../core/component.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import type { Value } from '../../resolve/value.ts';
import { argumentOf, type CallSite } from './arguments.ts';
import { allValues, CRAWLER, evidence, isTest, observe, placeOf, symbolOf, values, type Context } from './context.ts';
import { flag, lineOfSwitch } from './models.ts';
import { isTestPath } from '../../resolve/places.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isInTests } from './data-files.ts';
import { fileOf, folderOf } from './files.ts';
import { indexes } from './named-data.ts';

/** Loaders by format, not names of data sets. */
const GENERIC = new Set([
  'training',
  'validation',
  'evaluation',
  'json',
  'csv',
  'text',
  'parquet',
  'arrow',
  'imagefolder',
  'audiofolder',
  'videofolder',
  'pandas',
  'xml',
  'webdataset',
  'accuracy',
  'f1',
  'precision',
  'recall',
  'bleu',
  'rouge',
  'sacrebleu',
  'meteor',
  'wer',
  'cer',
  'seqeval',
  'perplexity',
  'exact_match',
  'squad_v2_metric',
  'mse',
  'mae',
  'glue_metric',
  'bertscore',
  'chrf',
  'ter',
  'mauve',
  'poseval',
  'roc_auc',
  'matthews_correlation',
  'pearsonr',
  'spearmanr',
  'code_eval',
  'comet',
  'bleurt',
]);
const NAME = /^[\w-][\w.-]*(?:\/[\w.-]+)?(?::[\w.-]+)?$/;
const PLACEHOLDER =
  /^(?:your[-_ ]|<|\$|path\/|my[-_](?:org|dataset|data)|username\/|user\/|owner\/|org\/|dataset_?name$|\.{1,2}$|xxx|example)/i;
const DATA_FILE = /\.(?:csv|tsv|jsonl?|parquet|txt|md|pdf|xlsx?|npy|npz|arrow|feather|arff|data|docx?|html?|zip|gz|dat|mat)$/i;

/** A data set by name, of a library, or a file. */
export function detectDataset(context: Context, rule: DetectRule, site: CallSite, path: string): readonly string[] {
  const { dataset } = rule;
  if (!dataset) return [];
  if (dataset.origin === 'file') return detectFile(context, rule, site, path);
  const program = context.resolver.program;
  const symbol = symbolOf(path);
  const written: (Value | { readonly text: string })[] = dataset.callee
    ? [{ text: calleeName(path, dataset.strip) }]
    : allValues(context, argumentOf(program, site, rule.args?.['dataset'])).filter((value) => value.exact && isBelieved(value));
  const named = argumentOf(program, site, rule.args?.['name']);
  // fetch_openml("titanic"): the argument names it.
  if (dataset.callee && path.endsWith('fetch_openml') && named) written.splice(0, 1, ...values(context, named));
  const [config] = values(context, argumentOf(program, site, rule.args?.['config']));
  const [split] = values(context, argumentOf(program, site, rule.args?.['split']));
  const revisionGiven = argumentOf(program, site, rule.args?.['revision']);
  const [revision] = values(context, revisionGiven);
  const trusts = argumentOf(program, site, rule.args?.['trustRemoteCode']);
  const refs: string[] = [];
  for (const item of written.slice(0, 12)) {
    const text = item.text.trim();
    const value = 'location' in item ? item : undefined;
    // What a test passes to a function is not what the program loads.
    if (value && isTestPath(value.location.path) && !isTest(site.unit)) continue;
    if (!dataset.callee && !acceptable(context, text)) {
      const file = fileOf(context, text, site.unit);
      if (file && DATA_FILE.test(file)) refs.push(add(context, { kind: 'dataset', name: file, origin: 'file' }, site, symbol, value));
      continue;
    }
    const [name = text, tfdsConfig] = path.startsWith('tensorflow_datasets') ? text.split(/[/:]/) : [text];
    const component: Omit<DatasetComponent, 'occurrences'> = {
      kind: 'dataset',
      name,
      origin: dataset.origin,
      ...(dataset.callee ? { aliases: [path.replaceAll('()', '').split(/[.#]/).at(-1) ?? name] } : {}),
      ...((config ?? tfdsConfig) ? { config: config?.text ?? tfdsConfig ?? '' } : {}),
      ...(split ? { split: split.text } : {}),
      ...(revision ? { revision: revision.text } : {}),
    };
    const ref = add(context, component, site, symbol, value);
    if (value?.possible) continue;
    refs.push(ref);
    observe(
      context,
      'dataset-load',
      placeOf(site),
      {
        loader: path.replaceAll('()', ''),
        id: name,
        revision: revisionGiven ? (revision?.text ?? null) : undefined,
        trustRemoteCode: flag(context, trusts),
        trustRemoteCodeLine: lineOfSwitch(site, rule.args?.['trustRemoteCode'], trusts),
        indirect: value?.indirect ?? false,
        hub: dataset.origin === 'huggingface' ? 'huggingface' : undefined,
      },
      ref,
    );
  }
  return refs;
}

/** What may never get to the call must look like a data set by itself. */
const isBelieved = ({ possible, text }: Value): boolean => !possible || text.includes('/');

function calleeName(path: string, strip: string | undefined): string {
  const bare = path.replaceAll('()', '');
  if (strip?.startsWith('\\.')) return bare.replace(new RegExp(strip), '').split(/[.#]/).at(-1) ?? bare;
  const last = bare.split(/[.#]/).at(-1) ?? bare;
  return strip ? last.replace(new RegExp(strip), '') : last;
}

const acceptable = (context: Context, text: string): boolean =>
  NAME.test(text) &&
  text.length <= 120 &&
  !GENERIC.has(text) &&
  !PLACEHOLDER.test(text) &&
  !DATA_FILE.test(text) &&
  !context.project.has(text);

function add(
  context: Context,
  component: Omit<DatasetComponent, 'occurrences'>,
  site: CallSite,
  symbol: string,
  value: Value | undefined,
): string {
  const full: DatasetComponent = {
    ...component,
    occurrences: evidence(value, placeOf(site), symbol, isTest(site.unit) ? 'medium' : 'high'),
  };
  context.components.push(full);
  return refOf(full);
}

function detectFile(context: Context, rule: DetectRule, site: CallSite, path: string): string[] {
  if (rule.dataset?.trained && !context.trains(site.unit)) return [];
  // What a test loads is its fixture.
  if (isTest(site.unit)) return [];
  const symbol = symbolOf(path);
  const given = argumentOf(context.resolver.program, site, rule.args?.['path']);
  const refs: string[] = [];
  for (const value of allValues(context, given).slice(0, 8)) {
    const url = /^(?:https?|s3|gs|abfss?|hdfs|kaggle):\/\/\S+$/.test(value.text);
    if (url) {
      const wanted = rule.dataset?.pages === true ? isPage(value.text) : rule.dataset?.trained && !RUN_OUTPUT.test(value.text);
      if (value.exact && wanted)
        refs.push(add(context, { kind: 'dataset', name: bareUrl(value.text), origin: 'url' }, site, symbol, value));
      continue;
    }
    const folder = rule.dataset?.folder && dataFolder(context, value.text, site, rule.dataset.folder === 'indexed');
    if (folder) refs.push(add(context, { kind: 'dataset', name: folder, origin: 'file' }, site, symbol, value));
    // `Path(__file__).parent / "docs" / "faq.pdf"`: of a folder that only a run knows, the tree says which file is meant.
    const file = fileOf(context, value.text, site.unit);
    if (file && DATA_FILE.test(file) && !LABELS.test(file))
      refs.push(add(context, { kind: 'dataset', name: file, origin: 'file' }, site, symbol, value));
  }
  return refs;
}

/** An address whose query chooses the page keeps it: a video, an article. */
const bareUrl = (url: string): string => (/[?&](?:v|id|p|page_id|list)=/.test(url) ? url : url.replace(/[?#].*$/, '')).replace(/\/$/, '');
/** A page on the net, not an example of one or a program of one's own; a home page stands for any. */
const isPage = (url: string): boolean =>
  /^https?:\/\/[^/]+\/[^/]/i.test(url) &&
  !/[{}<>$*\s]|^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|[\w-]+(?:[:/]|$))|(?:^|[/.])example\.(?:com|org|net)|your[-_]/i.test(url);

/** What lies in a folder of data: documents, tables, pictures, sounds. */
const CONTENT =
  /\.(?:pdf|docx?|pptx?|epub|txt|mdx?|rst|html?|csv|tsv|xlsx?|json|jsonl|parquet|arrow|jpe?g|png|bmp|webp|tiff?|wav|mp3|flac|ogg|dcm|nii)$/i;
/** `docs/**` and what follows says which files of a folder are meant. */
const PATTERN = /\/?[^/*?{[]*[*?{[].*$/;

/** The folder of the tree that a loader is given, or the one whose files a pattern takes. */
function dataFolder(context: Context, text: string, { unit }: CallSite, indexed: boolean): string | undefined {
  if (indexed && !indexes(unit)) return undefined;
  const folder = folderOf(context.folders, text.replace(PATTERN, ''), unit);
  if (folder === undefined || isInTests(`${folder}/`) || SOURCES.test(folder)) return undefined;
  return context.project.entries.some(({ path }) => path.startsWith(`${folder}/`) && CONTENT.test(path)) ? folder : undefined;
}
/** Folders of programs and of what they read beside data. */
const SOURCES =
  /(?:^|\/)(?:src|app|lib|prompts?|templates?|config|configs|skills|locales?|static|assets|public|scripts|output|outputs|results?|logs?|models?|node_modules)$/i;

/** What a run of a pipeline left in its store. */
const RUN_OUTPUT = /\/(?:artifacts?|outputs?|checkpoints?|runs?)\//i;
/** Names of classes and columns, results of a run: tables that nothing is trained on. */
const LABELS =
  /(?:^|[/_-])(?:labels?|classes|class_names|columns|features?_names|submission|predictions?|results?|metrics|output|report)(?:[_-]\w+)?\.(?:csv|txt|json)$/i;

/** A table in a folder for data, by its name one of those that models learn from. */
const DATA_FOLDER =
  /(?:^|\/)(?:data|datasets?|inputs?)(?:\/(?:raw|raw[_-]\w+|processed|interim|train(?:ing)?|external|input))?\/(?:[^/]+\.(?:csv|tsv|parquet|jsonl|feather|arff)|(?:train|test|valid|val|dev|eval)[^/]*\.json)$/i;
const LEARNT =
  /(?:^|[/_-])(?:train(?:ing)?|test|valid(?:ation)?|val|raw|dataset)(?=[_.-])[^/]*$|[_-](?:train(?:ing)?|test|valid(?:ation)?|raw|data|dataset)\.\w+$/i;
/** More files of a kind in one folder are one collection, which has no name. */
const MAX_TABLES = 8;

/** Tables that no path in the code reaches, for it gets them as arguments: `data/train.csv` beside a program that trains. */
export function detectTables(context: Context, units: readonly Unit[]): void {
  const known = new Set(context.components.flatMap((component) => (component.kind === 'dataset' ? [component.name] : [])));
  const folders = new Map<string, string[]>();
  for (const { path, size } of context.project.entries) {
    if (size === 0 || !DATA_FOLDER.test(path) || !LEARNT.test(path) || LABELS.test(path) || isInTests(path)) continue;
    const folder = path.slice(0, path.lastIndexOf('/'));
    folders.set(folder, [...(folders.get(folder) ?? []), path]);
  }
  if (folders.size === 0 || !units.some((unit) => context.trains(unit))) return;
  for (const paths of folders.values()) {
    if (paths.length > MAX_TABLES) continue;
    for (const path of paths) {
      if (!known.has(path))
        context.components.push({
          kind: 'dataset',
          name: path,
          origin: 'file',
          occurrences: [{ location: { path }, technique: 'filename', crawler: CRAWLER, confidence: 'medium' }],
        });
    }
  }
}
