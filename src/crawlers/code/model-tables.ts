import type { DictEntry, Expr, StringExpr } from '../../lang/facts.ts';
import { datasetsSection } from '../../knowledge/datasets.ts';
import { modelsSection, recogniseModel } from '../../knowledge/models.ts';
import { wordsOf } from '../../knowledge/models/keys.ts';
import { HUB_ID } from '../../knowledge/models/hub-id.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, occurrence, placeIn, type Context } from './context.ts';
import type { Neighbours } from './neighbours.ts';

type Dict = Extract<Expr, { kind: 'dict' }>;

/** `embedding_model_dict`, `GROQ_MODELS`, `llm_map`: the last words of a table's name, in the singular. */
const MODELS = new Set('model llm embedding embedder encoder reranker vlm checkpoint backbone'.split(' '));
const TABLE = new Set(
  'dict map mapping table registry zoo catalog catalogue list name id path repo hub option choice config info preset variant size alias available supported all by default'.split(
    ' ',
  ),
);
/** What one sees of a model in the choice that a program offers. */
const TITLE = /^(?:name|label|title|(?:display|human|pretty|friendly|short)_?name|description|desc)$/i;
/** What of an entry names the model. */
const ID =
  /^(?:model|model_?(?:name|id|path)|id|repo|repo_?id|hf_?(?:id|repo|name|model|path|model_?id)|path|checkpoint|huggingface_?(?:id|repo|name)|pretrained_?model_?name(?:_?or_?path)?)$/i;

/** A table with more entries is data. */
const MAX_ENTRIES = 200;
/** Tables of tables: providers or families, their models, what is told of each. */
const MAX_DEPTH = 3;

const singular = (word: string): string => word.replace(/(?:es(?<=hes|xes)|s)$/, '');

function namesModels(target: string): boolean {
  const words = wordsOf(target.replace(/^self\./, '')).map(singular);
  for (let at = words.length - 1; at >= 0; at -= 1) {
    const word = words[at] ?? '';
    if (MODELS.has(word)) return at < words.length - 1 || /s$/i.test(target);
    if (!TABLE.has(word)) return false;
  }
  return false;
}

interface Table {
  readonly unit: Unit;
  readonly target: string;
  readonly dict: Dict;
}

/** Tables from which a program takes its models: names of ids on the Hub, ids with what people read of them. */
export class ModelTables {
  readonly #neighbours: Neighbours;
  readonly #tables: readonly Table[];
  readonly #aliases = new Map<string, Set<Unit>>();
  readonly #titles = new Set<string>();

  constructor(units: readonly Unit[], neighbours: Neighbours) {
    this.#neighbours = neighbours;
    this.#tables = units.flatMap((unit) =>
      isTest(unit)
        ? []
        : unit.facts.assigns.flatMap(({ target, value }) =>
            value.kind === 'dict' && namesModels(target) ? tablesIn({ unit, target, dict: value }) : [],
          ),
    );
    for (const { unit, dict } of this.#tables)
      for (const { key, value } of dict.entries) {
        const id =
          value.kind === 'dict' ? value.entries.find((entry) => entry.key.kind === 'string' && ID.test(entry.key.value))?.value : value;
        if (key.kind !== 'string' || id?.kind !== 'string' || key.value.includes('/') || !HUB_ID.test(id.value.trim())) continue;
        const known = this.#aliases.get(key.value);
        if (known) known.add(unit);
        else this.#aliases.set(key.value, new Set([unit]));
      }
  }

