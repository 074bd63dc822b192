import { refOf, type Component, type DatasetComponent, type ModelComponent } from '../core/component.ts';
import { compareLocations, type Occurrence } from '../core/evidence.ts';
import { modelLicencesSection } from '../knowledge/model-licences.ts';
import { canonicalise, licenceOf, modelsSection } from '../knowledge/models.ts';
import { facts, groupBy } from './shared/facts.ts';
import { restrictionOf } from './shared/licence.ts';
import { isRecipe, isRecord, isSideline, isTestPlace, writtenPlaces } from './shared/place.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

interface Restriction {
  readonly licence: string;
  readonly clause?: string;
  readonly url?: string;
  /** `card`, `header`, `catalogue` … */
  readonly source: string;
  /** Another owner publishes it: its licence is the family's and whatever they added. */
  readonly derived: boolean;
  readonly nonCommercial: boolean;
}

const isNonCommercial = (...texts: readonly (string | undefined)[]): boolean => texts.some((text) => /non-?commercial|no commercial|research only|by-nc/i.test(text ?? ''));

/**
 * `command-r`, `mistral-large-latest`: a name without an owner, in a program that asks the maker's own service, or an alias
 * that only the service knows. No weights of that name are fetched.
 */
function isAskedOfMaker({ inventory }: RuleInput, { name, origin, provider }: ModelComponent, maker: string | undefined): boolean {
  if (maker === undefined || /[/:]/.test(name) || origin === 'huggingface' || origin === 'file') return false;
  return (provider === undefined || provider === maker) && (inventory.get(`service:${maker}`) !== undefined || name.endsWith('-latest'));
}

/** Weights that a run of one's own wrote: `best.pt`, `yolov8s_defects_best.pt`. */
const OWN_RESULT = /(?:^|[-_./])(?:best|last|final|finetuned|fine[-_]tuned|epoch[-_]?\d+|checkpoint[-_]?\d*)\.(?:pt|pth|onnx|h5|weights|safetensors|bin|ckpt)$/i;

/** What is known of the model's family, or of the one model where the family has several licences. */
function known(input: RuleInput, model: ModelComponent): Restriction | undefined {
  const { knowledge } = input;
  const id = model.canonical ?? model.name;
  const match = licenceOf(knowledge, id, model.provider) ?? licenceOf(knowledge, model.name, model.provider);
  const family = match && knowledge.get(modelsSection).family(match.family);
  const bare = canonicalise(knowledge, id);
  // Ollama's tag is the size: `qwen2.5:3b` is the model that the hub calls Qwen2.5-3B.
  const canonical = bare === undefined ? id : bare.tag !== undefined && /^\d/.test(bare.tag) ? `${bare.id}-${bare.tag}` : bare.id;
  const single = knowledge.get(modelLicencesSection).of(match?.family, canonical);
  const licence = single ?? (match && { ...match.licence, restricted: match.licence.restricted === 'yes' });
  if (!licence?.restricted) return undefined;
  // Terms of a hosted service bind its customers; only weights that one can hold are judged. Its
  // maker's own service runs under such terms too.
  if (isAskedOfMaker(input, model, family?.provider) || OWN_RESULT.test(model.name)) return undefined;
  if (family?.weights === 'hosted-only' || (model.origin === 'api' && model.provider !== undefined && model.provider === family?.provider)) return undefined;
  const { name, clause, url } = licence;
  return { licence: name, ...(clause === undefined ? {} : { clause }), url, source: 'catalogue', derived: match?.derived ?? false, nonCommercial: isNonCommercial(name, clause) };
}

/** What the component itself says goes before what is known of its family. */
function restriction(input: RuleInput, component: ModelComponent | DatasetComponent): Restriction | undefined {
  const { licence } = component;
  if (component.kind === 'model' && (licence === undefined || licence.source === 'catalogue')) return known(input, component);
  // What is generally known of a data set was read from no card: too little for a finding.
  if (licence === undefined || licence.source === 'catalogue') return undefined;
  const stated = restrictionOf(licence.id);
  return stated && { ...stated, ...(licence.url === undefined ? {} : { url: licence.url }), source: licence.source, derived: false };
}

function confidenceOf(found: Restriction, model: Component, first: Occurrence): Hit['confidence'] {
  if (found.source !== 'catalogue') return first.confidence;
  return found.derived || model.kind !== 'model' || model.origin === 'api' ? 'low' : 'medium';
}

/** Spellings of one model (`llama3`, `ollama/llama3`, `llama3:latest`) are one model to its licence. */
const identity = (component: Component): string => `${component.kind} ${(component.kind === 'model' ? (component.canonical ?? component.name) : component.name).toLowerCase()}`;

/** `models/yolov8n.onnx` and `yolov8n.onnx` of one line are one file. */
const onePerFile = (hits: readonly Hit[]): Hit[] =>
  [...groupBy(hits, ({ location, args }) => `${location.path}\0${location.line ?? ''}\0${String(args['name']).split('/').at(-1)?.toLowerCase() ?? ''}`).values()].flatMap(([first]) => first ?? []);

/** One finding per model, where its name is first written in code that runs. What only tests and records of runs name, nobody distributes. */
export const restrictedLicence = defineRule({
  id: 'restricted-licence',
  check(input) {
    const candidates = input.inventory.components.filter(
      (component): component is ModelComponent | DatasetComponent => (component.kind === 'model' && !component.unresolved) || component.kind === 'dataset',
    );
    return onePerFile([...groupBy(candidates, identity).values()].flatMap((group): Hit[] => {
      const places = group
        .flatMap((component) => writtenPlaces(component.occurrences).map((occurrence) => ({ component, occurrence })))
        .sort((a, b) => compareLocations(a.occurrence.location, b.occurrence.location));
      const used = places.filter(({ occurrence }) => !isRecord(occurrence.location.path) && !isTestPlace(occurrence.location.path));
      const own = used.filter(({ occurrence }) => !isSideline(occurrence.location.path));
      const first = own.find(({ occurrence }) => !isRecipe(occurrence.location.path)) ?? own[0] ?? used[0];
      const found = first && restriction(input, first.component);
      if (!found) return [];
      const { component, occurrence } = first;
      return [
        {
          location: occurrence.location,
          related: places.filter((other) => other !== first).map((other) => other.occurrence.location),
          component: refOf(component),
          severity: found.nonCommercial ? 'medium' : 'low',
          confidence: confidenceOf(found, component, occurrence) ?? 'medium',
          args: facts({
            name: component.name,
            kind: component.kind,
            licence: found.licence,
            clause: found.clause,
            url: found.url,
            basis: found.source === 'catalogue' ? 'of its family' : found.source,
          }),
        },
      ];
    }));
  },
});
