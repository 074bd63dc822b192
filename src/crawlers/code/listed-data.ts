import { HUB_ID } from '../../knowledge/models/hub-id.ts';
import { modelsSection } from '../../knowledge/models.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';
import { indexes } from './named-data.ts';

/** Lists of data sets that a program offers. */
const DATASETS = /(?:^|_)datasets?(?:_(?:names?|ids?|list|options|choices))?$/i;
/** Lists of pages that are put into an index. */
const PAGES = /(?:^|_)(?:urls?|sources?|links?|docs?|documents?|pages?|websites?)(?:_list)?$/i;
const PAGE = /^https?:\/\/[\w.-]+\.[a-z]{2,}\/[^\s{}]{2,300}$/i;
/** Longer lists are tables. */
const MAX_ITEMS = 100;

/** Data sets and pages that a program keeps in lists: `DATASETS = ["owner/name", …]`, `urls = ["https://…", …]` where an index is built. */
export function detectListedData(context: Context, units: readonly Unit[]): void {
  const loads = context.components.some((component) => component.kind === 'dataset' && component.origin === 'huggingface');
  const { isPathOwner } = context.knowledge.get(modelsSection);
  for (const unit of units) {
    if (isTest(unit)) continue;
    for (const { target, value } of unit.facts.assigns) {
      if (value.kind !== 'list' || value.items.length > MAX_ITEMS) continue;
      const offered = loads && DATASETS.test(target);
      const indexed = !offered && PAGES.test(target) && indexes(unit);
      for (const item of offered || indexed ? value.items : []) {
        if (item.kind !== 'string') continue;
        const { value: text, line, column } = item;
        const isName = HUB_ID.test(text) && !/\.\w{2,7}$/.test(text) && !isPathOwner(text.slice(0, text.indexOf('/')));
        if (offered ? !isName || context.project.has(text) : !PAGE.test(text) || context.providers.byUrl(text) !== undefined) continue;
        context.components.push({
          kind: 'dataset',
          name: text,
          origin: offered ? 'huggingface' : 'url',
          occurrences: [occurrence(placeIn(unit, line, column), target, 'medium')],
        });
      }
    }
  }
}
