import type { Verdict } from '../core/component.ts';
import type { Severity } from '../core/severity.ts';
import { defineSection, type RuleFile } from './section.ts';

/** How honest pickles use a name. */
export type PickleUse = 'call' | 'new' | 'ref';

/** What is known of one name. */
export interface PickleName {
  /** Letters of `PickleUse` that honest files show. */
  readonly uses: ReadonlySet<PickleUse>;
  /** Id of the check that a call must pass (`formats/pickle/conditions.ts`). */
  readonly condition?: string;
  readonly danger?: { readonly category: string; readonly severity: Severity };
  /** NEWOBJ and BUILD alone do harm. */
  readonly finalizer?: string;
}

export type ModuleKind =
  | { readonly kind: 'danger'; readonly category: string }
  | { readonly kind: 'library'; readonly library: string }
  | { readonly kind: 'deny' };

/** Text in the state of a class that the class itself executes. */
export interface StateRule {
  readonly verdict: Exclude<Verdict, 'clean'>;
  readonly module: string;
  readonly key: string;
  readonly pattern: RegExp;
}

type Row = readonly string[];

interface Compiled {
  readonly safe: readonly Row[];
  readonly conditional: readonly Row[];
  readonly dangerous: readonly Row[];
  readonly finalizers: readonly Row[];
  readonly modules: readonly Row[];
  readonly compat: readonly Row[];
  readonly state: readonly Row[];
  readonly weightsOnly: readonly Row[];
  readonly code: readonly Row[];
  readonly hostile: readonly Row[];
  readonly stdlib: readonly string[];
}

const COLUMNS = {
  safe: [3],
  conditional: [3],
  dangerous: [4],
  finalizers: [3],
  modules: [3],
  compat: [3, 5],
  state: [4],
  'weights-only': [2],
  code: [3],
  hostile: [2],
} as const;
const USES: ReadonlySet<string> = new Set(['call', 'new', 'ref']);
const MODULE_KINDS: ReadonlySet<string> = new Set(['alias', 'danger', 'plain', 'library', 'deny', 'evaluates']);

const lines = (file: RuleFile): { readonly text: string; readonly number: number }[] =>
  file.text
    .split('\n')
    .map((text, index) => ({ text, number: index + 1 }))
    .filter(({ text }) => text.trim() !== '' && !text.startsWith('#'));

function table(files: readonly RuleFile[], name: keyof typeof COLUMNS): Row[] {
  const file = files.find(({ path }) => path.endsWith(`/${name}.tsv`));
  if (!file) throw new Error(`rules/pickle/${name}.tsv is missing`);
  const allowed: readonly number[] = COLUMNS[name];
  return lines(file).map(({ text, number }) => {
    const row = text.split('\t');
    const problem = !allowed.includes(row.length)
      ? `${row.length} columns`
      : name === 'safe' && !USES.has(row[0] ?? '')
        ? `unknown use ${row[0]}`
        : name === 'modules' && !MODULE_KINDS.has(row[0] ?? '')
          ? `unknown kind ${row[0]}`
          : row.some((cell) => cell.trim() === '')
            ? 'empty column'
            : undefined;
    if (problem) throw new Error(`${file.path}:${number}: ${problem}`);
    return row;
  });
}

function compile(files: readonly RuleFile[]): Compiled {
  const stdlib = files.find(({ path }) => path.endsWith('/stdlib.txt'));
  if (!stdlib) throw new Error('rules/pickle/stdlib.txt is missing');
  return {
    safe: table(files, 'safe'),
    conditional: table(files, 'conditional'),
    dangerous: table(files, 'dangerous'),
    finalizers: table(files, 'finalizers'),
    modules: table(files, 'modules'),
    compat: table(files, 'compat'),
    state: table(files, 'state'),
    weightsOnly: table(files, 'weights-only'),
    code: table(files, 'code'),
    hostile: table(files, 'hostile'),
    stdlib: lines(stdlib).map(({ text }) => text.trim()),
  };
}

/** Rows of all tables by module; the names in a row are split when the module is first asked for. */
interface ModuleRows {
  readonly safe: Row[];
  readonly conditional: Row[];
  readonly dangerous: Row[];
  readonly finalizers: Row[];
}

interface Draft {
  readonly uses: Set<PickleUse>;
  condition?: string;
  danger?: { readonly category: string; readonly severity: Severity };
  finalizer?: string;
}

