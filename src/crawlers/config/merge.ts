import type { Discovery } from '../../core/inventory.ts';
import type { FileFacts } from '../crawler.ts';
import type { ConfigFacts } from './sink.ts';

/** Facts of all files, as they are. */
export const united = (files: readonly FileFacts<ConfigFacts>[]): Discovery => ({
  components: files.flatMap(({ facts }) => facts.components),
  relations: files.flatMap(({ facts }) => facts.relations),
  observations: files.flatMap(({ facts }) => facts.observations),
  mentions: files.flatMap(({ facts }) => facts.mentions ?? []),
});
