/** SQL that asks models: `rules/catalog/infra/sql.yaml`. */
export interface SqlFunction {
  readonly name: string;
  readonly service?: string;
  /** Position of the model's name, or the keys that give it. */
  readonly model?: readonly (number | string)[];
  readonly hub?: true;
}

export interface SqlFacts {
  readonly functions: readonly SqlFunction[];
  readonly statements: readonly { readonly begins: readonly string[]; readonly keys: readonly string[] }[];
  readonly providers: {
    readonly keys: readonly string[];
    readonly values: Readonly<Record<string, string>>;
    /** Words of a statement that only one provider has. */
    readonly words: Readonly<Record<string, string>>;
  };
}

export interface SqlIndex {
  /** A call of any of the functions, up to its parenthesis; the first group is the name. */
  readonly call: RegExp;
  function(name: string): SqlFunction | undefined;
  readonly statements: readonly { readonly begin: RegExp; readonly option: RegExp }[];
  /** The option that names a provider; the first group is its value. */
  readonly provider: RegExp;
  providerOf(value: string): string | undefined;
  /** Who runs the model of a statement with these words. */
  providerIn(statement: string): string | undefined;
}

/** `*` stands for letters of a name. */
const pattern = (name: string): string =>
  name.replaceAll(/[.*]/g, (char) => (char === '.' ? String.raw`\s{0,9}\.\s{0,9}` : String.raw`\w{1,60}`));
const anyOf = (words: readonly string[]): string => `(?:${words.join('|')})`;

export function indexSql({ functions, statements, providers }: SqlFacts): SqlIndex {
  const tests = functions.map((facts) => ({ facts, test: new RegExp(`^${pattern(facts.name)}$`, 'i') }));
  const values = new Map(Object.entries(providers.values));
  const words = Object.entries(providers.words);
  return {
    call: new RegExp(String.raw`(?<![\w.])(?:snowflake\s*\.\s*)?(${functions.map(({ name }) => pattern(name)).join('|')})\s*\(`, 'gi'),
    function: (name) => tests.find(({ test }) => test.test(name))?.facts,
    statements: statements.map(({ begins: [first = '', ...rest], keys }) => ({
      begin: new RegExp(String.raw`\b${first}(?:\s+or\s+replace)?\s+${rest.join(String.raw`\s+`)}\b`, 'gi'),
      option: new RegExp(String.raw`(?<!\w)["'\`]?${anyOf(keys)}["'\`]?\s{0,20}(?:=>|:=|=|:)?\s{0,20}["']([^"'\n]{1,200})["']`, 'gi'),
    })),
    provider: new RegExp(String.raw`(?<!\w)["'\`]?${anyOf(providers.keys)}["'\`]?\s{0,20}(?:=>|:=|=|:)?\s{0,20}["']?([\w ]{2,60})`, 'gi'),
    providerOf: (value) => values.get(value.trim().toLowerCase()) ?? values.get(value.trim().toLowerCase().split(/\s/)[0] ?? ''),
    providerIn: (statement) => {
      const folded = statement.toLowerCase().replaceAll(/\s+/g, ' ');
      return words.find(([word]) => folded.includes(word))?.[1];
    },
  };
}
