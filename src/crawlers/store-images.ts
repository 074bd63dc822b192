import type { ComponentRef } from '../core/component.ts';
import type { Knowledge } from '../knowledge/knowledge.ts';
import { vectorStoresSection } from '../knowledge/vector-stores.ts';
import { readContainers } from './config/kinds/containers.ts';
import { joinReachability } from './config/kinds/exposure.ts';
import { readConfig } from './config/readers/index.ts';
import { Sink, type ConfigFacts } from './config/sink.ts';
import { defineCrawler } from './crawler.ts';

interface StoreFacts {
  readonly store: string;
  readonly facts: ConfigFacts;
}

const MANIFEST = /\.ya?ml$/i;

/** Images of databases that keep vectors beside other things, by their slug. */
function generalImages(knowledge: Knowledge): { readonly names: readonly string[]; of(image: string): string | undefined } {
  const stores = knowledge.get(vectorStoresSection);
  const of = (image: string): string | undefined => (stores.byImage(image) === undefined ? stores.byAnyImage(image) : undefined);
  return { of, names: stores.all.flatMap(({ images = [] }) => images).filter((image) => of(image) !== undefined) };
}

/** What a sink that knows one more store finds of it. */
function factsOfStore(
  path: string,
  text: string,
  knowledge: Knowledge,
  store: string,
  of: (image: string) => string | undefined,
): StoreFacts {
  const sink = new Sink(path, knowledge, 'config', (image) => (of(image) === store ? store : undefined));
  for (const document of readConfig('yaml', text).documents) readContainers(sink, document);
  const { components = [], observations = [] } = sink.facts ?? {};
  const images = components.filter((component) => component.kind === 'infra' && of(component.name) === store);
  const refs = new Set<ComponentRef>([`vector-store:${store}`, ...images.map(({ name }) => `infra:${name.toLowerCase()}` as ComponentRef)]);
  return {
    store,
    facts: {
      components: [...images, ...components.filter(({ kind, name }) => kind === 'vector-store' && name === store)],
      observations: observations.filter(({ component }) => component !== undefined && refs.has(component)),
      relations: [],
    },
  };
}

/**
 * Containers of databases in which something in the target keeps vectors: Redis Stack, Elasticsearch,
 * MongoDB. Of those that nothing says so of, they are no part of AI. Runs after the code was read.
 */
export const storeImagesCrawler = defineCrawler<readonly StoreFacts[]>({
  id: 'store-images',
  wants: ({ path }) => MANIFEST.test(path),
  prefilter: (latin1) => /\bimage:/.test(latin1),
  extract({ path, text }, knowledge) {
    const { names, of } = generalImages(knowledge);
    const found = new Set(names.filter((name) => text.includes(name)).flatMap((name) => of(name) ?? []));
    const facts = [...found].map((store) => factsOfStore(path, text, knowledge, store, of));
    return facts.length > 0 ? { facts } : {};
  },
  detect(files, project) {
    const used = new Set(
      project.found.flatMap(({ components = [] }) => components.flatMap(({ kind, name }) => (kind === 'vector-store' ? [name] : []))),
    );
    const kept = files.flatMap(({ facts }) => facts.filter(({ store }) => used.has(store)).map(({ facts: own }) => own));
    return {
      components: kept.flatMap(({ components }) => components),
      observations: joinReachability(kept.flatMap(({ observations }) => observations)),
    };
  },
});
