import type { Unit } from '../../resolve/unit.ts';
import { readMachineBinding, withBindings } from '../config/kinds/binding.ts';
import { readCommand, shellWords } from '../config/kinds/commands.ts';
import { checksDigests, fetchedIn, readDownload } from '../config/kinds/downloads.ts';
import { fetchesInPython, readInlinePython } from '../config/kinds/inline-python.ts';
import type { Word } from '../config/kinds/word.ts';
import { Sink } from '../config/sink.ts';
import { CRAWLER, isTest, observe, type Context } from './context.ts';
import { dataAt, isDocumentUrl } from './data-urls.ts';
import { indexes } from './named-data.ts';
import { addService, endpointOf, providerAt } from './services.ts';
import { isWeightsUrl } from '../config/kinds/weights.ts';

/** Rows of a call in a program that a script carries: each row is a command to the reader of scripts. */
const ROWS_OF_CALL = 5;

/** Commands of scripts and notebooks: runtimes with their models, downloads of weights, calls of APIs. */
export function detectShell(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    if (unit.facts.shell.length === 0) continue;
    const sink = new Sink(unit.path, context.knowledge, CRAWLER);
    const exported = unit.facts.assigns.flatMap(({ target, value, line }): Word[] =>
      target.startsWith('export:') && value.kind === 'string' ? [{ text: `${target.slice('export:'.length)}=${value.value}`, line }] : [],
    );
    const checked = unit.facts.shell.some(({ text }) => checksDigests(text));
    const programs = !unit.facts.notebook && unit.facts.shell.some(({ text }) => fetchesInPython(text));
    for (const [index, { text, line, given }] of unit.facts.shell.entries()) {
      if (programs) {
        const after = unit.facts.shell.slice(index + 1, index + 1 + ROWS_OF_CALL).map((row) => row.text);
        readInlinePython(sink, text, (row, id) => given?.find(({ value }) => value === id)?.line ?? line + row, after.join('\n'));
      }
      // A word that is the value of a variable stands where the variable gets it.
      const words = shellWords(text, line).map((word) => ({
        ...word,
        line: given?.find(({ value }) => value === word.text)?.line ?? word.line,
      }));
      readHandedOn(sink, words, given ?? []);
      readCommand(sink, withBindings(sink, words, exported));
      readMachineBinding(sink, words);
      for (const { url, command, row } of fetchedIn(text)) {
        if (asked(context, unit, url, line + row)) continue;
        readDownload(sink, url, command, line + row, checked);
        const data = context.trains(unit) ? dataAt(url) : undefined;
        if (data) sink.dataset(data.name, data.origin, line + row, 'download');
        // A notebook that indexes texts fetches one.
        else if (unit.facts.notebook && indexes(unit) && isDocumentUrl(url)) sink.dataset(url, 'url', line + row, 'download');
      }
    }
    const facts = sink.facts;
    if (!facts) continue;
    context.components.push(...facts.components);
    context.relations.push(...facts.relations);
    context.observations.push(...facts.observations);
    context.mentions.push(...(facts.mentions ?? []));
  }
}

/** `VLLM_MODEL=owner/name ./serve.sh`, `docker run -e VLLM_MODEL=owner/name`: a runtime is told what to fetch. */
const HANDED_ON = /^(?:VLLM|SGLANG|TGI|HF|HUGGINGFACE)_MODEL(?:_(?:ID|NAME|PATH|REPO))?=([\w.-]+\/[\w.-]+)$/;

function readHandedOn(sink: Sink, words: readonly Word[], given: readonly { readonly value: string; readonly line: number }[]): void {
  for (const { text, line } of words) {
    const id = HANDED_ON.exec(text)?.[1];
    const at = given.find(({ value }) => value === id)?.line ?? line;
    const key = text.slice(0, text.indexOf('='));
    if (id !== undefined) sink.hubLoad(sink.model(id, { position: 'argument', key }, at, key), at, key);
  }
}

/** The address is that of an API, not of a file. */
function asked(context: Context, unit: Unit, url: string, line: number): boolean {
  const location = { path: unit.path, line };
  const endpoint = endpointOf(url);
  const provider = endpoint && !isWeightsUrl(url) ? providerAt(context, endpoint) : undefined;
  if (!endpoint || !provider || HUBS.test(endpoint.host)) return false;
  const ref = addService(context, provider, location, 'curl', isTest(unit), { endpoints: [endpoint.url] });
  observe(context, 'endpoint', location, { url: endpoint.url, via: 'curl', internal: endpoint.internal }, ref);
  return true;
}

/** Hosts of files, not of inference. */
const HUBS = /(?:^|\.)(?:huggingface\.co|hf\.co|ollama\.ai|ollama\.com|xethub\.hf\.co)$/i;
