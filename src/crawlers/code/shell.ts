import type { ModelComponent } from '../../core/component.ts';
import { recogniseModel } from '../../knowledge/models.ts';
import type { Unit } from '../../resolve/unit.ts';
import { readMachineBinding, withBindings } from '../config/kinds/binding.ts';
import { readCommand, shellWords } from '../config/kinds/commands.ts';
import type { Word } from '../config/kinds/word.ts';
import { Sink } from '../config/sink.ts';
import { CRAWLER, isTest, observe, occurrence, type Context } from './context.ts';
import { addService, endpointOf, providerAt } from './services.ts';
import { isWeightsUrl, weightsAt } from './weights.ts';

const FETCH = /(?:^|[\s;&|(])(?:wget|curl|aria2c|axel|gdown|http|httpie|gsutil|aws|azcopy|Invoke-WebRequest|iwr)\s/;
const URL_TEXT = /\bhttps?:\/\/[^\s"'`<>\\)|;]{4,400}/g;

/** Commands of scripts and notebooks: runtimes with their models, downloads of weights, calls of APIs. */
export function detectShell(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    if (unit.facts.shell.length === 0) continue;
    const sink = new Sink(unit.path, context.knowledge, CRAWLER);
    const exported = unit.facts.assigns.flatMap(({ target, value, line }): Word[] =>
      target.startsWith('export:') && value.kind === 'string' ? [{ text: `${target.slice('export:'.length)}=${value.value}`, line }] : [],
    );
    for (const { text, line, given } of unit.facts.shell) {
      // A word that is the value of a variable stands where the variable gets it.
      const words = shellWords(text, line).map((word) => ({
        ...word,
        line: given?.find(({ value }) => value === word.text)?.line ?? word.line,
      }));
      readCommand(sink, withBindings(sink, words, exported));
      readMachineBinding(sink, words);
      if (FETCH.test(text)) for (const match of text.matchAll(URL_TEXT)) fetched(context, unit, match[0], text, line);
    }
    const facts = sink.facts;
    if (!facts) continue;
    context.components.push(...facts.components.filter((component) => component.kind !== 'infra'));
    context.relations.push(...facts.relations);
    context.observations.push(...facts.observations);
  }
}

function fetched(context: Context, unit: Unit, written: string, command: string, line: number): void {
  const url = written.replace(/\/\/[^@/]*@/, '//').replace(/[?#].*$/, '');
  const location = { path: unit.path, line };
  const endpoint = endpointOf(url);
  const provider = endpoint && !isWeightsUrl(url) ? providerAt(context, endpoint) : undefined;
  if (endpoint && provider && !HUBS.test(endpoint.host)) {
    const ref = addService(context, provider, location, 'curl', isTest(unit), { endpoints: [endpoint.url] });
    observe(context, 'endpoint', location, { url: endpoint.url, via: 'curl', internal: endpoint.internal }, ref);
    return;
  }
  if (!isWeightsUrl(url) && !PLAIN_DATA.test(url)) return;
  const name = url.slice(url.lastIndexOf('/') + 1);
  const hub = /^https?:\/\/(?:huggingface\.co|hf\.co)\/([\w.-]+\/[\w.-]+)\//.exec(url)?.[1];
  observe(context, 'download', location, {
    url,
    via: /^\W*(\w+)/.exec(command)?.[1] ?? 'shell',
    digest: false,
    verifyTls: /--no-check-certificate|\s-k\b|--insecure/.test(command) ? false : undefined,
  });
  const found = hub ? recogniseModel(context.knowledge, hub, { position: 'argument' }) : undefined;
  if (!found && !weightsAt(url)) return;
  const component: ModelComponent = {
    kind: 'model',
    name: found?.name ?? name,
    origin: hub ? 'huggingface' : 'url',
    aliases: [url],
    occurrences: [occurrence(location, /^\W*(\w+)/.exec(command)?.[1] ?? 'shell', 'high')],
    ...(found?.role ? { role: found.role } : {}),
  };
  context.components.push(component);
}

/** Archives over plain http whose address says that they are data or weights. */
const PLAIN_DATA =
  /^http:\/\/\S*(?:data|train|val\d|weights|models?[/_-]|corpus|corpora|coco|imagenet|voc|embeddings|glove)\S*\.(?:zip|tar|tgz|gz|bz2|xz|csv|tsv|jsonl?|parquet)$/i;

/** Hosts of files, not of inference. */
const HUBS = /(?:^|\.)(?:huggingface\.co|hf\.co|ollama\.ai|ollama\.com|xethub\.hf\.co)$/i;
