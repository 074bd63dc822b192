import { HUB_ID } from '../../../knowledge/models/hub-id.ts';
import { foldKey } from '../../../knowledge/config.ts';
import { datasetsSection } from '../../../knowledge/datasets.ts';
import { get, textOf, type MapEntry, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { withDefaults } from './values.ts';

/** Where data is fetched from: a download, a share, an object of a store. */
const DATA_URL = /^(?:https?|s3|s3a|gs|abfss?|wasbs?|hdfs|az|oss|dbfs):\/\/[^\s{}$<>]{4,}$/i;
/** Keys of a URL in a block about data: `data_ingestion: {source_URL: …}`. */
const SOURCE_KEY =
  /^(?:source|data|dataset|download|raw|remote|train|test|eval)(?:data)?(?:set)?(?:url|uri|link|s3uri)$|^(?:url|uri|s3uri)$/;
const DATA_BLOCK =
  /^(?:(?:raw|train(?:ing)?|test|input)_?)?(?:data|datasets?|corpus)(?:_?(?:ingestion|source|download|loader|set))?$|^ingestion$/i;
/** A block about something that is fetched: an archive or a table there is data. */
const FETCH_BLOCK = /^(?:download|fetch|source|remote)s?$/i;
const isArchive = (url: string): boolean => /\.(?:zip|tgz|tar(?:\.(?:gz|bz2|xz))?|7z|csv|tsv|jsonl|parquet)(?:\.gz)?(?:[?#]|$)/i.test(url);
const BARE_ID = /^[a-z0-9][a-z0-9_.-]{1,60}$/i;

const extensionOf = (text: string): string | undefined => /\.([a-z0-9]{2,9})(?:\.(?:gz|bz2|zst|xz|zip))?$/i.exec(text)?.[1]?.toLowerCase();

/** Says by itself that its value is data; `inputPath` or `source` does not. */
const DATA_KEY = /train|test|val|eval|data|golden/;
/** What `inputPath` names in a test of manifests or a build is a document, no data set. */
const MANIFEST = /\.(?:ya?ml|xml)$/i;

/** A file that could be data: it counts only if the target holds it, which `detect` checks. */
const isDataFile = (sink: Sink, text: string): boolean => {
  const extension = extensionOf(text);
  return extension !== undefined && sink.config.dataExtensions.has(extension) && !/^[a-z]+:\/\//i.test(text) && !/[{}$*<>]/.test(text);
};

function addDataset(sink: Sink, text: string, line: number, symbol: string, context: MapNode | undefined, bare: boolean): void {
  if (sink.models.isPlaceholder(text) || text.length > 200) return;
  const kaggle = /^https?:\/\/(?:www\.)?kaggle\.com\/(?:datasets\/|competitions\/|c\/)([\w-]+(?:\/[\w-]+)?)/i.exec(text)?.[1];
  if (kaggle !== undefined) {
    sink.dataset(kaggle, 'kaggle', line, symbol);
    return;
  }
  const hub = /^(?:https?:\/\/huggingface\.co\/datasets\/|hf:\/\/datasets\/|hf:\/\/)([\w.-]+\/[\w.-]+)/i.exec(text)?.[1];
  const name = hub ?? text;
  if (hub === undefined && DATA_URL.test(text)) {
    if (!/your|example\.|my-?bucket|placeholder|<|\{\{/i.test(text))
      sink.dataset(text.replace(/[?#].*$/, ''), 'url', line, symbol, {}, 'medium');
    return;
  }
  if (isDataFile(sink, name)) {
    sink.dataset(name.replaceAll('\\', '/').replace(/^\.\//, ''), 'file', line, symbol, {}, 'medium');
    return;
  }
  const extra = {
    ...(textOf(get(context, 'split')) && { split: textOf(get(context, 'split')) ?? '' }),
    ...(textOf(get(context, 'revision')) && { revision: textOf(get(context, 'revision')) ?? '' }),
    ...((textOf(get(context, 'config_name')) ?? textOf(get(context, 'subset'))) && {
      config: textOf(get(context, 'config_name')) ?? textOf(get(context, 'subset')) ?? '',
    }),
  };
  if (HUB_ID.test(name) && !sink.models.isPathOwner(name.split('/')[0] ?? '') && extensionOf(name) === undefined)
    sink.dataset(name, 'huggingface', line, symbol, extra);
  else if (
    bare &&
    BARE_ID.test(name) &&
    !sink.config.datasetWords.has(name.toLowerCase()) &&
    extensionOf(name) === undefined &&
    !/^\d/.test(name)
  )
    sink.dataset(name, 'huggingface', line, symbol, extra, 'medium');
  else if (sink.knowledge.get(datasetsSection).find(name)) sink.dataset(name, 'huggingface', line, symbol, extra);
}

/** Keys of data sets: ids, lists of ids, lists of maps with `path`, mixers, local files. */
export function readDatasetEntry(sink: Sink, entry: MapEntry, map: MapNode, parentKey?: string): void {
  const folded = foldKey(entry.key);
  const { value } = entry;
  if (/^(?:hf|hub)?(?:repo|repoid)$/.test(folded) && value.kind === 'scalar' && /^datasets?$/i.test(textOf(get(map, 'repo_type')) ?? '')) {
    addDataset(sink, withDefaults(value.value).text ?? '', value.line, entry.key, map, false);
    return;
  }
  if (
    value.kind === 'scalar' &&
    SOURCE_KEY.test(folded) &&
    DATA_URL.test(value.value) &&
    (DATA_BLOCK.test(parentKey ?? '') ||
      /^(?:data|train|test|eval)/.test(folded) ||
      (FETCH_BLOCK.test(parentKey ?? '') && isArchive(value.value)))
  ) {
    addDataset(sink, value.value, value.line, entry.key, map, false);
    return;
  }
  if (sink.config.datasetKeys.has(folded)) {
    if (value.kind === 'scalar' && value.type === 'string') {
      for (const part of (withDefaults(value.value).text ?? '').split(',').slice(0, 50))
        addDataset(sink, part.trim(), value.line, entry.key, map, false);
    } else if (value.kind === 'list') {
      for (const item of value.items) {
        if (item.kind === 'scalar') addDataset(sink, withDefaults(item.value).text ?? '', item.line, entry.key, undefined, false);
        else if (item.kind === 'map') readItem(sink, item, entry.key);
      }
    } else if (value.kind === 'map') {
      for (const child of value.entries) {
        // alignment-handbook: `dataset_mixer: {owner/name: 0.5}`
        if (HUB_ID.test(child.key)) addDataset(sink, child.key, child.line, entry.key, undefined, false);
        else if (child.value.kind === 'map') readItem(sink, child.value, entry.key);
      }
      readItem(sink, value, entry.key);
    }
  } else if (value.kind === 'scalar' && value.type === 'string' && sink.config.datasetFileKeys.has(folded)) {
    const text = withDefaults(value.value).text ?? '';
    const said = sink.config.datasetContext.has(folded) || DATA_KEY.test(folded);
    if (isDataFile(sink, text) && (said || (/[/\\]/.test(text) && !MANIFEST.test(text))))
      addDataset(sink, text, value.line, entry.key, map, false);
  }
}

/** One map of a list of data sets: the first of path, name, id … names it, `path` before `name`. */
function readItem(sink: Sink, map: MapNode, symbol: string): void {
  const context = map.entries.some(({ key }) => sink.config.datasetContext.has(foldKey(key)));
  const candidates = map.entries.filter(
    ({ key, value }) => value.kind === 'scalar' && value.type === 'string' && sink.config.datasetItemKeys.has(foldKey(key)),
  );
  const order = (key: string): number => (/path|repo|hf/.test(foldKey(key)) ? 0 : /dataset|source|id/.test(foldKey(key)) ? 1 : 2);
  const best = candidates.toSorted((a, b) => order(a.key) - order(b.key))[0];
  const text = textOf(best?.value);
  if (best && text !== undefined)
    addDataset(sink, withDefaults(text).text ?? '', best.value.line, `${symbol}.${best.key}`, map, context && order(best.key) === 0);
}
