import { recogniseModel } from '../../../knowledge/models.ts';
import { get, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** The key by which a recipe names a function or class. */
export const COMPONENT = '_component_';
/** `torchtune.models.llama3_2.lora_llama3_2_1b`; what makes a tokenizer makes no model. */
const BUILDER = /^torchtune\.models\.\w+\.(?:q?lora_|q?dora_)?(\w+?)(_tokenizer|_transform)?$/;
const DATASET = /^torchtune\.datasets\.(?:multimodal\.)?(\w+)$/;

/** The folder of a checkpoint, named for the model that was downloaded to it. */
function checkpointOf(sink: Sink, checkpointer: ConfigNode | undefined): { readonly name: string; readonly line: number } | undefined {
  const node = get(checkpointer, 'checkpoint_dir');
  const name = textOf(node)?.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return node && recogniseModel(sink.knowledge, name, { position: 'key', key: 'model' })?.family !== undefined
    ? { name, line: node.line }
    : undefined;
}

/** Models of a torchtune recipe, by the folder of their weights or the function that builds them, and data sets by theirs. */
export function readTorchtune(sink: Sink, root: ConfigNode): void {
  for (const { map } of mapsOf(root)) for (const { key, value } of map.entries) if (value.kind === 'map') readPart(sink, map, key, value);
}

function readPart(sink: Sink, recipe: MapNode, key: string, part: MapNode): void {
  const node = get(part, COMPONENT);
  const path = textOf(node) ?? '';
  const line = node?.line ?? part.line;
  const set = sink.config.torchtuneDatasets.get(DATASET.exec(path)?.[1] ?? '');
  if (set !== undefined && get(part, 'source') === undefined) sink.dataset(set, 'huggingface', line, COMPONENT);
  const [, builder, other] = BUILDER.exec(path) ?? [];
  if (builder === undefined || other !== undefined) return;
  // `teacher_model` has the weights of `teacher_checkpointer`.
  const checkpoint = checkpointOf(sink, get(recipe, key.replace(/model$/, 'checkpointer')));
  const found = recogniseModel(sink.knowledge, checkpoint?.name ?? '', { position: 'key', key: 'model' });
  sink.addModel(
    found ?? { name: builder, origin: 'library', confidence: 'high' },
    checkpoint?.line ?? line,
    checkpoint ? 'checkpoint_dir' : COMPONENT,
    {
      aliases: [path, ...(checkpoint ? [builder] : [])],
    },
  );
}
