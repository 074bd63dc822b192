import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { librariesSection, type LibraryEntry } from '../../src/knowledge/libraries.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { RuleFile } from '../../src/knowledge/section.ts';

const libraries = loadKnowledge().get(librariesSection);
const nameOf = (entry: LibraryEntry | undefined): string | undefined => entry && `${entry.ecosystem}/${entry.name}`;

describe('the catalogue of libraries', () => {
  it('finds a package under every spelling that its registry takes for the same', () => {
    const spellings = [
      libraries.find('pypi', 'Scikit_Learn'),
      libraries.find('pypi', 'huggingface_hub'),
      libraries.find('nuget', 'microsoft.semantickernel'),
      libraries.find('cargo', 'candle_core'),
      libraries.find('golang', 'github.com/liushuangls/go-anthropic/v2'),
      libraries.find('golang', 'github.com/tmc/langchaingo/llms/openai'),
      libraries.find('maven', 'org.apache.spark/spark-mllib_2.13'),
    ];
    expect(spellings.map(nameOf)).toEqual([
      'pypi/scikit-learn',
      'pypi/huggingface-hub',
      'nuget/Microsoft.SemanticKernel',
      'cargo/candle-core',
      'golang/github.com/liushuangls/go-anthropic/v2',
      'golang/github.com/tmc/langchaingo',
      'maven/org.apache.spark/spark-mllib',
    ]);
  });

  it('keeps what is often beside AI, and what only looks like it, out', () => {
    for (const name of ['numpy', 'pandas', 'scipy', 'boto3', 'streamlit', 'joblib', 'whisper', 'pytorch', 'dataset', 'requests'])
      expect([name, libraries.find('pypi', name)]).toEqual([name, undefined]);
    for (const name of ['transformers', 'chroma', 'turbo', 'prompts', 'https-proxy-agent', 'react'])
      expect([name, libraries.find('npm', name)]).toEqual([name, undefined]);
    expect(libraries.find('golang', 'github.com/alecthomas/chroma/v2')).toBeUndefined();
    expect(libraries.trap('npm', 'transformers')).toContain('@huggingface/transformers');
    expect(libraries.borderline('pypi', 'boto3')).toContain('bedrock');
  });

  it('knows the members of a family that it does not list, but not its bills of materials', () => {
    expect(libraries.find('npm', '@langchain/some-new-store')).toMatchObject({ category: 'llm-orchestration', certain: true });
    expect(libraries.find('pypi', 'langchain_some_new_store')?.category).toBe('llm-orchestration');
    expect(libraries.find('nuget', 'Microsoft.SemanticKernel.Connectors.SomethingNew')?.category).toBe('llm-orchestration');
    expect(libraries.find('maven', 'dev.langchain4j/langchain4j-unheard-of-bom')).toBeUndefined();
    expect(libraries.find('npm', '@langchains/evil')).toBeUndefined();
  });

  it('maps imports by the longest known prefix, the usual distribution first', () => {
    const first = (module: string): string | undefined => libraries.byImport('pypi', module)?.entries[0]?.name;
    expect(first('llama_index.vector_stores.lancedb.LanceDBVectorStore')).toBe('llama-index-vector-stores-lancedb');
    expect(first('llama_index.vector_stores.newstore')).toBe('llama-index-vector-stores-newstore');
    expect(first('llama_index.core.agent')).toBe('llama-index-core');
    expect(first('llama_index.tools.BaseTool')).not.toMatch(/tools/);
    expect(
      [
        'torch.nn.functional',
        'google.genai.types',
        'azure.ai.inference',
        'imblearn.over_sampling',
        'faiss',
        'mlflow.pyfunc',
        'sklearn',
        'llama_index.llms.openai',
        'langchain_unheard_of',
      ].map(first),
    ).toEqual([
      'torch',
      'google-genai',
      'azure-ai-inference',
      'imbalanced-learn',
      'faiss-cpu',
      'mlflow',
      'scikit-learn',
      'llama-index-llms-openai',
      'langchain-unheard-of',
    ]);
    expect(['google.protobuf', 'os.path', 'torchlight', 'azure.storage'].map(first)).toEqual([undefined, undefined, undefined, undefined]);
    expect(libraries.byImport('pypi', 'datasets.load_dataset')?.generic).toContain('load_dataset');
    expect(libraries.byImport('maven', 'com.theokanning.openai.service.OpenAiService')?.module).toMatch(/^com\.theokanning\.openai/);
  });

  it('answers every generic module with a package, and every preference with one that supplies it', () => {
    const rows = (name: string): string[][] =>
      readFileSync(`rules/catalog/libraries/${name}.tsv`, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t'));
    for (const [module = ''] of rows('generic-imports'))
      expect([module, libraries.byImport('pypi', module)?.module]).toEqual([module, module]);
    for (const [module = '', name = ''] of rows('import-preference')) {
      const [preferred] = libraries.byImport('pypi', module)?.entries ?? [];
      expect([module, preferred?.name.toLowerCase()]).toEqual([module, libraries.find('pypi', name)?.name.toLowerCase()]);
    }
    for (const [, name = ''] of rows('repositories')) expect(name).toMatch(/^[A-Za-z0-9-]+$/);
  });

  it('has no trap that is a package of the catalogue', () => {
    expect(libraries.entries.filter((entry) => libraries.trap(entry.ecosystem, entry.name) !== undefined).map(nameOf)).toEqual([]);
    expect(libraries.entries.length).toBeGreaterThan(6000);
  });
});

describe('compiling the catalogue', () => {
  const files: RuleFile[] = readdirSync('rules/catalog/libraries').map((name) => ({
    path: `catalog/libraries/${name}`,
    text: readFileSync(`rules/catalog/libraries/${name}`, 'utf8'),
  }));
  const compileWith = (name: string, change: (text: string) => string): unknown =>
    librariesSection.compile(files.map((file) => (file.path.endsWith(`/${name}.tsv`) ? { ...file, text: change(file.text) } : file)));

  it.each([
    ['cargo', (text: string) => `x${text}`, /cargo\.tsv:1: columns are not name, category/],
    ['cargo', (text: string) => `${text}new\tllm-sdk\n`, /cargo\.tsv:\d+: 2 columns, not 6/],
    ['cargo', (text: string) => `${text}new\tnot-a-category\t\t\t\t\n`, /new: no category not-a-category/],
    ['cargo', (text: string) => `${text}new\tllm-sdk\t\t\tmaybe\t\n`, /new: no confidence maybe/],
    ['cargo', (text: string) => `${text}candle_core\tml-framework\t\t\t\t\n`, /candle_core and candle-core are one package/],
    ['traps', (text: string) => `${text}pip\tx\ty\t\n`, /no ecosystem pip/],
    ['borderline', (text: string) => text + text.split('\n')[1], /stands twice/],
    ['families', (text: string) => `${text}npm\t@x/\tnothing\t\n`, /no category nothing/],
  ])('%s refuses what it does not understand', (name, change, message) => {
    expect(() => compileWith(name, change)).toThrow(message);
  });

  it('says which file is missing', () => {
    expect(() => librariesSection.compile(files.filter(({ path }) => !path.endsWith('/npm.tsv')))).toThrow(
      'rules/catalog/libraries/npm.tsv is missing',
    );
  });
});
