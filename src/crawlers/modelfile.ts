import { refOf } from '../core/component.ts';
import { Sink, type ConfigFacts } from './config/sink.ts';
import { united } from './config/merge.ts';
import { defineCrawler } from './crawler.ts';

/** `Modelfile`, `llama.Modelfile`, `Modelfile.coder`, `CoderModelfile`. */
export const MODELFILE = /(?:^|\/)(?:[\w.-]*\.)?Modelfile(?:[.-][\w.-]+)?$|(?:^|\/)[A-Za-z]\w*[-_]?Modelfile$/i;

/** Lines of a Modelfile; the first stands at `firstLine` of the sink's file. */
export function readModelfile(sink: Sink, text: string, firstLine: number): void {
  let base: string | undefined;
  text.split(/\r?\n/).forEach((row, index) => {
    const match = /^\s*(FROM|ADAPTER)\s+(\S+)/i.exec(row);
    const value = match?.[2]?.replace(/^["']|["']$/g, '');
    if (!match?.[1] || value === undefined) return;
    const line = firstLine + index;
    if (match[1].toUpperCase() === 'FROM') {
      const found = sink.model(value, { position: 'argument', key: 'FROM', provider: 'ollama' }, line, 'FROM');
      if (found) {
        base = `model:${found.name.toLowerCase()}`;
        sink.service('ollama', line, 'FROM', { confidence: 'medium' });
      }
    } else {
      const adapter =
        sink.models.weightExtension(value) === undefined
          ? undefined
          : sink.model(value, { position: 'argument', key: 'lora_name' }, line, 'ADAPTER');
      if (adapter && base !== undefined)
        sink.relate({
          from: refOf({ ...adapter, kind: 'model', occurrences: [] }),
          to: base,
          type: 'adapter-of',
          location: { path: sink.path, line },
        });
    }
  });
}

/** Ollama Modelfiles: FROM names the base model, ADAPTER a LoRA file. */
export const modelfileCrawler = defineCrawler<ConfigFacts>({
  id: 'modelfile',
  wants: (entry) => MODELFILE.test(entry.path),
  prefilter: (latin1) => /^\s*FROM\s/im.test(latin1),
  extract(file, knowledge) {
    const sink = new Sink(file.path, knowledge, 'modelfile');
    readModelfile(sink, file.text, 1);
    return sink.facts ? { facts: sink.facts } : {};
  },
  detect: united,
});
