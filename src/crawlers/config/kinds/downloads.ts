import type { ModelComponent } from '../../../core/component.ts';
import { recogniseModel } from '../../../knowledge/models.ts';
import type { Sink } from '../sink.ts';
import { isFixedUrl, isWeightsUrl, weightsAt } from './weights.ts';

/** Commands that fetch a file. */
const FETCHES = /(?:^|[\s;&|(])(?:wget|curl|aria2c|axel|gdown|http|httpie|gsutil|aws|azcopy|Invoke-WebRequest|iwr)\s/;
const URL_TEXT = /\bhttps?:\/\/[^\s"'`<>\\)|;\]]{4,400}/g;
const TLS_OFF = /--no-check-certificate|\s-\w*k\w*\s|--insecure|SkipCertificateCheck/;
/** What arrived is compared with a digest that the script holds. */
const CHECKS =
  /\b(?:sha(?:256|512)sum|b2sum|shasum)\b[^\n]{0,200}(?:\s-c\b|--check\b|--status\b)|--checksum=sha256:|--checksum=sha-?(?:256|512)=|Get-FileHash/;

/** Archives and tables over plain http whose address says that they are data or weights, or whose host keeps nothing else. */
const PLAIN_DATA =
  /^http:\/\/(?:\S*(?:data|train|val\d|weights|models?[/_-]|corpus|corpora|coco|imagenet|voc|embeddings|glove|lexicon|speech)\S*|(?:[\w-]+\.)*(?:openslr\.org|image-net\.org|cocodataset\.org|grouplens\.org|statmt\.org|nlpl\.eu|zenodo\.org|qwone\.com|mattmahoney\.net|physionet\.org|openml\.org|archive\.ics\.uci\.edu|nlp\.stanford\.edu|ai\.stanford\.edu|snap\.stanford\.edu|yann\.lecun\.com|robots\.ox\.ac\.uk)\/\S+)\.(?:zip|tar|tgz|gz|bz2|xz|csv|tsv|jsonl?|parquet|txt|wav|flac|mat|dat|arpa)$/i;

export const checksDigests = (script: string): boolean => CHECKS.test(script);

/** An address without credentials, query and fragment. */
const bareUrl = (written: string): string => written.replace(/\/\/[^@/]*@/, '//').replace(/[?#].*$/, '');

const programOf = (command: string): string =>
  /\b(wget|curl|aria2c|axel|gdown|httpie|gsutil|azcopy|iwr|ADD)\b/.exec(command)?.[1] ?? /^\W*(\w+)/.exec(command)?.[1] ?? 'shell';

/** Addresses that the commands of a text fetch, each with its command and its row. */
export function* fetchedIn(text: string): Generator<{ readonly url: string; readonly command: string; readonly row: number }> {
  if (!FETCHES.test(text)) return;
  let row = 0;
  for (const command of text.split(/(&&|\|\||;)/)) {
    if (FETCHES.test(` ${command}`))
      for (const match of command.matchAll(URL_TEXT))
        yield { url: bareUrl(match[0]), command, row: row + command.slice(0, match.index).split('\n').length - 1 };
    row += command.split('\n').length - 1;
  }
}

/** Weights, or data over plain http, that a command fetches. */
export function readDownload(sink: Sink, url: string, command: string, line: number, checked: boolean): void {
  if (!isWeightsUrl(url) && !PLAIN_DATA.test(url)) return;
  const name = url.slice(url.lastIndexOf('/') + 1);
  const via = programOf(command);
  const hub = /^https?:\/\/(?:huggingface\.co|hf\.co)\/([\w.-]+\/[\w.-]+)\//.exec(url)?.[1];
  sink.observe('download', line, { url, via, digest: checked || isFixedUrl(url), ...(TLS_OFF.test(command) && { verifyTls: false }) });
  const found = hub ? recogniseModel(sink.knowledge, hub, { position: 'argument' }) : undefined;
  if (!found && !weightsAt(url)) return;
  const component: ModelComponent = {
    kind: 'model',
    name: found?.name ?? name,
    origin: hub ? 'huggingface' : 'url',
    aliases: [url],
    occurrences: [sink.occurrence(line, via, 'high')],
    ...(found?.role ? { role: found.role } : {}),
  };
  sink.add(component);
}
