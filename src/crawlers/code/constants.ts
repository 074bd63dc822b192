import { recogniseModel, type RecognisedModel } from '../../knowledge/models.ts';
import { newQuery } from '../../resolve/bound.ts';
import type { CallSite, Given } from './arguments.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, occurrence, placeIn, symbolOf, type Context } from './context.ts';
import { isModelConstant } from './interest.ts';
import { addModel } from './models.ts';

/**
 * Constants of SDKs stand for model ids: `openai.GPT4o`, `ModelClaude3Haiku20240307`,
 * `ChatModel.GPT_4_1_MINI`. A name becomes a few spellings, and one must be a known model.
 */
export function spellings(constant: string): readonly string[] {
  const bare = constant
    .replace(/^[A-Z]?\w*?Model(?:Name|Id)?s?_?(?=[A-Z0-9])/, '')
    .replace(/^Chat(?=GPT)/, '')
    .replace(/_V(\d+)_(\d+)$/, '_v$1:$2');
  const words = bare
    .replaceAll(/Dot/g, '.')
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replaceAll(/([A-Za-z])(\d)/g, '$1-$2')
    .replaceAll(/(\d)([A-Z][a-z]+)/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase()
    .replaceAll(/-+/g, '-')
    .replaceAll('-.', '.')
    .replaceAll('.-', '.')
    .replaceAll(/(\d)-(o)(?=-|$)/g, '$1$2')
    .replace(/^o-(\d)/, 'o$1')
    .replace(/^d-?all-?e/, 'dall-e')
    .replaceAll(/-(\d+)-([bk])(?=-|$)/g, '-$1$2');
  const dated = words.replace(/-(20\d\d)-?(\d\d)-?(\d\d)$/, '-$1$2$3');
  const dashedDate = words.replace(/-(20\d\d)-?(\d\d)-?(\d\d)$/, '-$1-$2-$3');
  // OpenAI writes dates with hyphens.
  const written = /^(?:gpt|o\d)/.test(words) ? [dashedDate, words, dated] : [words, dated, dashedDate];
  const list = [...written];
  for (const item of written) {
    // gpt-35 and gemini-15 are 3.5 and 1.5; claude-35 is 3-5.
    list.push(
      item.replace(/-(\d)(\d)(?=-|$)/, '-$1.$2'),
      item.replace(/-(\d)(\d)(?=-|$)/, '-$1-$2'),
      item.replace(/-(\d)-(\d)(?=-|$)/, '-$1.$2'),
      item.replace(/(\d)\.(\d)/, '$1-$2'),
    );
  }
  // A library of one maker leaves its name out: `Sonnet_4_5` is claude-sonnet-4-5, `Sonnet_3_7` was claude-3-7-sonnet.
  const claude = /^(sonnet|opus|haiku)-(\d.*)$/.exec(words);
  if (claude) list.unshift(...(claude[2]?.startsWith('3') ? [`claude-${claude[2]}-${claude[1]}`] : [`claude-${words}`]));
  // Most write 5.2 where a constant has to say 5_2; Anthropic writes 3-5.
  if (/^(?:gpt|gemini|grok)-\d-\d(?!\d)/.test(words)) list.unshift(words.replace(/-(\d)-(\d)/, '-$1.$2'));
  if (words.startsWith('claude')) list.sort((a, b) => Number(a.includes('.')) - Number(b.includes('.')));
  return [...new Set([...bedrockIds(constant), ...(NAMED.get(bare.toLowerCase().replaceAll('_', '')) ?? []), ...list])];
}

/** `ANTHROPIC_CLAUDE_3_SONNET_20240229_V1_0` is anthropic.claude-3-sonnet-20240229-v1:0: the vendor, the name, the version. */
function bedrockIds(constant: string): readonly string[] {
  const typed = BEDROCK_TYPES.get(constant);
  if (typed !== undefined) return [typed];
  const match = /^(ANTHROPIC|AMAZON|META|MISTRAL|COHERE|AI21|STABILITY|DEEPSEEK|OPENAI|QWEN|TITAN)_([A-Z0-9_]+)$/.exec(constant);
  if (!match) return [];
  const [, vendor = '', rest = ''] = match;
  const undated = BEDROCK_UNDATED.get(rest);
  if (undated !== undefined) return [`anthropic.${undated}`];
  const name = rest
    .toLowerCase()
    .replaceAll('_', '-')
    .replace(
      /-v(\d+)-(\d)(?:-(\w+))?$/,
      (_, major: string, minor: string, size?: string) => `-v${major}:${minor}${size ? `:${size}` : ''}`,
    );
  // Sizes of vectors are no part of the id: TITAN_EMBED_TEXT_V2_1024.
  if (vendor === 'TITAN') return [`amazon.titan-${name.replace(/-(v\d)-\d{3,4}$/, '-$1:0')}`];
  // `META_LLAMA_3_8B` is meta.llama3-8b.
  return [`${vendor.toLowerCase()}.${vendor === 'META' ? name.replace(/^llama-(?=\d)/, 'llama') : name}`];
}

/** Types that LangChain4j's clients of Bedrock declare. */
const BEDROCK_TYPES: ReadonlyMap<string, string> = new Map([
  ['AnthropicClaudeInstantV1', 'anthropic.claude-instant-v1'],
  ['AnthropicClaudeV2', 'anthropic.claude-v2'],
  ['AnthropicClaudeV2_1', 'anthropic.claude-v2:1'],
  ['AnthropicClaude3SonnetV1', 'anthropic.claude-3-sonnet-20240229-v1:0'],
  ['AnthropicClaude3HaikuV1', 'anthropic.claude-3-haiku-20240307-v1:0'],
  ['AnthropicClaude3_5SonnetV1', 'anthropic.claude-3-5-sonnet-20240620-v1:0'],
  ['AnthropicClaude3_5SonnetV2', 'anthropic.claude-3-5-sonnet-20241022-v2:0'],
  ['TitanTextLiteV1', 'amazon.titan-text-lite-v1'],
  ['TitanTextExpressV1', 'amazon.titan-text-express-v1'],
  ['TitanEmbedTextV1', 'amazon.titan-embed-text-v1'],
  ['MetaLlama2Chat13B', 'meta.llama2-13b-chat-v1'],
  ['MetaLlama2Chat70B', 'meta.llama2-70b-chat-v1'],
]);

/** Constants of the generative AI CDK constructs that leave the date of the id out. */
const BEDROCK_UNDATED: ReadonlyMap<string, string> = new Map([
  ['CLAUDE_V2', 'claude-v2'],
  ['CLAUDE_V2_1', 'claude-v2:1'],
  ['CLAUDE_INSTANT_V1_2', 'claude-instant-v1'],
  ['CLAUDE_HAIKU_V1_0', 'claude-3-haiku-20240307-v1:0'],
  ['CLAUDE_SONNET_V1_0', 'claude-3-sonnet-20240229-v1:0'],
  ['CLAUDE_OPUS_V1_0', 'claude-3-opus-20240229-v1:0'],
  ['CLAUDE_3_5_SONNET_V1_0', 'claude-3-5-sonnet-20240620-v1:0'],
  ['CLAUDE_3_5_SONNET_V2_0', 'claude-3-5-sonnet-20241022-v2:0'],
  ['CLAUDE_3_5_HAIKU_V1_0', 'claude-3-5-haiku-20241022-v1:0'],
  ['CLAUDE_3_7_SONNET_V1_0', 'claude-3-7-sonnet-20250219-v1:0'],
  ['CLAUDE_SONNET_4_V1_0', 'claude-sonnet-4-20250514-v1:0'],
  ['CLAUDE_OPUS_4_V1_0', 'claude-opus-4-20250514-v1:0'],
]);

/** Names that no spelling rule reaches. */
const NAMED: ReadonlyMap<string, readonly string[]> = new Map([
  ['adaembeddingv2', ['text-embedding-ada-002']],
  ['smallembedding3', ['text-embedding-3-small']],
  ['largeembedding3', ['text-embedding-3-large']],
  ['textembeddingada002', ['text-embedding-ada-002']],
  ['whisper1', ['whisper-1']],
  ['tts1', ['tts-1']],
  ['tts1hd', ['tts-1-hd']],
  ['gpt35turbo', ['gpt-3.5-turbo']],
  ['gpt4', ['gpt-4']],
  ['deepseekchat', ['deepseek-chat']],
  ['deepseekreasoner', ['deepseek-reasoner']],
]);

export function modelOfConstant(context: Context, name: string, provider: string | undefined): RecognisedModel | undefined {
  const { constants } = context.index.asset.vocabulary;
  const held = Object.hasOwn(constants, name) ? constants[name] : undefined;
  if (held !== undefined) return recogniseModel(context.knowledge, held, { position: 'argument', ai: true, provider });
  const written = spellings(name);
  // Ollama's names have no hyphen before the version: `LLAMA_3_2` is llama3.2.
  const tags = provider === 'ollama' ? written.map((text) => text.replace(/^([a-z]+)-(?=\d)/, '$1')) : [];
  for (const text of [...tags, ...written]) {
    const found = recogniseModel(context.knowledge, text, { position: 'key', key: 'model', provider });
    if (found?.family) return found;
  }
  return undefined;
}

/** A mention of a constant of an AI library. */
export function detectConstant(context: Context, site: CallSite, path: string, reached = false): void {
  const name = path.split(/[.#]/).at(-1) ?? '';
  const owner = path.slice(0, -name.length - 1);
  if (!/[./#]/.test(owner) || isTest(site.unit)) return;
  // A name of Swift may come from any module that the file imports: the one that is of AI is meant.
  if (!AI_LIBRARY.test(site.unit.facts.language === 'swift' ? (owner.split('.')[0] ?? '') : owner)) return;
  const recognised = modelOfConstant(context, name, /ollama/i.test(owner) ? 'ollama' : undefined);
  if (recognised) addModel(context, { recognised, site, symbol: symbolOf(path), alias: symbolOf(path), reached });
}

/** `import { gemini20Flash } from '@genkit-ai/googleai'`: constants in camel case. */
const CAMEL_CONSTANT = /^(?:gemini|claude|imagen|veo|textEmbedding|gpt|o[134]|dallE|llama|mistral)\w*\d\w*$/;

/** Models that a file imports as constants of an AI library. */
export function detectImportedConstants(context: Context, unit: Unit): void {
  const { language } = unit.facts;
  if ((language !== 'typescript' && language !== 'javascript') || isTest(unit)) return;
  for (const { module, name, line } of unit.facts.imports) {
    if (name === undefined || !CAMEL_CONSTANT.test(name) || /^[./]/.test(module) || !AI_LIBRARY.test(module)) continue;
    const recognised = modelOfConstant(context, `${name.charAt(0).toUpperCase()}${name.slice(1)}`, undefined);
    if (!recognised) continue;
    const { confidence, ...model } = recognised;
    context.components.push({ ...model, kind: 'model', occurrences: [occurrence(placeIn(unit, line, 1), name, confidence)] });
  }
}

/**
 * An argument that is a constant of an AI library: `FoundationModelIdentifier.ANTHROPIC_CLAUDE_3_SONNET_20240229_V1_0`.
 * Where the place tells the type (`model: .gpt4_o` of Swift), it is one of the library whose `path` is called.
 */
export function detectConstantIn(context: Context, given: Given | undefined, site: CallSite, path: string): void {
  if (!given) return;
  for (const bound of context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery())) {
    if (bound.kind !== 'external') continue;
    const name = bound.path.split(/[.#]/).at(-1) ?? '';
    if (!isConstant(context, name, site)) continue;
    // `Model: config.Model`: the constant stands where the field gets it.
    const { expr } = given;
    const elsewhere = given.unit !== site.unit || (expr.kind !== 'name' && expr.kind !== 'member') || expr.name !== name;
    const written = bound.path === `?.${name}` && site.unit.facts.language === 'swift' ? `${path}.${name}` : bound.path;
    detectConstant(context, site, written, elsewhere);
  }
}

const isConstant = (context: Context, name: string, { unit }: CallSite): boolean =>
  isModelConstant(name, unit.facts.language) || Object.hasOwn(context.index.asset.vocabulary.constants, name);

/** A word of the library's path; `mygame.Models.GPT4` is no SDK. */
const AI_LIBRARY =
  /openai|anthropic|claude|genai|generativ|gemini|mistral|cohere|bedrock|vertex|langchain|ollama|groq|deepseek|\.ai\.|\bai\b|llm|semantickernel|betalgo|xai|dashscope|deepinfra|perplexity|aiproxy|\bMLX/i;
