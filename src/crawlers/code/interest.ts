import { DATA_VALUE, isDataPath, kaggleSource } from './data-files.ts';
import { dataAt } from './data-urls.ts';
import { detectSection, type DetectRule } from '../../knowledge/detect.ts';
import { providersSection, type ProvidersIndex } from '../../knowledge/providers.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import type { LanguageId } from '../../lang/facts.ts';
import type { Interest } from '../../lang/frontend.ts';
import { WIDGETS } from '../../resolve/values.ts';

/** What a string is given to, where that says "model". */
export const MODEL_KEY = /model|llm|embed|checkpoint|ckpt|engine|deployment|repo_?id|whisper|rerank/i;
/** `GPT4o`, `ModelClaude3Haiku20240307`, `CLAUDE_3_5_SONNET`, `TextEmbedding3Small`. */
const MODEL_CONSTANT =
  /^(?:[A-Z]\w*Model_?(?:Name|Id)?_?|Model_?)?(?:(?:Chat)?GPT|Gpt|Claude|CLAUDE|Gemini|GEMINI|O[134](?=_|Mini|Pro|$)|DALL|Dall|TextEmbedding|TEXT_EMBEDDING|AdaEmbedding|SmallEmbedding|LargeEmbedding|Whisper|WHISPER|TTS|Mistral|MISTRAL|Llama|LLAMA|Titan|TITAN|Command|Codestral|Grok|GROK|DeepSeek|DEEPSEEK|Qwen|QWEN|Sonar|Nova|NOVA|Sonnet|SONNET|Opus|OPUS|Haiku|HAIKU)[\w]*\d\w*$|^DeepSeek(?:Chat|Reasoner)$|^(?:AnthropicClaude|TitanEmbed|TitanText|MetaLlama)\w*\d\w*$|^O[134](?:_?(?:[Mm]ini|MINI|[Pp]ro|PRO|[Pp]review|PREVIEW))?$|^(?:OMNI|TEXT)_MODERATION\w*$|^(?:ANTHROPIC|AMAZON|META|MISTRAL|COHERE|AI21|STABILITY|DEEPSEEK|OPENAI|QWEN)_[A-Z0-9]+_\w*\d\w*$/;
/** `gpt4_o_mini`, `claude35Haiku`, `o3_mini`: cases of an enumeration begin in lower case. */
const MODEL_CASE =
  /^(?:(?:chat)?gpt|claude|gemini|gemma|dall_?e_?|tts|whisper|text(?:Embedding|Moderation)|embedding|mi[sx]tral|codestral|llama|qwen|grok|deepSeek|nova|imagen)\w*\d\w*$|^o[134](?:_?(?:mini|pro|preview)|Mini|Pro|Preview|_\w+)?$/;
const LOWER_CASES: ReadonlySet<LanguageId> = new Set(['dart', 'scala', 'swift']);

/** Whether a name of an AI library may stand for the id of a model. */
export const isModelConstant = (name: string, language: LanguageId): boolean =>
  MODEL_CONSTANT.test(name) || (LOWER_CASES.has(language) && MODEL_CASE.test(name));

const MODEL_VALUE = /^[A-Za-z0-9@][\w.:/+-]{1,120}$/;
/** Paths under which inference APIs of any vendor stand. */
export const AI_PATH =
  /^https?:\/\/[\w.-]+\.[a-z]{2,}(?::\d+)?\/(?:[\w./-]*\/)?(?:chat\/completions|embeddings|images\/generations|audio\/(?:speech|transcriptions)|[\w.-]+:generateContent)(?![\w-])|^https?:\/\/[\w.-]+\.ai(?::\d+)?\/(?:[\w./-]*\/)?(?:prompt|generate|generation|inference|predict|txt2img|text2image|tts|transcribe|completions?)(?:\/|$)/i;
const WEIGHT_FILE = /\.(?:safetensors|gguf|ggml|onnx|tflite|pth?|ckpt|h5|keras|caffemodel|mlmodel|task)$/i;
/** Look-ups, and declarations of options and fields: their value follows from their arguments. */
const HELPERS: ReadonlySet<string> = new Set([
  'add_argument',
  'option',
  'Option',
  'Argument',
  'Field',
  'field',
  'parse_args',
  'getattr',
  'get',
  'format',
  'join',
  'joinpath',
  'str',
  'Path',
  'cast',
  'open',
  'values',
  'abspath',
  'fetch',
  'GetValue',
  'GetString',
  'RequireString',
  'GetArguments',
  'dig',
  'Sprintf',
  'sprintf',
  'mapOf',
  'listOf',
  'setOf',
  'arrayOf',
  'mutableMapOf',
  'mutableListOf',
  'lazy',
  'dumps',
  'loads',
  'parse',
  'search',
  'findall',
  'match',
  'group',
  'dedent',
  'promisify',
  'String',
  'GenerateContentConfig',
  'FunctionDeclaration',
  'Schema',
  'registerAs',
  'defineNuxtConfig',
  'dict',
  'URL',
  'Uri',
  'Command',
  'Implementation',
  'CommandContext',
  'checkbox',
  'toggle',
  'Checkbox',
  ...WIDGETS,
]);

