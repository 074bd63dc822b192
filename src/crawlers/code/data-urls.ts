import type { DatasetComponent } from '../../core/component.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';

type Source = Pick<DatasetComponent, 'name' | 'origin'>;

const KAGGLE = /^https?:\/\/(?:www\.)?kaggle\.com\/(?:api\/v1\/)?datasets\/(?:download\/)?([\w-]+\/[\w.-]+?)(?:[/?#].*)?$/i;
const COMPETITION =
  /^https?:\/\/(?:www\.)?kaggle\.com\/(?:api\/v1\/competitions\/data\/download(?:-all)?|c|competitions)\/([\w-]+)(?:[/?#].*)?$/i;
const HUB = /^https?:\/\/(?:huggingface\.co|hf\.co)\/datasets\/([\w.-]+\/[\w.-]+)(?:[/?#].*)?$/i;
/** Files of tables and records, whoever keeps them. */
const TABLE = /^https?:\/\/[\w.:-]+\/\S*\.(?:csv|tsv|jsonl|ndjson|parquet|arff|libsvm|tfrecords?)(?:\.(?:gz|bz2|xz|zip))?(?:\?[^\s#]*)?$/i;
/** Archives of places that keep data. */
const KEPT =
  /^https?:\/\/(?:archive\.ics\.uci\.edu|zenodo\.org|s3\.amazonaws\.com\/(?:fast-ai|research\.metamind)|[\w.-]*cs\.toronto\.edu|[\w.-]*\.stanford\.edu|physionet\.org|www\.openml\.org|figshare\.com|data\.mendeley\.com)\/\S*(?:\.(?:zip|tar|tgz|gz|bz2|data|names|xls|xlsx|txt)|\/content)(?:\?\S*)?$/i;
/** Archives that say so. */
const NAMED =
  /(?:data_?sets?|corpus|train(?:ing)?[-_]?(?:data|set|images)|flower_photos|cats_and_dogs)\S*\.(?:zip|tar|tgz|tar\.gz|tar\.bz2)(?:\?\S*)?$/i;
/** What a repository is called that its owner keeps; the owner says nothing of what is in it. */
const OWNER = /^https?:\/\/(?:raw\.githubusercontent\.com|(?:www\.)?git(?:hub|lab)\.com)\/[^/]+/i;
const MODELS = /(?:^|[/_-])models?\//i;

/** An archive of data, by its place or its address. */
function isArchive(url: string): boolean {
  if (KEPT.test(url)) return true;
  const said = url.replace(OWNER, '');
  return /^https?:/i.test(url) && NAMED.test(said) && !MODELS.test(said);
}

/** The data set that a URL fetches, as far as the URL says so. */
export function dataAt(url: string): Source | undefined {
  const kaggle = KAGGLE.exec(url)?.[1] ?? COMPETITION.exec(url)?.[1];
  if (kaggle !== undefined) return { name: kaggle, origin: 'kaggle' };
  const hub = HUB.exec(url)?.[1];
  if (hub !== undefined) return { name: hub, origin: 'huggingface' };
  return TABLE.test(url) || isArchive(url) ? { name: url.replace(/[?#].*$/, ''), origin: 'url' } : undefined;
}

const DOCUMENT = /\.(?:pdf|docx?|pptx?|epub|txt|md|html?)$|^https?:\/\/arxiv\.org\/pdf\//i;
/** Texts that come with programs. */
const NOT_DOCUMENT = /(?:requirements|licen[cs]e|readme|setup|install)[\w.-]*$/i;

/** An address of a text for people. */
export const isDocumentUrl = (url: string): boolean => DOCUMENT.test(url) && !NOT_DOCUMENT.test(url);

/** What shows a text to people. */
const SHOWS =
  /(?:^|[._])(?:print|echo|write|markdown|info|warn(?:ing)?|error|debug|log|caption|link|href|a|text|title|\w*Error|\w*Exception|describe|it)$/i;

/** Data that a program which trains models fetches from an address. */
export function detectDataUrls(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    if (isTest(unit) || !context.trains(unit)) continue;
    for (const { value, line, column, role, key, callee } of unit.facts.literals) {
      const source =
        value.startsWith('http') && role !== 'compare' && role !== 'key' && !SHOWS.test(callee ?? '') ? dataAt(value) : undefined;
      if (source === undefined || /\{|your|example\.(?:com|org)/i.test(value)) continue;
      const occurrences = [occurrence(placeIn(unit, line, column), key ?? callee ?? 'url', 'medium')];
      context.components.push({ kind: 'dataset', ...source, occurrences });
    }
  }
}
