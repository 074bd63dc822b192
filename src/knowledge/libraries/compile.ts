import type { Ecosystem } from '../../core/component.ts';
import type { RuleFile } from '../section.ts';
import { ECOSYSTEMS, libraryKey, type LibrariesAsset, type LibraryRow } from './shapes.ts';

export const LIBRARY_FOLDER = 'catalog/libraries';

/** The closed list of what an AI package is for. */
const CATEGORIES: ReadonlySet<string> = new Set([
  'agent-framework',
  'classic-ml',
  'computer-vision',
  'dataset-tooling',
  'embedding',
  'evaluation',
  'experiment-tracking',
  'explainability',
  'feature-store',
  'gpu-runtime',
  'guardrail',
  'image-generation',
  'inference-runtime',
  'labelling',
  'llm-orchestration',
  'llm-sdk',
  'mcp',
  'ml-framework',
  'ml-pipeline',
  'model-hub',
  'model-security',
  'nlp',
  'notebook-ai',
  'observability',
  'prompt-tooling',
  'recommender',
  'reinforcement-learning',
  'serving',
  'speech',
  'time-series',
  'tokenizer',
  'training-finetuning',
  'vector-store-client',
]);

/** Rows of a tab-separated file whose header is `columns`. Throws with file and line. */
function rowsOf(files: readonly RuleFile[], name: string, columns: readonly string[]): string[][] {
  const path = `${LIBRARY_FOLDER}/${name}.tsv`;
  const file = files.find((candidate) => candidate.path === path);
  if (!file) throw new Error(`rules/${path} is missing`);
  const [header, ...lines] = file.text.split('\n');
  if (header !== columns.join('\t')) throw new Error(`rules/${path}:1: columns are not ${columns.join(', ')}`);
  const rows: string[][] = [];
  const seen = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const cells = line.split('\t');
    const fail = (problem: string): never => {
      throw new Error(`rules/${path}:${index + 2}: ${problem}`);
    };
    if (cells.length !== columns.length) fail(`${cells.length} columns, not ${columns.length}`);
    if (cells.some((cell) => cell !== cell.trim())) fail('blank around a value');
    const key = columns[0] === 'type' ? `${cells[0] as string} ${cells[1] as string}` : (cells[0] as string);
    if (key === '' || seen.has(key)) fail(`${key} stands twice`);
    seen.add(key);
    rows.push(cells);
  }
  return rows;
}

function librariesOf(files: readonly RuleFile[], ecosystem: Ecosystem): LibraryRow[] {
  const keys = new Map<string, string>();
  return rowsOf(files, ecosystem, ['name', 'category', 'imports', 'provider', 'confidence', 'note']).map(
    ([name = '', category = '', imports = '', provider = '', confidence = '']) => {
      if (!CATEGORIES.has(category)) throw new Error(`rules/${LIBRARY_FOLDER}/${ecosystem}.tsv: ${name}: no category ${category}`);
      if (confidence !== '' && confidence !== 'likely')
        throw new Error(`rules/${LIBRARY_FOLDER}/${ecosystem}.tsv: ${name}: no confidence ${confidence}`);
      const key = libraryKey(ecosystem, name);
      const known = keys.get(key);
      if (known) throw new Error(`rules/${LIBRARY_FOLDER}/${ecosystem}.tsv: ${name} and ${known} are one package`);
      keys.set(key, name);
      return {
        name,
        category,
        ...(imports === '' ? {} : { imports: imports === '-' ? [] : imports.split(',') }),
        ...(provider === '' ? {} : { provider }),
        ...(confidence === 'likely' ? { likely: true as const } : {}),
      };
    },
  );
}

const pair = ([a = '', b = '']: readonly string[]): [string, string] => [a, b];

/** Reads `rules/catalog/libraries`. Throws with file and line on anything that it does not accept. */
export function compileLibraries(files: readonly RuleFile[]): LibrariesAsset {
  const named = (name: string, columns: readonly string[], reason: number): [string, string, string][] =>
    rowsOf(files, name, columns).map((cells) => {
      if (!ECOSYSTEMS.includes(cells[0] as Ecosystem))
        throw new Error(`rules/${LIBRARY_FOLDER}/${name}.tsv: no ecosystem ${cells[0] as string}`);
      return [cells[0] as string, cells[1] as string, cells[reason] as string];
    });
  return {
    libraries: Object.fromEntries(ECOSYSTEMS.map((ecosystem) => [ecosystem, librariesOf(files, ecosystem)])),
    families: rowsOf(files, 'families', ['type', 'prefix', 'category', 'modules']).map(
      ([type = '', prefix = '', category = '', modules = '']) => {
        if (!ECOSYSTEMS.includes(type as Ecosystem)) throw new Error(`rules/${LIBRARY_FOLDER}/families.tsv: no ecosystem ${type}`);
        if (!CATEGORIES.has(category)) throw new Error(`rules/${LIBRARY_FOLDER}/families.tsv: ${prefix}: no category ${category}`);
        return [type, prefix, category, modules === '' ? [] : modules.split(',')];
      },
    ),
    borderline: named('borderline', ['type', 'name', 'imports', 'reason'], 3),
    traps: named('traps', ['type', 'name', 'reason', 'note'], 2),
    preferred: rowsOf(files, 'import-preference', ['import', 'package']).map(pair),
    generic: rowsOf(files, 'generic-imports', ['module', 'names', 'reason']).map(([module = '', names = '']) => [
      module,
      names === '' ? [] : [...new Set(names.split(','))],
    ]),
    repositories: rowsOf(files, 'repositories', ['repository', 'package']).map(pair),
  };
}
