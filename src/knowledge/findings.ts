import { Ajv, type ErrorObject } from 'ajv';
import { LineCounter, parseDocument } from 'yaml';
import type { Facts } from '../core/observation.ts';
import type { Confidence, Severity } from '../core/severity.ts';
import { defineSection, type RuleFile } from './section.ts';

export const FRAMEWORKS = ['owasp-llm', 'owasp-agentic', 'mitre-atlas', 'nist-ai-rmf', 'eu-ai-act'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

export type FindingCategory =
  | 'loading'
  | 'artifact'
  | 'integrity'
  | 'library'
  | 'service'
  | 'agent'
  | 'infrastructure'
  | 'governance'
  | 'policy';

/** An entry of a framework that a rule maps to, with the page that says so. */
export interface FrameworkItem {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

/** A small tree: path → text, or bytes where no text can say it. */
export type ExampleTree = Readonly<Record<string, string | { readonly base64: string }>>;

/** Everything that people read about a rule. */
export interface FindingText {
  readonly id: string;
  readonly title: string;
  /** Template: `{name}` is replaced by `args.name`; `[[… {name} …]]` is left out where it has no value. */
  readonly message: string;
  readonly category: FindingCategory;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** `low`: a finding in a test, an example or documentation is never above `low`. */
  readonly tests: 'low' | 'same';
  readonly why: string;
  readonly remediation: string;
  readonly cwe: readonly number[];
  readonly mappings: Readonly<Partial<Record<Framework, readonly FrameworkItem[]>>>;
  readonly references: readonly string[];
  /** Data of the rule itself: names, thresholds. */
  readonly parameters: Facts;
  readonly examples: { readonly bad: readonly ExampleTree[]; readonly good: readonly ExampleTree[] };
}

export interface Findings {
  readonly ids: readonly string[];
  has(id: string): boolean;
  /** Throws for an id that no file describes: that is a bug, never input. */
  get(id: string): FindingText;
}

type Compiled = readonly FindingText[];
type FrameworkFile = Readonly<
  Record<string, { readonly items: Readonly<Record<string, { readonly title: string; readonly url: string }>> }>
>;
type Source = Omit<FindingText, 'mappings' | 'tests' | 'parameters' | 'cwe'> & {
  readonly tests?: 'low' | 'same';
  readonly cwe?: readonly number[];
  readonly parameters?: Facts;
  readonly mappings?: Readonly<Record<string, readonly string[]>>;
};

const SCHEMA = 'findings/schema.json';
const FRAMEWORK_FILE = 'frameworks.yaml';

function parse(file: RuleFile): unknown {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines, uniqueKeys: true });
  const [error] = document.errors;
  if (error) throw new Error(`${file.path}:${lines.linePos(error.pos[0]).line}: ${error.message}`);
  return document.toJS();
}

const explain = (errors: readonly ErrorObject[] | null | undefined): string =>
  (errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? ''}`).join('; ');

function resolveMappings(file: RuleFile, source: Source, frameworks: FrameworkFile): FindingText['mappings'] {
  const entries = FRAMEWORKS.flatMap((framework) => {
    const ids = source.mappings?.[framework];
    if (!ids) return [];
    const items = ids.map((id) => {
      const item = frameworks[framework]?.items[id];
      if (!item) throw new Error(`${file.path}: ${framework} has no item ${id} in ${FRAMEWORK_FILE}`);
      return { id, title: item.title, url: item.url };
    });
    return [[framework, items] as const];
  });
  return Object.fromEntries(entries);
}

function compile(files: readonly RuleFile[]): Compiled {
  const schema = files.find((file) => file.path === SCHEMA);
  const frameworkFile = files.find((file) => file.path === FRAMEWORK_FILE);
  if (!schema || !frameworkFile) throw new Error(`${SCHEMA} and ${FRAMEWORK_FILE} must be there`);
  const validate = new Ajv({ allErrors: true }).compile<Source>(JSON.parse(schema.text) as object);
  const frameworks = parse(frameworkFile) as FrameworkFile;
  return files
    .filter((file) => file.path.startsWith('findings/') && file.path.endsWith('.yaml'))
    .map((file) => {
      const source = parse(file);
      if (!validate(source)) throw new Error(`${file.path}: ${explain(validate.errors)}`);
      if (file.path !== `findings/${source.id}.yaml`) throw new Error(`${file.path}: the file must be named after its id ${source.id}`);
      return {
        ...source,
        why: source.why.trim(),
        remediation: source.remediation.trim(),
        tests: source.tests ?? 'low',
        cwe: source.cwe ?? [],
        parameters: source.parameters ?? {},
        mappings: resolveMappings(file, source, frameworks),
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export const findingsSection = defineSection<Compiled, Findings>({
  id: 'findings',
  sources: ['findings', FRAMEWORK_FILE],
  compile,
  index(compiled) {
    const byId = new Map(compiled.map((text) => [text.id, text]));
    return {
      ids: compiled.map((text) => text.id),
      has: (id) => byId.has(id),
      get(id) {
        const text = byId.get(id);
        if (!text) throw new Error(`rules/findings has no text for ${id}`);
        return text;
      },
    };
  },
});
