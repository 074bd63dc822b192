import type { ModelComponent } from '../core/component.ts';
import { refOf } from '../core/component.ts';
import { compareLocations } from '../core/evidence.ts';
import { findingsSection } from '../knowledge/findings.ts';
import { canonicalise, endOfLife, modelsSection, type EndOfLife } from '../knowledge/models.ts';
import { facts, groupBy } from './shared/facts.ts';
import { writtenPlaces } from './shared/place.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

/** A retirement this near needs work now. Providers give between 60 days and a year of notice. */
export const NOTICE_DAYS = 90;

/** Announcements that far ahead ask nothing of anybody yet. */
const FAR_DAYS = 365;

const DAY = 86_400_000;
const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** Weights that one holds oneself do not retire. */
const isHosted = (model: ModelComponent): boolean => model.origin === 'api' || (model.origin === 'unknown' && model.provider !== undefined);

interface Retirement {
  readonly entry: EndOfLife;
  /** The date is the maker's, while another platform (a gateway) runs the model. */
  readonly byMaker: boolean;
}

/** What follows an undated name in a dated one: `-20241022`, `-2024-05-13`, `-0709`, `-preview`, `-reasoning`. */
const DATED = /^(?:-(?:\d{8}|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}|\d{3,4}|latest|preview|exp|beta|reasoning|non-reasoning|v\d))+$/;

const PREVIEW = /-(?:preview|exp|experimental|beta)(?:-|$)/;

const dashed = (id: string): string => id.toLowerCase().replaceAll('.', '-');

/**
 * Names without a date, with dots, or with `-latest` (`anthropic/claude-3.5-sonnet`), of makers whose
 * names stand for one generation each. Such a name ends with the last dated release of the maker.
 */
function undated(input: RuleInput, id: string): EndOfLife | undefined {
  const { knowledge } = input;
  const canonical = canonicalise(knowledge, id);
  const maker = canonical && knowledge.get(modelsSection).match(canonical, { modelKey: true })?.family.provider;
  const makers = knowledge.get(findingsSection).get('end-of-life-model').parameters['generationNames'];
  if (canonical === undefined || maker === undefined || !Array.isArray(makers) || !makers.includes(maker)) return undefined;
  const name = dashed(canonical.id).replace(/-latest$/, '');
  const releases = knowledge
    .get(modelsSection)
    .asset.endOfLife.filter((entry) => entry.provider === maker && [entry.id, ...entry.aliases].some((other) => dashed(other) === name || (dashed(other).startsWith(name) && DATED.test(dashed(other).slice(name.length)))));
  // A preview's end is not that of the release that came after it.
  if (!PREVIEW.test(name) && releases.every((entry) => PREVIEW.test(entry.id))) return undefined;
  if (releases.length === 0 || releases.some((entry) => entry.earliest || entry.retiresOn === undefined)) return undefined;
  return releases.reduce((last, entry) => ((entry.retiresOn ?? '') > (last.retiresOn ?? '') ? entry : last));
}

/** `deepseek/deepseek-chat` in a program that asks OpenRouter: the maker's own service is not meant. */
function isServedElsewhere({ inventory, knowledge }: RuleInput, { name, provider }: ModelComponent): boolean {
  const routes = Object.entries(knowledge.get(findingsSection).get('end-of-life-model').parameters['servedElsewhere'] ?? {});
  return routes.some(
    ([gateway, makers]) =>
      Array.isArray(makers) && makers.some((maker) => name.toLowerCase().startsWith(`${String(maker)}/`)) && (provider === gateway || inventory.get(`service:${gateway}`) !== undefined),
  );
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
  if (isServedElsewhere(input, model)) return undefined;
  const exact = find(provider);
  if (exact) return { entry: exact, byMaker: false };
  const other = undated(input, model.name);
  if (provider === undefined || other?.provider === provider) return other && { entry: other, byMaker: true };
  const keepsDates = knowledge.get(modelsSection).asset.endOfLife.some((entry) => entry.provider === provider);
  const entry = keepsDates ? undefined : (find(undefined) ?? other);
  return entry && { entry, byMaker: true };
}

function severityOf(entry: EndOfLife, today: string): Hit['severity'] {
  if (entry.retiresOn === undefined) return 'info';
  const days = daysBetween(today, entry.retiresOn);
  return days <= 0 ? 'medium' : days <= NOTICE_DAYS ? 'low' : 'info';
}

/** What one changes in one edit: the spellings of a model in one file, and of a list the id and the title of an entry. */
function onePerEdit(hits: readonly Hit[]): Hit[] {
  const places = groupBy(hits, ({ location, args }) => `${location.path}\0${location.line ?? ''}\0${String(args['provider'])}\0${String(args['date'])}\0${String(args['replacement'])}`);
  const lines = [...places.values()].flatMap(([first, ...rest]) => rest.find((other) => other.confidence === 'high') ?? first ?? []);
  return [...groupBy(lines, ({ location, args }) => `${location.path}\0${bare(String(args['name']))}\0${String(args['date'])}`).values()].flatMap((group) => {
    const [first, ...rest] = group.toSorted((a, b) => compareLocations(a.location, b.location));
    return first ? { ...first, related: [...(first.related ?? []), ...rest.map(({ location }) => location)] } : [];
  });
}

/** Without the route before it: `google/gemini-embedding-001` is `gemini-embedding-001`. */
const bare = (name: string): string => name.slice(name.lastIndexOf('/') + 1).toLowerCase();

/** One finding per model and file, where the name is first written. */
export const endOfLifeModel = defineRule({
  id: 'end-of-life-model',
  check: (input) =>
    onePerEdit(
      input.inventory.components.flatMap((component): Hit[] => {
        if (component.kind !== 'model' || component.unresolved || !isHosted(component)) return [];
        const retirement = retirementOf(input, component);
        if (!retirement) return [];
        const { entry, byMaker } = retirement;
        if (entry.retiresOn !== undefined && daysBetween(input.today, entry.retiresOn) > FAR_DAYS) return [];
        const retired = entry.retiresOn !== undefined && entry.retiresOn <= input.today;
        // A version (`gpt-4o@2024-05-13`) stands in the declaration of a deployment, not where the model is called.
        const versioned = entry.id.includes('@') && !component.name.includes('@');
        const occurrences = writtenPlaces(component.occurrences).filter(({ technique }) => !versioned || technique === 'manifest-analysis');
        return [...groupBy(occurrences, (occurrence) => occurrence.location.path).values()].flatMap(([first, ...rest]): Hit[] =>
          first
            ? [
                {
                  location: first.location,
                  related: rest.map((place) => place.location),
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
    ),
});
