import { HUB_ID } from '../../../knowledge/models/hub-id.ts';
import { get, textOf, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** `hf_id`, `hf_repo`, `hub_model_id`, folded. */
const HUB_KEY = /^(?:hf|hub|huggingface)(?:model)?(?:id|repo|repoid|repository|name|path)$|^(?:hf|huggingface)model$/;
const REPO_KEY = /^(?:repo|repository)_?id$/i;
/** OpenRouter tells of each of its models where the weights are; nobody loads them by that. */
const TOLD = /^hugging_face_id$/i;
const MODELS = /^(?:\w+[_-])?models?$/i;

/**
 * `models: {small: {hf_id: owner/name, revision: main}}`: the registry of a program, whose key says that the Hub has
 * the model, with the revision that stands beside it. Whether the key was one.
 */
export function readHubId(
  sink: Sink,
  folded: string,
  text: string,
  line: number,
  key: string,
  map: MapNode,
  path: readonly string[],
): boolean {
  const said = HUB_KEY.test(folded) ? !TOLD.test(key) : REPO_KEY.test(key) && path.some((outer) => MODELS.test(outer));
  if (!said || !HUB_ID.test(text)) return false;
  const revision = textOf(get(map, 'revision') ?? get(map, 'commit') ?? get(map, 'commit_hash'));
  const extra = { origin: 'huggingface', ...(revision !== undefined && revision !== '' && { revision }) } as const;
  return sink.model(text, { position: 'argument', key: 'repo_id' }, line, key, extra) !== undefined;
}
