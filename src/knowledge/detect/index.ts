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
  readonly prefilter: RegExp;
}

interface Wild {
  readonly pattern: Pattern;
  readonly rule: DetectRule;
}

interface LanguageIndex {
  readonly names: Set<string>;
  readonly exact: Map<string, DetectRule[]>;
  /** By last name, then by first name of the prefix (`''` for any receiver). */
  readonly wild: Map<string, Map<string, Wild[]>>;
}

const firstName = (path: string): string => (path.startsWith('@') ? (/^@[^/#.]+/.exec(path)?.[0] ?? '') : (/^[^.#/(]*/.exec(path)?.[0] ?? ''));
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

export function indexDetect(asset: DetectAsset): DetectIndex {
  const byLanguage = new Map<LanguageId, LanguageIndex>();
  const indexOf = (language: LanguageId): LanguageIndex => {
    let index = byLanguage.get(language);
    if (!index) byLanguage.set(language, (index = { names: new Set(asset.vocabulary.methods), exact: new Map(), wild: new Map() }));
    return index;
  };
  for (const rule of asset.rules) {
    for (const language of rule.languages) {
      const index = indexOf(language);
      for (const path of rule.calls) {
        const name = lastName(path);
        index.names.add(name);
        const pattern = wildcard(path);
        if (!pattern) {
          index.exact.set(path, [...(index.exact.get(path) ?? []), rule]);
          continue;
        }
        let buckets = index.wild.get(name);
        if (!buckets) index.wild.set(name, (buckets = new Map()));
        const bucket = firstName(pattern.prefix);
        const list = buckets.get(bucket);
        if (list) list.push({ pattern, rule });
        else buckets.set(bucket, [{ pattern, rule }]);
      }
    }
  }
  const aliases = Object.entries(asset.vocabulary.aliases);
  const canonical = (path: string): string => {
    for (const [from, to] of aliases) if (path.startsWith(from) && /[.#(]|^$/.test(path[from.length] ?? '')) return to + path.slice(from.length);
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
        for (const bucket of new Set([firstName(path), ''])) for (const wild of buckets.get(bucket) ?? []) if (matchesPattern(path, wild.pattern) && !found.includes(wild.rule)) found.push(wild.rule);
      }
      return found;
    },
    stem: new RegExp(`^(?:${asset.vocabulary.stems.join('|')})`, 'i'),
    prefilter: prefilterOf(asset),
  };
}

/** One expression over raw bytes: module roots of all rules, starts of model ids, words. */
function prefilterOf(asset: DetectAsset): RegExp {
  const roots = new Set<string>();
  for (const rule of asset.rules) {
    for (const path of rule.calls) {
      const bare = path.replace(/\*\*.*$/, '');
      const root = bare.startsWith('@') ? /^@[^/#.]+/.exec(bare)?.[0] : bare.startsWith('github.com/') ? /^github\.com\/[^/]+\/[^/#.]+/.exec(bare)?.[0] : /^[^.#(]+/.exec(bare)?.[0];
      if (root && root.length > 1 && !GENERIC_ROOTS.has(root)) roots.add(root);
      else if (!root || root.length < 2) roots.add(lastName(path));
      else roots.add(bare.split(/[.#(]/).slice(0, 2).join('.'));
    }
  }
  const stems = asset.vocabulary.stems.map((stem) => `["'\`](?:[\\w.-]+[/:.])?${stem}`);
  return new RegExp([`\\b(?:${[...roots].sort().map(escape).join('|').replaceAll('@', '')})\\b`, ...stems, ...asset.hosts.map(escape), ...asset.vocabulary.words].join('|'), 'i');
}
/** Roots that stand in files of every kind. */
const GENERIC_ROOTS = new Set(['google', 'azure', 'com', 'org', 'dev', 'io', 'net', 'tech', 'Microsoft', 'Azure', 'System', 'os', 'subprocess', 'urllib', 'requests', 'pathlib', 'builtins', 'open', 'pandas', 'numpy', 'np', 'json', 'csv', 'argparse', 'click', 'typer', 'absl', 'commander', 'yargs', 'fs', 'node:fs', 'path', 'axios', 'yaml', 'flag', 'java', 'langchain', 'std', 'clap', 'boto3', 'agents', 'ai', 'clip', 'server', 'io', 'shutil', 'fetch', 'eval', 'exec', 'File', 'embed', 'httpx', 'aiohttp', 'Guzzle', 'Net', 'URI', 'hub', 'http', 'got', 'cheerio', 'crypto', 'pickle', 'swarm', 'polars', 'dask', 'duckdb', 'spacy', 'nltk', 'pinecone', 'writer', 'modal', 'exa', 'dill', 'marshal', 'shelve', 'redis', 'scale', 'phoenix', 'replicate', 'faiss', 'cohere', 'ollama', 'groq', 'together', 'runway', 'luma', 'weave']);