/** `SCORING_URI`, `inference_url`, `llmEndpoint`: the address of a server of models, whoever made it. */
export const SERVER_KEY =
  /(?:^|[._-])(?:scoring|inference|prediction|llm|embeddings?|rerank(?:er)?)_?(?:(?:api|base|service|server)_?)?(?:ur[il]|endpoint)$/i;

/** What a key may say before a string that says little itself. */
const KEYED = new RegExp(`${MODEL_KEY.source}|image|container|scoring|inference|prediction`, 'i');
const IMAGE_KEY = /(?:^|_|[a-z])(?:image|Image|container|image_?uri|container_?uri|IMAGE|IMAGE_URI)$|image_?(?:uri|url|name)$/i;
const IMAGE_REFERENCE = /^(?:[a-z0-9][\w.-]*(?::\d+)?\/)+[a-z0-9][\w.-]*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;

/** `base_image="gcr.io/…/tf2-cpu"`: a program names the image that its job runs in. */
export const isImageReference = (value: string, key: string | undefined): boolean =>
  key !== undefined && IMAGE_KEY.test(key) && value.length <= 300 && IMAGE_REFERENCE.test(value);

/** `OLLAMA_BASE_URL`: whose address a variable holds. An address of a vendor's API often points to somebody else's. */
export function runtimeOf(providers: ProvidersIndex, name: string): string | undefined {
  const known = providers.byEnv(name);
  return known?.role === 'base_url' && !known.shared && providers.selfHosted(known.provider) ? known.provider : undefined;
}

/** Arguments of rules that say how something is loaded. */
const LOADING = [
  'trustRemoteCode',
  'weightsOnly',
  'allowPickle',
  'safeMode',
  'useSafetensors',
  'allowDangerousDeserialization',
  'revision',
];

const optionsOf = (rules: readonly DetectRule[], language: LanguageId): ReadonlySet<string> =>
  new Set(
    rules
      .filter(({ languages }) => languages.includes(language))
      .flatMap(({ args = {} }) => LOADING.flatMap((name) => args[name] ?? []))
      .flatMap((spec) => (typeof spec === 'string' ? [spec.split('.').at(-1) ?? spec] : [])),
  );

/** Folder of a repository in the cache of the Hub's client. https://huggingface.co/docs/huggingface_hub/guides/manage-cache */
export const HUB_CACHE = /^(models|datasets)--([\w.-]+?)--([\w.-]+)$/;

const cache = new WeakMap<Knowledge, Map<LanguageId, Interest>>();

/** What a front-end keeps for the rules of a language. */
export function interestIn(knowledge: Knowledge, language: LanguageId): Interest {
  let byLanguage = cache.get(knowledge);
  if (!byLanguage) cache.set(knowledge, (byLanguage = new Map()));
  let interest = byLanguage.get(language);
  if (!interest) {
    const index = knowledge.get(detectSection);
    const providers = knowledge.get(providersSection);
    const calls = index.callNames(language);
    interest = {
      calls,
      methods: new Set(index.asset.vocabulary.methods.filter((name) => !calls.has(name))),
      helpers: HELPERS,
      options: optionsOf(index.asset.rules, language),
      keyed: KEYED,
      files: DATA_VALUE,
      constant: (name) => isModelConstant(name, language) || Object.hasOwn(index.asset.vocabulary.constants, name),
      literal: (value, key) => {
        if (/^https?:/i.test(value))
          return (
            providers.byUrl(value) !== undefined ||
            (key !== undefined && SERVER_KEY.test(key)) ||
            AI_PATH.test(value) ||
            dataAt(value) !== undefined ||
            WEIGHT_FILE.test(value.replace(/[?#].*$/, ''))
          );
        if (
          index.stem.test(value) ||
          HUB_CACHE.test(value) ||
          WEIGHT_FILE.test(value) ||
          isImageReference(value, key) ||
          isDataPath(value, key) ||
          kaggleSource(value)
        )
          return true;
        return key !== undefined && MODEL_KEY.test(key) && MODEL_VALUE.test(value);
      },
      variable: (name) => runtimeOf(providers, name) !== undefined,
    };
    byLanguage.set(language, interest);
  }
  return interest;
}