/** What is known about Python names in pickles. */
export class PickleKnowledge {
  readonly stdlib: ReadonlySet<string>;
  /** Modules of the standard library whose functions have no effect beyond their result. */
  readonly plain: ReadonlySet<string>;
  readonly stateRules: readonly StateRule[];
  readonly #rows = new Map<string, ModuleRows>();
  readonly #names = new Map<string, ReadonlyMap<string, PickleName>>();
  readonly #kinds = new Map<string, ModuleKind>();
  readonly #evaluating = new Set<string>();
  readonly #aliases = new Map<string, string>();
  readonly #renamedModules = new Map<string, string>();
  readonly #renamedNames = new Map<string, readonly [string, string]>();
  readonly #namesakes = new Map<string, string>();
  readonly #weightsOnly = new Set<string>();
  readonly #codeRoles = new Map<string, 'code' | 'build'>();
  /** Names that pickled code has no honest reason to use. */
  readonly hostileNames: ReadonlySet<string>;
  readonly #hostileCallee: RegExp;
  readonly #enumLike: RegExp;
  readonly #hostileReader: RegExp;
  readonly #hostileText: RegExp;

  constructor(compiled: Compiled) {
    for (const key of ['safe', 'conditional', 'dangerous', 'finalizers'] as const) {
      for (const row of compiled[key]) this.#rowsOf(row.at(-2) ?? '')[key].push(row);
    }
    const plain = new Set<string>();
    for (const [kind = '', argument = '', prefixes = ''] of compiled.modules) {
      for (const prefix of prefixes.split(' ')) {
        if (kind === 'alias') this.#aliases.set(prefix, argument);
        else if (kind === 'plain') plain.add(prefix);
        else if (kind === 'evaluates') this.#evaluating.add(prefix);
        else if (kind === 'danger') this.#kinds.set(prefix, { kind, category: argument });
        else if (kind === 'deny') {
          if (!this.#kinds.has(prefix)) this.#kinds.set(prefix, { kind });
        } else if (!this.#kinds.has(prefix)) this.#kinds.set(prefix, { kind: 'library', library: argument });
      }
    }
    for (const row of compiled.compat) {
      if (row[0] === 'module') this.#renamedModules.set(row[1] ?? '', row[2] ?? '');
      else this.#renamedNames.set(`${row[1]} ${row[2]}`, [row[3] ?? '', row[4] ?? '']);
    }
    for (const [module = '', names = ''] of compiled.weightsOnly)
      for (const name of names.split(' ')) this.#weightsOnly.add(`${module} ${name}`);
    const hostile = new Set<string>();
    for (const [role = '', module = '', names = ''] of compiled.code) {
      for (const name of names.split(' ')) {
        if (role === 'name') hostile.add(name);
        else this.#codeRoles.set(`${module} ${name}`, role === 'code' ? 'code' : 'build');
      }
    }
    this.hostileNames = hostile;
    const patterns = (kind: string): string =>
      compiled.hostile
        .filter(([row]) => row === kind)
        .map(([, pattern]) => pattern)
        .join('|');
    this.#hostileCallee = new RegExp(`^_*(?:${patterns('callee')})$`);
    this.#enumLike = new RegExp(`(?:${patterns('enum')})$`);
    this.#hostileReader = new RegExp(`^_*(?:${patterns('reader')})$`);
    this.#hostileText = new RegExp(patterns('text'));
    this.plain = plain;
    this.stdlib = new Set(compiled.stdlib);
    this.stateRules = compiled.state.map(([verdict, module = '', key = '', pattern = '']) => ({
      verdict: verdict as StateRule['verdict'],
      module,
      key,
      pattern: new RegExp(`^(?:${pattern})$`),
    }));
  }

  /** The module under which names are judged: `nt` is `os`, `numpy._core.multiarray` is `numpy.core.multiarray`. */
  canonicalModule(module: string): string {
    let end = module.length;
    while (end > 0) {
      const alias = this.#aliases.get(module.slice(0, end));
      if (alias !== undefined) return alias + module.slice(end);
      end = module.lastIndexOf('.', end - 1);
    }
    return module;
  }

  /** Exact knowledge of a pair, under its own or its canonical module. */
  name(module: string, name: string): PickleName | undefined {
    return this.#namesOf(module).get(name) ?? this.#aliased(module, name);
  }

  /** The narrowest prefix that says something about the module. */
  module(module: string): ModuleKind | undefined {
    const canonical = this.canonicalModule(module);
    return this.#kindOf(canonical) ?? (canonical === module ? undefined : this.#kindOf(module));
  }

  /**
   * Category of a listed function with the same name elsewhere in the same package: packages
   * export their functions again under shorter and other paths.
   */
  namesake(module: string, name: string): string | undefined {
    if (this.#namesakes.size === 0) {
      for (const [path, rows] of this.#rows) {
        const root = path.split('.', 1)[0] ?? '';
        for (const [category = '', severity, , list = ''] of rows.dangerous) {
          if (severity === 'low' || category === 'denial-of-service') continue;
          for (const listed of list.split(' ')) this.#namesakes.set(`${root} ${listed}`, category);
        }
      }
    }
    return this.#namesakes.get(`${module.split('.', 1)[0]} ${name}`);
  }

  /** Classes of the package take text for an expression, which they evaluate when they are made. */
  evaluatesText(module: string): boolean {
    const dot = module.indexOf('.');
    return this.#evaluating.has(dot < 0 ? module : module.slice(0, dot));
  }

  isStandardLibrary(module: string): boolean {
    const dot = module.indexOf('.');
    return this.stdlib.has(dot < 0 ? module : module.slice(0, dot));
  }

  /** What the reader of protocols 0 to 2 imports for a Python 2 name. */
  renamed(module: string, name: string): readonly [string, string] {
    return this.#renamedNames.get(`${module} ${name}`) ?? [this.#renamedModules.get(module) ?? module, name];
  }

  /** Whether the name makes code objects, or functions and classes of them. */
  codeRole(module: string, name: string): 'code' | 'build' | undefined {
    return this.#codeRoles.get(`${module} ${name}`) ?? this.#codeRoles.get(`${this.canonicalModule(module)} ${name}`);
  }

  /** A function of this name runs, fetches or writes what it is given, wherever it is from. */
  isHostileCallee(name: string): boolean {
    return this.#hostileCallee.test(name.slice(name.lastIndexOf('.') + 1));
  }

  /** A function of this name opens or imports what a text names, wherever it is from. */
  isReader(name: string): boolean {
    return this.#hostileReader.test(name.slice(name.lastIndexOf('.') + 1));
  }

  /** A class of this name is an enumeration, as far as names tell. */
  isEnumLike(name: string): boolean {
    return this.#enumLike.test(name);
  }

  /** Text that is a command or a program. */
  isHostileText(text: string): boolean {
    return this.#hostileText.test(text);
  }

  allowedByWeightsOnly(module: string, name: string): boolean {
    return this.#weightsOnly.has(`${module} ${name}`);
  }

  #aliased(module: string, name: string): PickleName | undefined {
    const canonical = this.canonicalModule(module);
    return canonical === module ? undefined : this.#namesOf(canonical).get(name);
  }

  #kindOf(module: string): ModuleKind | undefined {
    let end = module.length;
    while (end > 0) {
      const kind = this.#kinds.get(module.slice(0, end));
      if (kind) return kind;
      end = module.lastIndexOf('.', end - 1);
    }
    return undefined;
  }