  /** A name that a table near the file gives to another id: `"ChatGLM-6B": "THUDM/chatglm-6b"`. */
  isAlias(unit: Unit, text: string): boolean {
    for (const { path } of this.#aliases.get(text) ?? []) if (this.#neighbours.together(path, unit.path)) return true;
    return false;
  }

  /** The title of an entry stands there. */
  isTitle({ path }: Unit, line: number, text: string): boolean {
    return this.#titles.has(`${path}:${line}:${text}`);
  }

  /** Adds what the tables of a program of AI name. */
  detect(context: Context): void {
    const ofAi = context.components.length > 0 || context.project.found.some(({ components = [] }) => components.length > 0);
    for (const { unit, target, dict } of this.#tables) {
      // A program without AI keeps models of something else.
      if (!ofAi && !context.trains(unit)) continue;
      for (const { key, value } of dict.entries) {
        if (value.kind === 'string') addOnHub(context, unit, target, value);
        else if (key.kind === 'string' && value.kind === 'dict') {
          const titles = value.entries.flatMap((entry) =>
            entry.key.kind === 'string' && TITLE.test(entry.key.value) && entry.value.kind === 'string' ? [entry.value] : [],
          );
          if (titles.length === 0 || !addOffered(context, unit, target, key)) continue;
          for (const title of titles) this.#titles.add(`${unit.path}:${title.line}:${title.value}`);
        }
      }
    }
  }
}

/** The table, and those in it: of providers or families, not what is told of one model. */
function tablesIn(table: Table, depth = 1): Table[] {
  const { entries } = table.dict;
  if (entries.length > MAX_ENTRIES) return [];
  const inner = entries.flatMap(({ value }) => (value.kind === 'dict' && !value.entries.some(isProperty) ? [value] : []));
  return [table, ...(depth < MAX_DEPTH ? inner.flatMap((dict) => tablesIn({ ...table, dict }, depth + 1)) : [])];
}

/** `name`, `tokens`: names of models in a table have digits or hyphens. */
const isProperty = ({ key }: DictEntry): boolean => key.kind === 'string' && !/[\d-]/.test(key.value);

/** `"bge-m3": "BAAI/bge-m3"` */
function addOnHub(context: Context, unit: Unit, target: string, { value, line, column }: StringExpr): void {
  const text = value.trim();
  const owner = HUB_ID.exec(text)?.[1];
  const models = context.knowledge.get(modelsSection);
  if (owner === undefined || models.isPathOwner(owner) || context.project.has(text) || context.folders.has(text)) return;
  // `accounts/user` is a name of a Django model, `checkpoints/last.pt` a file.
  if (FILE.test(text) || !(models.isOrg(owner) || /[-_.\d]/.test(text.slice(owner.length + 1)))) return;
  if (context.knowledge.get(datasetsSection).find(text) !== undefined) return;
  const found = recogniseModel(context.knowledge, text, { position: 'key', key: 'model_id', ai: true });
  if (!found) return;
  const { confidence, ...model } = found;
  const role = found.role ?? models.keys.role(target);
  const occurrences = [occurrence(placeIn(unit, line, column), target, confidence === 'high' ? 'medium' : confidence)];
  context.components.push({ ...model, kind: 'model', ...(role && { role }), occurrences });
}
const FILE = /\.(?:py|json|ya?ml|txt|csv|pt|pth|ckpt|bin|onnx)$/i;

/** `"llama3-8b-8192": {"name": "LLaMA3 8b", "tokens": 8192}`: people choose among the titles, and the key is asked for. */
function addOffered(context: Context, unit: Unit, target: string, { value, line, column }: StringExpr): boolean {
  const provider = serviceOf(context, unit, target);
  const found = /[-:/.\d]/.test(value) ? recogniseModel(context.knowledge, value, { position: 'key', key: 'model', provider }) : undefined;
  if (!found || found.confidence === 'low') return false;
  const { confidence, ...model } = found;
  const occurrences = [occurrence(placeIn(unit, line, column), target, confidence)];
  context.components.push({ ...model, kind: 'model', ...(provider && !model.provider && { provider }), occurrences });
  return true;
}

/** Whom the name of the table says, or the only service of the file. */
function serviceOf({ components, providers }: Context, unit: Unit, target: string): string | undefined {
  const named = wordsOf(target).flatMap((word) => providers.byWord(word) ?? []);
  const here = components.flatMap(({ kind, name, occurrences }) =>
    kind === 'service' && occurrences.some(({ location }) => location.path === unit.path) ? [name] : [],
  );
  return named[0] ?? (new Set(here).size === 1 ? here[0] : undefined);
}
