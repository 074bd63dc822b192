import { isCommit } from '../../../core/commit.ts';
import { get, itemsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { HUB_RUNTIMES } from './commands.ts';
import { withDefaults } from './values.ts';

/** A name and value that a container is given. */
export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** Variables given as a map, as `NAME=value` strings, or as `{name, value}` maps. */
export function variablesOf(node: ConfigNode | undefined): Variable[] {
  if (node?.kind === 'map')
    return node.entries.flatMap(({ key, value }) => (value.kind === 'scalar' ? [{ name: key, value: value.value, line: value.line }] : []));
  return itemsOf(node).flatMap((item): Variable[] => {
    if (item.kind === 'scalar') {
      const at = item.value.indexOf('=');
      return [{ name: at > 0 ? item.value.slice(0, at) : item.value, value: at > 0 ? item.value.slice(at + 1) : '', line: item.line }];
    }
    if (item.kind !== 'map') return [];
    const name = textOf(get(item, 'name')) ?? textOf(get(item, 'Name'));
    const value = get(item, 'value') ?? get(item, 'Value');
    return name === undefined ? [] : [{ name, value: textOf(value) ?? '', line: value?.line ?? item.line }];
  });
}

/** Where what comes from the Hub is kept: who sets it, fetches. */
const CACHE = /^(?:HF_HOME|HF_HUB_CACHE|HUGGINGFACE_HUB_CACHE|TRANSFORMERS_CACHE|SENTENCE_TRANSFORMERS_HOME|HF_HUB_ENABLE_HF_TRANSFER)$/;
const CACHE_FOLDER = /\.cache\/huggingface|(?:^|[/:_-])(?:huggingface|hf)[_-]?(?:hub|cache|home)?(?:$|[/:_-])/i;
/** A container that is told the address of another server asks that one for a model. */
const ASKS = /(?:BASE_URL|API_BASE|API_URL|LLM_URL|MODEL_URL|ENDPOINT|INFERENCE_URL|VLLM_URL|OLLAMA_HOST)$/;
/** What a model is called to clients. */
const SERVED_AS = /SERVED|ALIAS|DISPLAY/;
/** A program in front of runtimes: it loads nothing. */
const PROXIES = new Set(['litellm']);

function keepsCache(map: MapNode, variables: readonly Variable[]): boolean {
  if (variables.some(({ name }) => CACHE.test(name))) return true;
  const mounts = [...itemsOf(get(map, 'volumes')), ...itemsOf(get(map, 'volumeMounts'))];
  return mounts.some((mount) => CACHE_FOLDER.test(textOf(mount) ?? textOf(get(mount, 'target')) ?? textOf(get(mount, 'mountPath')) ?? ''));
}

/**
 * Models that a container is told by variables and that its program fetches from the Hub: a runtime's own (`MODEL_ID`), or those
 * of a program of one's own beside which a cache of the Hub is kept.
 */
export function readVariableLoads(sink: Sink, map: MapNode, variables: readonly Variable[], service: string | undefined): void {
  const runtime = service !== undefined && HUB_RUNTIMES.has(service) && !PROXIES.has(service);
  if (!runtime && (service !== undefined || !keepsCache(map, variables) || variables.some(({ name }) => ASKS.test(name)))) return;
  if (variables.some(({ name, value }) => name.endsWith('REVISION') && isCommit(withDefaults(value).text))) return;
  for (const { name, value, line } of variables) {
    const { text } = withDefaults(value);
    if (text === undefined || !text.includes('/') || SERVED_AS.test(name) || !sink.models.keys.read(name)) continue;
    sink.hubLoad(sink.model(text, { position: 'argument', key: name }, line, name), line, name);
  }
}
