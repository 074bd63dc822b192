import { describe, expect, it } from 'vitest';
import { secretsCrawler } from '../../src/crawlers/secrets/index.ts';
import { looksSecret, redact } from '../../src/crawlers/secrets/redact.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();
/** Made here, of the right form, so that no key stands in the repository. */
const body = (length: number, alphabet = 'aZ3kQ9xB7mT2vN8cR5pL1wY6dF4gH0jS'): string =>
  Array.from({ length }, (_, i) => alphabet[(i * 7 + (i % 5)) % alphabet.length]).join('');
const hex = (length: number): string => body(length, '9f3a7c1e5b8d2046');

const uuid = hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

async function find(text: string, path = '.env'): Promise<{ detector: unknown; redacted: unknown; line: number | undefined }[]> {
  if (!secretsCrawler.prefilter?.(text, path)) return [];
  const { facts } = await secretsCrawler.extract({ path, text }, knowledge);
  return (facts?.observations ?? []).map(({ facts: { detector, redacted }, location }) => ({ detector, redacted, line: location.line }));
}

describe('secrets', () => {
  it.each([
    ['openai', `OPENAI_API_KEY=sk-${body(20)}T3BlbkFJ${body(20)}`],
    ['anthropic', `key: "sk-ant-api03-${body(93)}AA"`],
    ['huggingface', `token = 'hf_${body(34, 'aZkQxBmTvNcRpLwYdFgHjSeUiOqE')}'`],
    ['groq', `const k = "gsk_${body(52)}";`],
    ['openrouter', `OPENROUTER=sk-or-v1-${hex(64)}`],
    ['mistral', `MISTRAL_API_KEY=${body(32)}`],
    ['deepseek', `DEEPSEEK_API_KEY=sk-${hex(32)}`],
    ['exa', `EXA_API_KEY=${uuid}`],
    ['exa', `exaApiKey: "${uuid}"`],
    ['azure-openai', `builder.AddAzureOpenAIChatCompletion("gpt", "https://x.openai.azure.com/", "${hex(32)}");`],
    ['azure-openai', `var c = new AzureKeyCredential("${hex(32)}");`],
  ])('%s', async (provider, text) => {
    const found = await find(`# first\n${text}\n`);
    expect(found.map(({ detector, line }) => [detector, line])).toEqual([[provider, 2]]);
    expect(JSON.stringify(found)).not.toContain(text.slice(-20).replace(/["';]+$/, ''));
    expect(String(found[0]?.redacted)).toMatch(/^.{4}…sha256:[0-9a-f]{12}$/);
  });

  it('sees a key of a form that several services share, where its name says key and none of them is named', async () => {
    const at = async (text: string, path: string) => (await find(text, path)).map(({ detector, line }) => [detector, line]);
    const secret = `sk-${hex(32)}`;
    expect(await at(`interface Keys {\n  String API_KEY = "${secret}";\n}\n`, 'src/main/java/Keys.java')).toEqual([['token', 2]]);
    expect(await at(`String STYLE = "${secret}";\n`, 'src/main/java/Keys.java')).toEqual([]);
    expect(await at('String API_KEY = "sk-your-own-key-goes-here-0000000000000000";\n', 'src/main/java/Keys.java')).toEqual([]);
    expect(await at(`API_KEY = "${secret}"\n`, 'tests/test_keys.py')).toEqual([]);
  });

  it('sees keys in the places that programs and settings keep them', async () => {
    const lines = async (text: string, path: string) => (await find(text, path)).map(({ detector, line }) => [detector, line]);
    const plain = body(40);
    expect(await lines(`os.environ["COHERE_API_KEY"] = "${plain}"\n`, 'a.py')).toEqual([['cohere', 1]]);
    expect(await lines(`KEY = os.getenv("COHERE_API_KEY", "${plain}")\n`, 'a.py')).toEqual([['cohere', 1]]);
    expect(await lines(`KEY = os.getenv("COHERE_API_KEY", "command-r-plus-08-2024-latest")\n`, 'a.py')).toEqual([]);
    expect(await lines(`ai:\n  mistralai:\n    api-key: ${body(32)}\n`, 'application.yml')).toEqual([['mistral', 3]]);
    expect(await lines(`spring.ai.mistralai.api-key=${body(32)}\n`, 'application.properties')).toEqual([['mistral', 1]]);
    expect(await lines(`      model: azure/gpt-4o\n      api_key: ${hex(32)}\n`, 'litellm.yaml')).toEqual([['azure-openai', 2]]);
    expect(await lines(`FROM python:3.12\nENV COHERE_API_KEY=${plain}\n`, 'Dockerfile')).toEqual([['cohere', 2]]);
    const encoded = Buffer.from(`sk-${body(20)}T3BlbkFJ${body(20)}`).toString('base64');
    expect(await lines(`kind: Secret\ndata:\n  OPENAI_API_KEY: ${encoded}\n`, 'secret.yaml')).toEqual([['openai', 3]]);
    expect(
      await lines(`data:\n  OPENAI_API_KEY: ${Buffer.from('your-openai-api-key-goes-here').toString('base64')}\n`, 'secret.yaml'),
    ).toEqual([]);
  });

  it('sees the token of a request by the address that it goes to', async () => {
    const request = (url: string, token: string) =>
      `r = post(\n    "${url}",\n    headers={\n        "Authorization": "Bearer ${token}",\n    })\n`;
    expect(await find(request('https://api.mistral.ai/v1/ocr', body(32)), 'a.py')).toMatchObject([{ detector: 'mistral', line: 4 }]);
    expect(await find(`curl https://api.mistral.ai/v1/ocr -H "Authorization: Bearer ${body(32)}"\n`, 'a.sh')).toHaveLength(1);
    for (const [url, token, path] of [
      ['https://api.acme-labs.io/v1/ocr', body(32), 'a.py'],
      ['https://api.mistral.ai/v1/ocr', 'your-mistral-api-key-goes-here1', 'a.py'],
      ['https://api.mistral.ai/v1/ocr', body(32), 'tests/test_a.py'],
      ['https://api.mistral.ai/v1/ocr', '{os.environ["KEY_OF_THE_SERVICE"]}', 'a.py'],
    ] as const)
      expect(await find(request(url, token), path)).toEqual([]);
  });

  it('sees a plain key among the arguments of a call that takes one', async () => {
    const call = (name: string, end = '') => `builder.${name}(\n  "gpt-4o",\n  endpoint${end},\n  "${hex(32)}");\n`;
    expect((await find(call('AddAzureOpenAIChatCompletion'), 'a.cs')).map(({ line }) => line)).toEqual([4]);
    expect(await find(call('AddAzureOpenAIChatCompletion', ')'), 'a.cs')).toEqual([]);
    expect(await find(call('AddChecksum'), 'a.cs')).toEqual([]);
  });

  const plain = body(36);
  it.each([
    ['weaviate-cloud', '.env', `WEAVIATE_API_KEY=${plain}\n`],
    ['weaviate-cloud', 'config.ts', `export const weaviateApiKey = "${plain}";\n`],
    ['searchapi', 'A.java', `var engine = SearchApiWebSearchEngine.builder()\n    .apiKey("${plain}")\n`],
    ['weaviate-cloud', 'app.rb', `Weaviate.new(\n  url: 'https://langchain-test.weaviate.network',\n  api_key: '${plain}')\n`],
    ['deepseek', 'llm.py', `llm = ChatOpenAI(\n  base_url="https://api.deepseek.com/v1",\n  api_key="sk-${hex(32)}")\n`],
    ['google-gemini', 'main.py', `genai.configure(api_key="AIzaSy${body(14)}-My${body(16)}")\n`],
  ])('knows the key of %s by what stands around it: %s', async (provider, path, text) => {
    expect((await find(text, path)).map(({ detector }) => detector)).toEqual([provider]);
  });

  it.each([
    // A variable, a name of several words, other services, made-up keys of tests, a key in a form that is not the service's.
    ['a.py', `weaviate_api_key = ${plain}\n`],
    ['.env', 'WEAVIATE_API_KEY=local-weaviate-development-key1\n'],
    ['.env', `OPENAI_API_KEY=\nSTRIPE_API_KEY=${plain}\n`],
    ['a.rb', `Stripe.new(\n  api_key: '${plain}')\n`],
    ['tests/test_a.py', `Weaviate(api_key="${plain}")\n`],
    ['.env', `OPENAI_API_KEY=${plain}\n`],
    ['secret.yaml', `data:\n  WEAVIATE_API_KEY: ${Buffer.from('replace-me-with-key1').toString('base64')}\n`],
  ])('takes none for a key in %s: %s', async (path, text) => {
    expect(await find(text, path)).toEqual([]);
  });

  it.each([
    'OPENAI_API_KEY=sk-your-key-here',
    'OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'OPENAI_API_KEY=${OPENAI_API_KEY}',
    'ANTHROPIC_API_KEY=sk-ant-api03-...',
    `MD5=${hex(32)}`,
    `api_key = "${hex(32)}"`,
    `commit: ${hex(40)}`,
    'token: hf_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'class sk-fading-circle { }',
    `"integrity": "sha512-${body(86)}=="`,
    `GOOGLE_MAPS_KEY=AIza${body(35)}`,
    `"url": "http://example.com/mks.html?token=${uuid}"`,
  ])('not %s', async (text) => {
    expect(await find(text)).toEqual([]);
  });

  it('reads a notebook that is one line', async () => {
    const padding = 'x'.repeat(3_000);
    const cell = (source: string): object => ({ cell_type: 'code', source: [`# ${padding}\n`, `${source}\n`, 'wandb.finish()'] });
    const notebook = JSON.stringify({ cells: [cell(`wandb.login(key="${hex(40)}")`), cell('import wandb')] });
    const found = await find(notebook, 'train.ipynb');
    expect(found.map(({ detector, line }) => [detector, line])).toEqual([['wandb', 1]]);
  });

  it('redacts the same secret to the same text, and only that much', () => {
    const secret = `sk-${body(48)}`;
    expect(redact(secret)).toBe(redact(secret));
    expect(redact(secret)).not.toContain(secret.slice(4, 12));
  });

  it('tells an inline secret from a reference', () => {
    expect(looksSecret('Authorization', `Bearer ${body(40)}`)).toBe(true);
    for (const value of [
      'Bearer ${TOKEN}',
      '${input:key}',
      'your-api-key-goes-here',
      '/path/to/key/file.pem.2024',
      'https://example.com/a1b2c3d4e5',
    ])
      expect(looksSecret('API_KEY', value)).toBe(false);
  });

  it('stays fast on long lines and many candidates', async () => {
    const start = performance.now();
    await find(`${`sk-${'a1'.repeat(300)} `.repeat(3)}\n`.repeat(500), 'x.txt');
    await find(`token="${'A1_'.repeat(600)}"\n`.repeat(500), 'x.txt');
    expect(performance.now() - start).toBeLessThan(4000);
  });
});
