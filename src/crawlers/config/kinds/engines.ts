import { isCommit } from '../../../core/commit.ts';
import { foldKey } from '../../../knowledge/config.ts';
import type { MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { HUB_RUNTIMES } from './commands.ts';
import type { WalkScope } from './scope.ts';

/** `hf://owner/name`, `hf://owner/name:commit` */
const HUB_URL = /^hf:\/\/(?!datasets\/|spaces\/)([\w.-]{1,96}\/[\w.-]{1,96})(?:[:@]([\w.-]{1,64}))?(?:[/?]|$)/;

/** What KServe, KubeAI and llm-d fetch. */
export function readHubUrl(sink: Sink, text: string, line: number, key: string): boolean {
  const [, id, revision] = HUB_URL.exec(text) ?? [];
  if (id === undefined) return false;
  const model = sink.model(id, { position: 'argument', key }, line, key, revision === undefined ? {} : { revision });
  if (!isCommit(revision)) sink.hubLoad(model, line, key);
  return true;
}

/** Options of engines that serve models: how they share memory and work, which no client says. */
const OF_ENGINE = new Set(
  'gpumemoryutilization maxmodellen tensorparallelsize pipelineparallelsize enforceeager maxnumseqs maxnumbatchedtokens kvcachedtype enableprefixcaching enablechunkedprefill numshard maxinputtokens maxinputlength maxtotaltokens maxbatchprefilltokens cudamemoryfraction memfractionstatic chunkedprefillsize'.split(
    ' ',
  ),
);
/** `vllm: {model: owner/name, gpuMemoryUtilization: 0.9}`: whoever is told so fetches the model. */
export const startsEngine = (map: MapNode, { provider, path, elsewhere }: WalkScope): boolean =>
  elsewhere !== true &&
  (provider === undefined || HUB_RUNTIMES.has(provider)) &&
  // Ray Serve: `model_loading_config: {model_source: owner/name}`
  (foldKey(path.at(-1) ?? '') === 'modelloadingconfig' || map.entries.some(({ key }) => OF_ENGINE.has(foldKey(key))));
