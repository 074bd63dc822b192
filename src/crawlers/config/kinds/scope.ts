import { foldKey } from '../../../knowledge/config.ts';
import { textOf, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';
import { withDefaults } from './values.ts';

/** What is known about the place that a walk is at. */
export interface WalkScope {
  readonly provider?: string | undefined;
  /** Siblings or ancestors say that this is about models. */
  readonly ai: boolean;
  readonly path: readonly string[];
  /** A URL beside them leads to a host that is nobody's we know: an API of another make. */
  readonly elsewhere?: boolean;
}

export const topScope: WalkScope = { ai: false, path: [] };

const UPPER = /^[A-Z][A-Z0-9_]+$/;

/** Scope of a map's own values: its provider by URL, provider key or block name, and whether it is about AI. */
export function scopeOf(sink: Sink, map: MapNode, outer: WalkScope): WalkScope {
  const { config, providers } = sink;
  let byUrl: string | undefined;
  let sure: string | undefined;
  let beside: string | undefined;
  let signs = 0;
  let modelKey = false;
  let elsewhere = false;
  for (const { key, value } of map.entries) {
    const folded = foldKey(key);
    const raw = textOf(value);
    const text = raw === undefined ? undefined : withDefaults(raw).text;
    if (config.aiKeys.has(folded)) signs += 1;
    if (sink.models.keys.read(key)) modelKey = true;
    if (text === undefined || text.length > 300) continue;
    if (config.urlKeys.has(folded)) {
      byUrl ??= providers.byUrl(text)?.provider;
      if (/^https?:\/\//i.test(text)) elsewhere = true;
    } else if (config.sureProviderKeys.has(folded)) sure ??= providers.byWord(text.split('/')[0] ?? text);
    else if (config.besideProviderKeys.has(folded)) beside ??= providers.byBlock(text);
  }
  const block = outer.path.at(-1);
  const byBlock = block === undefined || UPPER.test(block) ? undefined : providers.byBlock(block);
  const provider = byUrl ?? sure ?? byBlock ?? (modelKey ? beside : undefined) ?? outer.provider;
  return {
    provider,
    ai: outer.ai || signs > 1 || (signs > 0 && modelKey) || (provider !== undefined && modelKey),
    path: outer.path,
    ...(elsewhere && byUrl === undefined && { elsewhere }),
  };
}
