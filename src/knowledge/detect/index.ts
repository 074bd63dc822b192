import type { LanguageId } from '../../lang/facts.ts';
import { lastName, matchesPattern, wildcard, type Pattern } from './paths.ts';
import type { DetectAsset, DetectRule } from './shapes.ts';

/** Look-ups of the detection rules: their number does not matter to the cost of one call. */
export interface DetectIndex {
  readonly asset: DetectAsset;
  /** Last names of callees that some rule of the language matches. */
  callNames(language: LanguageId): ReadonlySet<string>;
  /** Rules whose calls match a resolved callee path. */
  match(language: LanguageId, path: string): readonly DetectRule[];
  /** Whether a string deserves a look wherever it stands. */
  readonly stem: RegExp;
  /** Modules whose import makes a file worth parsing. */
  modules(language: LanguageId): ReadonlySet<string>;
  /** Roots of qualified names, for languages that use them without an import. */
  qualified(language: LanguageId): RegExp | undefined;
  /** Calls of methods with a long name, which count on any receiver: `.AddOpenAIChatCompletion(`. */
  longCall(language: LanguageId): RegExp | undefined;
  /** Words that make a file worth parsing in any language. */
  readonly words: readonly RegExp[];
}

interface Wild {
  readonly pattern: Pattern;
  readonly rule: DetectRule;
}

interface LanguageIndex {
  readonly modules: Set<string>;
  readonly longNames: Set<string>;
  longCall?: RegExp | undefined;
  qualified?: RegExp | undefined;
  readonly names: Set<string>;
  readonly exact: Map<string, DetectRule[]>;
  /** By last name, then by first name of the prefix (`''` for any receiver). */
  readonly wild: Map<string, Map<string, Wild[]>>;
}

const firstName = (path: string): string =>
  path.startsWith('@') ? (/^@[^/#.]+/.exec(path)?.[0] ?? '') : (/^[^.#/(]*/.exec(path)?.[0] ?? '');
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

export function indexDetect(asset: DetectAsset): DetectIndex {
  const common = new Set(asset.vocabulary.commonRoots);
  const byLanguage = new Map<LanguageId, LanguageIndex>();
  // A tree has few languages, and no rule of the others is looked at.
  const indexOf = (language: LanguageId): LanguageIndex => {
    let index = byLanguage.get(language);
    if (!index) byLanguage.set(language, (index = indexLanguage(asset.rules, language, common)));
    return index;
  };
  const aliases = Object.entries(asset.vocabulary.aliases);
  const canonical = (path: string): string => {
    for (const [from, to] of aliases)
      if (path.startsWith(from) && /[.#(]|^$/.test(path[from.length] ?? '')) return to + path.slice(from.length);
    return path;
  };

  return {
    asset,
    callNames: (language) => indexOf(language).names,
    match(language, written) {
      const index = indexOf(language);
      const path = canonical(written);
      const found = [...(index.exact.get(path) ?? [])];
      const buckets = index.wild.get(lastName(path));
      if (buckets) {
        for (const bucket of new Set([firstName(path), '']))
          for (const wild of buckets.get(bucket) ?? [])
            if (matchesPattern(path, wild.pattern) && !found.includes(wild.rule)) found.push(wild.rule);
      }
      return found;
    },
    stem: new RegExp(`^(?:${asset.vocabulary.stems.join('|')})`, 'i'),
    modules: (language) => indexOf(language).modules,
    qualified: (language) => (indexOf(language).qualified ??= qualifiedIn(language, indexOf(language).modules)),
    longCall: (language) => (indexOf(language).longCall ??= longCallOf(indexOf(language).longNames)),
    words: asset.vocabulary.words.map((word) => new RegExp(word)),
  };
}

const longCallOf = (names: ReadonlySet<string>): RegExp | undefined =>
  names.size === 0 ? undefined : new RegExp(String.raw`\.(?:${[...names].join('|')})[ \t]*[(<]`);

function indexLanguage(rules: readonly DetectRule[], language: LanguageId, common: ReadonlySet<string>): LanguageIndex {
  const index: LanguageIndex = { modules: new Set(), longNames: new Set(), names: new Set(), exact: new Map(), wild: new Map() };
  for (const rule of rules) {
    if (!rule.languages.includes(language)) continue;
    const naming = finds(rule);
    for (const path of rule.calls) {
      const name = lastName(path);
      index.names.add(name);
      // `reader = PDFReader()`: what a method is called on may be held by a variable.
      for (const [made] of path.matchAll(/[A-Z]\w*(?=\(\))/g)) index.names.add(made);
      const pattern = wildcard(path);
      if (naming) {
        if (pattern?.prefix === '') {
          if (/^\w{12,}$/.test(name) && /[a-z][A-Z]|_/.test(name)) index.longNames.add(name);
        } else for (const module of modulesOf(pattern?.prefix ?? path, common)) index.modules.add(module);
      }
      if (!pattern) {
        addTo(index.exact, path, rule);
        continue;
      }
      let buckets = index.wild.get(name);
      if (!buckets) index.wild.set(name, (buckets = new Map()));
      addTo(buckets, firstName(pattern.prefix), { pattern, rule });
    }
  }
  return index;
}

function addTo<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

const QUALIFIED: ReadonlySet<LanguageId> = new Set(['rust', 'ruby', 'php']);

function qualifiedIn(language: LanguageId, modules: ReadonlySet<string>): RegExp | undefined {
  if (!QUALIFIED.has(language) || modules.size === 0) return undefined;
  const roots = [...modules].map((module) =>
    module
      .split('.')
      .map(escape)
      .join(String.raw`(?:::|\\|\.)`),
  );
  return new RegExp(String.raw`\b(?:${roots.join('|')})(?:::|\\|\.\w)`);
}

/** Rules that name something; those that read options and files only help them. */
const finds = (rule: DetectRule): boolean =>
  rule.casual !== true &&
  Boolean(
    rule.service ??
    rule.model ??
    rule.dataset ??
    rule.store ??
    rule.infra?.type ??
    rule.agent ??
    rule.mcpServer ??
    rule.mcpClient ??
    rule.tool ??
    rule.deserializes,
  );

/** Module names to look for in imports: the root, or two and three parts where many vendors share it. */
function modulesOf(path: string, common: ReadonlySet<string>): readonly string[] {
  const hash = path.indexOf('#');
  if (hash >= 0) {
    const module = path.slice(0, hash);
    return common.has(module) ? [] : [module];
  }
  if (path.startsWith('@') || path.includes('/')) return [path];
  const parts = path.replaceAll('()', '').split('.');
  const [root = ''] = parts;
  if (!common.has(root)) return [root];
  const deep = /^(?:com|org|net|io|dev|tech|software|System)$/.test(root) || parts[1] === 'Extensions' ? 3 : 2;
  return parts.length > deep || (parts.length === deep && /^[a-z]/.test(parts.at(-1) ?? '')) ? [parts.slice(0, deep).join('.')] : [];
}
