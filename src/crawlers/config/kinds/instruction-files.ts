import { foldKey } from '../../../knowledge/config.ts';
import { mapsOf, textOf, type ConfigNode, type MapEntry, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** `instructions_file`, `systemPromptPath`. */
const KEY = /^(?:system|agent|assistant|base)?(?:instructions?|prompts?)(?:file(?:name|path)?|path)$/;
const TEXT = /^[\w./ -]{1,300}\.(?:md|mdx|txt|tmpl|j2|jinja2?|prompt|xml)$/i;
const MODEL = new Set(['model', 'modelname', 'modelid', 'llm', 'llmmodel']);

/** The entry that names the file of an agent's instructions. */
export const instructionFile = (map: MapNode): MapEntry | undefined =>
  map.entries.find(({ key, value }) => KEY.test(foldKey(key)) && TEXT.test(textOf(value) ?? ''));

/** What is told to which model stands beside each other: an agent, in the words of its file. */
export const isInstructed = (map: MapNode): boolean =>
  instructionFile(map) !== undefined && map.entries.some(({ key, value }) => MODEL.has(foldKey(key)) && textOf(value) !== undefined);

/** Files of instructions beside the model that they are for. Whether the target holds them, the crawler checks. */
export function readInstructionFiles(sink: Sink, root: ConfigNode): void {
  for (const { map } of mapsOf(root)) {
    const entry = isInstructed(map) ? instructionFile(map) : undefined;
    const path = entry && textOf(entry.value);
    if (path !== undefined)
      sink.add({
        kind: 'prompt',
        name: path,
        purpose: 'prompt',
        occurrences: [sink.occurrence(entry?.line ?? map.line, entry?.key, 'high')],
      });
  }
}