  #rowsOf(module: string): ModuleRows {
    let rows = this.#rows.get(module);
    if (!rows) {
      rows = { safe: [], conditional: [], dangerous: [], finalizers: [] };
      this.#rows.set(module, rows);
    }
    return rows;
  }

  #namesOf(module: string): ReadonlyMap<string, PickleName> {
    const known = this.#names.get(module);
    if (known) return known;
    const rows = this.#rows.get(module);
    const names = new Map<string, Draft>();
    const entry = (name: string): Draft => {
      let found = names.get(name);
      if (!found) {
        found = { uses: new Set() };
        names.set(name, found);
      }
      return found;
    };
    for (const [use, , list = ''] of rows?.safe ?? []) for (const name of list.split(' ')) entry(name).uses.add(use as PickleUse);
    for (const [condition = '', , list = ''] of rows?.conditional ?? [])
      for (const name of list.split(' ')) entry(name).condition = condition;
    for (const [category = '', severity, , list = ''] of rows?.dangerous ?? []) {
      for (const name of list.split(' ')) entry(name).danger = { category, severity: severity as Severity };
    }
    for (const [category = '', , list = ''] of rows?.finalizers ?? []) for (const name of list.split(' ')) entry(name).finalizer = category;
    if (rows) this.#names.set(module, names);
    return names;
  }
}

/** Judgement of pickle imports: `rules/pickle`. */
export const pickleSection = defineSection<Compiled, PickleKnowledge>({
  id: 'pickle',
  sources: ['pickle'],
  compile,
  index: (compiled) => new PickleKnowledge(compiled),
});
