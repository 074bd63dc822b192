import type { ModelComponent } from '../core/component.ts';
import { refOf } from '../core/component.ts';
import { canonicalise, endOfLife, modelsSection, type EndOfLife } from '../knowledge/models.ts';
import { facts, groupBy } from './shared/facts.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

/** A retirement this near needs work now. Providers give between 60 days and a year of notice. */
export const NOTICE_DAYS = 90;

const DAY = 86_400_000;
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** Weights that one holds oneself do not retire. */
const isHosted = (model: ModelComponent): boolean => model.origin === 'api' || (model.origin === 'unknown' && model.provider !== undefined);

interface Retirement {
  readonly entry: EndOfLife;
  /** The date is the maker's, while another platform (a gateway) runs the model. */
  readonly byMaker: boolean;
}

/** What follows an undated name in a dated one: `-20241022`, `-2024-05-13`, `-0613`, `-preview`, `-reasoning`. */
const DATED = /^(?:-(?:\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|\d{3,4}|latest|preview|exp|beta|reasoning|non-reasoning|v\d))+$/;

const dashed = (id: string): string => id.toLowerCase().replaceAll('.', '-');

/**
 * Gateways name models without dates and with dots (`anthropic/claude-3.5-sonnet`). Such a name ends
 * when every dated release of the maker has an end; it ends with the last of them.
 */
function undated(input: RuleInput, id: string): EndOfLife | undefined {
  const { knowledge } = input;
  const canonical = canonicalise(knowledge, id);
  const maker = canonical && knowledge.get(modelsSection).match(canonical, { modelKey: true })?.family.provider;
  if (canonical === undefined || maker === undefined) return undefined;
  const name = dashed(canonical.id);
  const releases = knowledge
    .get(modelsSection)
    .asset.endOfLife.filter((entry) => entry.provider === maker && [entry.id, ...entry.aliases].some((other) => dashed(other) === name || (dashed(other).startsWith(name) && DATED.test(dashed(other).slice(name.length)))));
  if (releases.length === 0 || releases.some((entry) => entry.earliest || entry.retiresOn === undefined)) return undefined;
  return releases.reduce((last, entry) => ((entry.retiresOn ?? '') > (last.retiresOn ?? '') ? entry : last));
}

/**
 * The date of the platform that runs the model. A gateway that publishes no dates of its own passes
 * on what the maker serves, so the maker's date holds there.
 */
function retirementOf(input: RuleInput, model: ModelComponent): Retirement | undefined {
  const { knowledge } = input;
  const { provider } = model;
  const ids = [...new Set([model.name, model.canonical, ...(model.aliases ?? [])])].filter((id) => id !== undefined);
  const find = (place: string | undefined): EndOfLife | undefined => {
    for (const id of ids) {
      const entry = endOfLife(knowledge, place, id);
      if (entry && !entry.earliest) return entry;
    }
    return undefined;
  };
  if (provider === undefined) {
    const entry = find(undefined);
    return entry && { entry, byMaker: false };
  }
  const own = find(provider);
  if (own) return { entry: own, byMaker: false };
  const keepsDates = knowledge.get(modelsSection).asset.endOfLife.some((entry) => entry.provider === provider);
  const entry = keepsDates ? undefined : (find(undefined) ?? undated(input, model.name));
  return entry && { entry, byMaker: true };
}

function severityOf(entry: EndOfLife, today: string): Hit['severity'] {
  if (entry.retiresOn === undefined) return 'info';
  const days = daysBetween(today, entry.retiresOn);
  return days <= 0 ? 'medium' : days <= NOTICE_DAYS ? 'low' : 'info';
}

/** One finding per model and file, at its first place there. */
export const endOfLifeModel = defineRule({
  id: 'end-of-life-model',
  check: (input) =>
    input.inventory.components.flatMap((component): Hit[] => {
      if (component.kind !== 'model' || component.unresolved || !isHosted(component)) return [];
      const retirement = retirementOf(input, component);
      if (!retirement) return [];
      const { entry, byMaker } = retirement;
      const retired = entry.retiresOn !== undefined && entry.retiresOn <= input.today;
      return [...groupBy(component.occurrences, (occurrence) => occurrence.location.path).values()].flatMap(([first, ...rest]): Hit[] =>
        first
          ? [
              {
                location: first.location,
                related: rest.map((occurrence) => occurrence.location),
                component: refOf(component),
                severity: severityOf(entry, input.today) ?? 'info',
                confidence: entry.confirmed && !byMaker ? first.confidence : 'medium',
                args: facts({
                  name: component.name,
                  provider: entry.provider,
                  state: retired ? 'is retired since' : entry.retiresOn === undefined ? 'is deprecated' : 'retires on',
                  date: entry.retiresOn ?? entry.deprecatedOn,
                  replacement: entry.replacement,
                  source: entry.source,
                }),
              },
            ]
          : [],
      );
    }),
});
