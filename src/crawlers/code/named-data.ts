import type { DatasetComponent } from '../../core/component.ts';
import type { Mention } from '../../core/mention.ts';
import { isTestPath } from '../../resolve/places.ts';
import type { Unit } from '../../resolve/unit.ts';
import { occurrence, type Context } from './context.ts';
import { isDataName, isInTests, OTHER_FILE } from './data-files.ts';
import { fileOf } from './files.ts';
import { WRITES } from './mentions.ts';
import type { Neighbours } from './neighbours.ts';

/** Formats of records, which people keep for learning and evaluating. */
const RECORDS = /\.(?:jsonl|ndjson|parquet|arrow|feather|tfrecords?|arff|libsvm)$/i;
const TABLES = /\.(?:csv|tsv|xlsx?)$/i;
/** Arrays hold data, and as often what an algorithm is made of. */
const ARRAYS = /\.(?:npz|npy)$/i;
const DOCUMENTS = /\.(?:pdf|docx?|pptx?|epub)$/i;
const TEXTS = /\.(?:txt|mdx?|rst|html?|json)$/i;

/** Words of names, with the words apart: `evalData`, `EVAL_DATA` and `eval-data` are one. */
const wordsOf = (name: string): string =>
  ` ${name
    .replaceAll(/([a-z0-9])(?=[A-Z])/g, '$1 ')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()} `;
/** What a run leaves behind, what describes data, what a program remembers. */
const LEFT =
  / (?:out|output|outputs|result|results|pred|preds|prediction|predictions|log|logs|report|reports|metric|metrics|score|scores|history|trace|traces|cache|cached|checkpoint|checkpoints|dump|export|exports|session|sessions|audit|usage|event|events|feedback|state|memory|tmp|temp|backup|archive|config|schema|manifest|package|requirements|settings|labels|classes|columns|licen[cs]e|readme|changelog|security|contributing|conduct|codeowners|notice|authors|todo|banner|robots|vocab|tokenizer|merges|stopwords|index|snapshot|baseline|submission|saved|transcripts?) /;
/** What models are trained and judged on, and what they answer from. */
const LEARNT =
  / (?:eval|evals|evaluation|golden|gold|ground truth|benchmark|train|training|finetune|finetuning|fine tune|fine tuning|validation|testset|test (?:set|data|cases|questions|queries)|qa|qna|faq|faqs|knowledge(?: base)?|corpus|corpora|dataset|datasets|data set|few shots?|test questions|instructions? data) /;
const QUESTIONS = / (?:questions?|answers?|queries|references) /;
/** Calls whose argument is read as data. */
const READS =
  /(?:^|[._])(?:open|read\w*|load\w*|ingest\w*|index\w*|import\w*|parse\w*|fetch\w*|from_\w+|prepare\w*|preprocess\w*|process\w*|get\w*|add\w*|embed\w*|chunk\w*|extract\w*|upload\w*|train\w*|fit\w*|evaluate\w*|\w*(?:Dataset|DataModule|DataLoader|Loader|Reader|Corpus)|\w*Path|of|join|File\w*|Resource\w*|partition\w*)$/i;
/** Pages, which show data, and hidden folders, which tools keep. */
const APART = /\.html?$|(?:^|\/)\.[^/]+\//i;
/** Calls that tell people of a file. */
const TOLD = /(?:^|[._])(?:markdown|print\w*|log|info|debug|warn(?:ing)?|error|echo|title|caption|subheader|help)$/i;
const LEFT_OUT = /exclude|ignore|skip/i;
/** A unit that cuts texts or puts them into an index. */
const INDEXES =
  /text_?splitter|vector_?store|faiss|chroma|qdrant|pinecone|weaviate|milvus|lancedb|pgvector|document_?loader|llama_?index|haystack|KernelMemory|langchain4j\.data|search\.documents|ai\.(?:reader|transformer|vectorstore)/i;

/** Data that somebody names: a program, a command or a configuration gives its path, and the tree holds it. */
export function detectNamedData(context: Context, units: readonly Unit[]): void {
  const judge = new Judge(context, units);
  if (!judge.learns && !judge.asks) return;
  const known = new Set(context.components.flatMap((component) => (component.kind === 'dataset' ? [component.name] : [])));
  for (const mention of [...context.mentions, ...context.project.found.flatMap(({ mentions }) => mentions ?? []), ...settings(context)]) {
    const { path } = mention.location;
    if (
      (isTestPath(path) && !path.endsWith('.ipynb')) ||
      APART.test(path) ||
      isCitation(mention) ||
      TOLD.test(mention.callee ?? '') ||
      LEFT_OUT.test(mention.key ?? '')
    )
      continue;
    const file = fileOf(context, mention.text, mention.location);
    if (file === undefined || known.has(file) || !judge.isNear(file, mention) || !judge.isData(file, mention)) continue;
    known.add(file);
    const component: DatasetComponent = {
      kind: 'dataset',
      name: file,
      origin: 'file',
      occurrences: [occurrence(mention.location, mention.key ?? mention.callee, 'medium')],
    };
    context.components.push(component);
  }
}

/** Values of configuration that are paths of records, or of documents under a key of a path: other files are read with their keys. */
const settings = (context: Context): readonly Mention[] =>
  context.project.settings.flatMap(({ name, value, location }) => {
    if (value.length > 240 || /[\s*?]/.test(value)) return [];
    const [key = '', above = ''] = name.split('.').reverse();
    const said = /^(?:classpath|file):/.test(value) || HOLDS_PATH.test(key);
    const readable = READABLE.test(value) || (/\.json$/i.test(value) && LEARNT.test(wordsOf(value.slice(value.lastIndexOf('/') + 1))));
    return RECORDS.test(value) || (readable && said && !PROMPT.test(`${above} ${key}`)) ? [{ text: value, location, key }] : [];
  });
