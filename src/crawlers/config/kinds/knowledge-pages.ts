import { foldKey } from '../../../knowledge/config.ts';
import { mapsOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/** Files and blocks that say what a program that looks things up knows. */
const KNOWLEDGE =
  /(?:^|[/_.-])(?:kb|knowledge(?:[-_]?(?:base|bases|sources?))?|corpus|corpora|rag|ingest(?:ion)?|crawl(?:er)?)(?=[_./-]|$)/i;
const KNOWLEDGE_KEY = /^(?:kb|knowledge(?:base|bases|sources?)?|corpus|documents?|docs|crawl(?:er)?(?:urls|sources)?|ragsources?)$/;
/** Keys of the address of a page, or of a list of them. */
const PAGE_KEY = /^(?:url|urls|link|links|page|pages|uri|source|sources|seed|seeds|seedurls?|starturls?|webpages?|websites?|site|sites)$/;
/** What stands beside a page that is put into an index. */
const BESIDE =
  /^(?:collection|collectionname|chunksize|chunkoverlap|filetype|recursionlevels?|depth|maxdepth|embeddingmodel|splitter|doctype)$/;
const PAGE = /^https?:\/\/[\w-]+(?:\.[\w-]+)+(?::\d+)?\/[^\s{}$<>]{2,300}$/;
/** Addresses that programs ask, not that people read. */
const NOT_PAGE =
  /\/(?:api|v\d+|graphql|rpc|mcp|sse|webhooks?)(?:[/?]|$)|\.(?:git|json|ya?ml|js|css|png|jpe?g|svg|ico|zip|gz|whl)(?:$|\?)|example\.(?:com|org)/i;
/** Pages of one file. */
const MAX_PAGES = 200;

/** `kb-config.yaml`, `knowledge.json`: the file's name says what it holds. */
export const isKnowledgeFile = (path: string): boolean => KNOWLEDGE.test(path.slice(path.lastIndexOf('/') + 1));

/** Pages of the net that a configuration lists as what a program is to index. */
export function readKnowledgePages(sink: Sink, root: ConfigNode): void {
  const file = isKnowledgeFile(sink.path);
  let count = 0;
  for (const { map, path } of mapsOf(root)) {
    const folded = path.map(foldKey);
    const named = file || folded.some((key) => KNOWLEDGE_KEY.test(key));
    if (!named || !(file || isIndexed(map) || folded.some((key) => /knowledge|corpus|rag|^kb/.test(key)))) continue;
    for (const { key, value } of map.entries) {
      if (!PAGE_KEY.test(foldKey(key))) continue;
      for (const item of value.kind === 'list' ? value.items : [value]) {
        if (item.kind !== 'scalar' || !PAGE.test(item.value) || NOT_PAGE.test(item.value) || (count += 1) > MAX_PAGES) continue;
        sink.dataset(item.value.replace(/#.*$/, '').replace(/\/$/, ''), 'url', item.line, key, {}, 'medium');
      }
    }
  }
}

const isIndexed = (map: MapNode): boolean => map.entries.some(({ key }) => BESIDE.test(foldKey(key)));
