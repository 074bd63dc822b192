import { get, itemsOf, mapsOf, type ConfigNode, type ScalarNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { IMAGE_KEYS, referenceOf } from './image-reference.ts';
import { readCommand, servedBy, wordsIn } from './commands.ts';
import { checksDigests, fetchedIn, readDownload } from './downloads.ts';
import { fetchesInPython, readInlinePython } from './inline-python.ts';

/** Keys that other readers take as commands already. */
const READ_ELSEWHERE =
  /^(?:command|args|entrypoint|run|script|before_script|after_script|image|description|summary|help|notes?|comment)s?$/i;
const STARTS =
  /\b(?:vllm|sglang|ollama|llama-server|text-generation-launcher|lmdeploy|tritonserver|litellm|torchserve|mlserver|infinity_emb|tgi)\b/i;
const IMAGES = /images?$/i;
const HANDLED: ReadonlySet<string> = new Set(IMAGE_KEYS);
/** Parts of one image, read together. */
const PARTS = new Set(['registry', 'repository', 'name', 'newName', 'tag', 'newTag', 'digest']);
const REFERENCE = /^[\w.-]+(?:[:/][\w.-]+)+(?:@sha256:[0-9a-f]{64})?$/;
/** A command line of a chart's values; more is a document. */
const MAX_COMMAND = 8_000;

/** `cli: vllm serve …` in the values of a chart; `images: {server: vllm/vllm-openai:v1}` with names of one's own. */
export function readScripts(sink: Sink, root: ConfigNode): void {
  for (const { map, path } of mapsOf(root)) {
    const owner = path.at(-1) ?? '';
    const images = IMAGES.test(owner);
    const whole = images && !HANDLED.has(owner) ? referenceOf(map) : undefined;
    if (whole) sink.image(whole.text, whole.line, 'kubernetes', { ...(whole.untagged && { untagged: true }) });
    // `vllm: {repository: vllm/vllm-openai, tag: nightly}`
    const bare = !images && !HANDLED.has(owner) && get(map, 'repository') && get(map, 'tag') ? referenceOf(map) : undefined;
    if (bare && !bare.untagged) sink.catalogued(bare.text, bare.line, 'kubernetes');
    for (const { key, value } of map.entries) {
      for (const item of value.kind === 'list' ? itemsOf(value) : [value]) if (item.kind === 'scalar') readProgram(sink, item);
      if (value.kind !== 'scalar' || value.type !== 'string') continue;
      const text = value.value.trim();
      if (images && !PARTS.has(key) && REFERENCE.test(text)) sink.image(text, value.line, 'kubernetes');
      else if (!READ_ELSEWHERE.test(key) && /\s/.test(text) && text.length <= MAX_COMMAND && STARTS.test(text)) {
        const words = wordsIn(value);
        if (servedBy(sink, words) !== undefined) readCommand(sink, words);
      }
    }
  }
}

/** A Python program, or downloads of weights, that a job carries in its arguments. A block scalar begins on the line after its indicator. */
function readProgram(sink: Sink, { value, line }: ScalarNode): void {
  const first = value.includes('\n') ? line + 1 : line;
  for (const { url, command, row } of fetchedIn(value.slice(0, MAX_COMMAND)))
    readDownload(sink, url, command, first + row, checksDigests(value));
  if (fetchesInPython(value)) readInlinePython(sink, value, (row) => first + row);
}