/** A key of configuration for what is read: `app.faq.file`, `ingest.path`. */
const HOLDS_PATH = /(?:file|path|document|docs?|source|resource|location|corpus|knowledge|dataset)s?$/i;
const READABLE = /\.(?:csv|tsv|xlsx?|pdf|docx?|pptx?|epub|txt|mdx?|rst|html?)$/i;

/** `metadata: {source: "faq.txt"}` beside a text in the code: where the text is said to come from. */
const isCitation = ({ key, callee }: Mention): boolean =>
  /^(?:source|citation|title|reference|href)$/i.test(key ?? '') && (callee === undefined || callee.endsWith('Document'));

class Judge {
  /** The program trains or evaluates models of its own. */
  readonly learns: boolean;
  /** It calls models. */
  readonly asks: boolean;
  /** Where the program looks things up by what they mean. */
  readonly #lookUps: readonly string[];
  readonly #neighbours: Neighbours;
  readonly #units: ReadonlyMap<string, Unit>;

  constructor(context: Context, units: readonly Unit[]) {
    const components = [...context.components, ...context.project.found.flatMap((discovery) => discovery.components ?? [])];
    this.learns = units.some((unit) => context.trains(unit));
    this.asks = components.some(
      ({ kind, occurrences }) => kind === 'model' && occurrences.some(({ location }) => !isTestPath(location.path)),
    );
    const index = components.filter(
      (component) => component.kind === 'vector-store' || (component.kind === 'model' && component.role === 'embedding'),
    );
    this.#lookUps = index.flatMap(({ occurrences }) => occurrences.map(({ location }) => location.path));
    this.#neighbours = context.neighbours;
    this.#units = new Map(units.map((unit) => [unit.path, unit]));
  }

  /** A repository of many programs has one that indexes and others that do not. */
  #looksUpAt(path: string): boolean {
    return this.#lookUps.some((other) => this.#neighbours.together(path, other));
  }

  /** A name without a folder may be that of a file of another program. */
  isNear(file: string, { text, location }: Mention): boolean {
    return text.includes('/') || this.#neighbours.together(file, location.path);
  }

  isData(file: string, { key, callee, location }: Mention): boolean {
    const name = wordsOf(file.slice(file.lastIndexOf('/') + 1));
    const keyWords = wordsOf(key ?? '');
    if (
      OTHER_FILE.test(file) ||
      LEFT_IN.test(file) ||
      LEFT.test(name) ||
      LEFT.test(keyWords) ||
      WRITES.test(callee ?? '') ||
      isInTests(file)
    )
      return false;
    const unit = this.#units.get(location.path);
    const said = isDataName(key ?? '') || LEARNT.test(name) || LEARNT.test(keyWords);
    const read = READS.test(callee ?? '') || said;
    // A command or a configuration names what is used.
    if (RECORDS.test(file))
      return this.learns || read || JUDGES.test(location.path) || unit === undefined || unit.facts.language === 'shell';
    // A program that looks things up is configured with what it puts into its index.
    if (unit === undefined && callee === undefined && READABLE.test(file) && !RECORDS.test(file) && !PROMPT.test(`${file} ${key ?? ''}`))
      return this.#looksUpAt(location.path) || (read && this.learns);
    if (ARRAYS.test(file)) return said && this.learns;
    if (TABLES.test(file))
      return (
        (read && (this.learns || LEARNT.test(name) || LEARNT.test(keyWords))) ||
        (unit !== undefined && indexes(unit) && this.#looksUpAt(location.path))
      );
    if (DOCUMENTS.test(file)) return unit !== undefined && (indexes(unit) || this.#looksUpAt(location.path));
    if (!TEXTS.test(file)) return false;
    if (LEARNT.test(name) || LEARNT.test(keyWords)) return read && !PROMPT.test(file) && !PROMPT.test(key ?? '');
    // A notebook reads what lies in a folder for data to try models on it.
    if (/\.json$/i.test(file) && NOTEBOOK.test(location.path) && IN_DATA.test(file)) return read && !PROMPT.test(file);
    if (QUESTIONS.test(name)) return read && /eval|test|bench/i.test(location.path);
    return (
      (callee === undefined || READS.test(callee)) &&
      this.#lookUps.length > 0 &&
      unit !== undefined &&
      indexes(unit) &&
      !/\.json$|prompt|system|template|instruction/i.test(file)
    );
  }
}

const NOTEBOOK = /\.ipynb$|(?:^|\/)notebooks?\//i;
const IN_DATA = /(?:^|\/)data(?:_?sets?)?\//i;
/** Programs that judge models. */
const JUDGES = /(?:^|[/_-])(?:evals?|evaluations?|evaluators?|bench(?:marks?|marking)?)(?=[/_.-])/i;
const PROMPT = /prompt|instruction|template|system[-_]?message|persona/i;
/** Folders for what runs write. */
const LEFT_IN =
  /(?:^|\/)(?:reports?|outputs?|results?|logs?|predictions?|metrics|checkpoints?|mlruns|wandb|htmlcov|coverage|dist|build)\//i;

/** Whether a file cuts texts or puts them into an index, as far as its imports say. */
export const indexes = (unit: Unit): boolean =>
  unit.facts.imports.some(({ module, name }) => INDEXES.test(module) || INDEXES.test(name ?? ''));
