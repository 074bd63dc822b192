/** Data of `rules/detect`, as the asset holds it. */
import type { DatasetComponent, ModelOrigin, ModelRole } from '../../core/component.ts';
import type { LanguageId } from '../../lang/facts.ts';

/** Position, keyword, or dotted path into an options object; the first that is given counts. */
export type ArgSpec = readonly (number | string)[];

export interface ModelYield {
  readonly origin?: ModelOrigin;
  readonly role?: ModelRole;
  /** The last name of the callee is the model (`torchvision.models.resnet50`); `owner`: the one before it (`pipelines.HUBERT_BASE.get_model`). */
  readonly callee?: boolean | 'owner';
  /** The argument is a constant of the library, and its name the model's (`SupportedModels.MoveNet`). */
  readonly constant?: boolean;
  /** Name from what is written: `whisper-{}`. Unwritten names keep as they are. */
  readonly rename?: string;
  /** Names for which `rename` counts. */
  readonly short?: readonly string[];
  /** What the library takes when nothing is given. */
  readonly default?: string;
  /** The value certainly is a model id; without it, the recogniser must agree. */
  readonly certain?: boolean;
  /** Write a `model-load` observation. */
  readonly load?: boolean;
  readonly part?: string;
  readonly hub?: string;
}

export interface DatasetYield {
  readonly origin: DatasetComponent['origin'];
  readonly callee?: boolean;
  /** Prefix of the callee's name that is not the dataset's. */
  readonly strip?: string;
  /** Only where the project trains or evaluates, and the path is a file of it. */
  readonly trained?: boolean;
  /** A folder may be given, too: what lies in it is the data set. `indexed`: only by a program that indexes texts. */
  readonly folder?: 'any' | 'indexed';
  /** An address may be given, too: the page is the data set. */
  readonly pages?: true;
}

/** A cloud resource that a program declares. */
export interface InfraYield {
  /** Type of the resource, as a template of its system names it; `{}` is the name of the class. Absent: only its attributes count. */
  readonly type?: string;
  /** What of the class's name is not the resource's (a regular expression). */
  readonly strip?: string;
  readonly reads?: 'attributes';
}

/** One detection: these calls mean that. */
export interface DetectRule {
  readonly id: string;
  readonly languages: readonly LanguageId[];
  /**
   * Callee paths. `**` stands for any number of names: `transformers.**.from_pretrained`,
   * `**.chat.completions.create` (any receiver). `x()` is an object of `x`.
   */
  readonly calls: readonly string[];
  readonly args?: Readonly<Record<string, ArgSpec>>;
  /** The rule holds only if the argument (a key of `args`) has one of these values. */
  readonly when?: Readonly<Record<string, readonly (string | boolean)[]>>;
  /** The rule does not hold if the argument has one of these values (`null` for None). */
  readonly unless?: Readonly<Record<string, readonly (string | boolean | null)[]>>;
  /** The rule holds only if one of these arguments is given. */
  readonly given?: readonly string[];
  /** The rule does not hold if one of these arguments is given. */
  readonly without?: readonly string[];
  /** Slug of the provider that the call talks to. */
  readonly service?: string;
  /** The service follows from the prefix or family of the model id. */
  readonly routed?: boolean;
  readonly model?: ModelYield;
  readonly dataset?: DatasetYield;
  readonly store?: string;
  readonly infra?: InfraYield;
  /** Framework of an agent; `args.name` holds its name, then `args.role`. */
  readonly agent?: string;
  readonly mcpServer?: 'python' | 'typescript' | 'dotnet' | 'gradio' | 'other';
  /**
   * Given the commands and URLs of MCP servers: a `client` of them; `tools`, an API that is told of some among
   * other tools; `process`, a start of any program.
   */
  readonly mcpClient?: 'client' | 'tools' | 'process';
  /** The decorated function or wrapped callable is a tool of this framework. */
  readonly tool?: string;
  /** Runs a command or code that it is given on the host. Matters inside a tool's function, or for a tool that is nothing else (`tool`). */
  readonly runs?: 'host';
  /** `args.path` is a file with a prompt, if its path says so. */
  readonly reads?: 'file';
  /** Declares a command-line option or a setting with a default: `args.name`, `args.default`. */
  readonly declares?: 'option';
  /** `args.url` is fetched. */
  readonly fetches?: boolean;
  /** Programs of every kind make this call: it counts in a file that is read for something else. */
  readonly casual?: true;
  /** Loads code-carrying data; `args` by fact name. */
  readonly deserializes?: boolean;
}

export interface ExampleOf {
  readonly language?: LanguageId;
  readonly code: string;
  /** Other files of the tree. */
  readonly files?: readonly string[];
  /** `kind name` of every component that the code yields through this rule; `observation type`. */
  readonly finds?: readonly string[];
}

/** A rule file's entry: the rule and what proves it. */
export interface RuleEntry extends DetectRule {
  readonly title?: string;
  readonly good: readonly ExampleOf[];
  readonly bad: readonly ExampleOf[];
}

/** Words and lists that are not calls. */
export interface DetectVocabulary {
  /** Module prefixes that are re-exports: `tensorflow.keras` is `keras`. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Methods of provider clients that take a model. */
  readonly methods: readonly string[];
  /** Keywords that carry a model id, a base URL, a credential in calls of provider clients. */
  readonly keys: { readonly model: ArgSpec; readonly baseUrl: ArgSpec; readonly apiKey: ArgSpec };
  /** Starts of model ids worth a look wherever they stand. */
  readonly stems: readonly string[];
  /** Words that a file must hold to be worth parsing, beside module names and stems. */
  readonly words: readonly string[];
  /** Module roots that say nothing by themselves: the standard library, general tools, namespaces of many vendors. */
  readonly commonRoots: readonly string[];
  /** Modules whose import says that a project trains or evaluates models. */
  readonly training: readonly string[];
  /** Providers whose clients do not call a service by that name. */
  readonly skipProviders: readonly string[];
  /** Search services that are known for vectors although they do more: their plain client counts. */
  readonly vectorDatabases: readonly string[];
  /** Client calls that run in the process. */
  readonly inProcess: readonly string[];
  /** Words of a path that is a prompt. */
  readonly promptPaths: readonly string[];
  readonly dataExtensions: readonly string[];
  /** Constants of SDKs whose name does not spell the model id that they hold. */
  readonly constants: Readonly<Record<string, string>>;
}

export interface DetectAsset {
  readonly rules: readonly DetectRule[];
  readonly vocabulary: DetectVocabulary;
  /** Names of stores by slug. */
  readonly titles: Readonly<Record<string, string>>;
  /** Prefix of a model id with its slash or colon → provider, for libraries that route by it. */
  readonly routes: Readonly<Record<string, string>>;
  /** Stores that are also services: somebody else runs them. */
  readonly hostedStores: readonly string[];
}
