import type { Sink } from '../sink.ts';
import { isOn, mentionedNames, withDefaults } from './values.ts';

/** `SPRING_AI_OLLAMA_CHAT_OPTIONS_MODEL` as the property that Spring binds it to. */
const asProperty = (name: string): string => name.toLowerCase().replaceAll('_', '.');

/** Words of a variable's name that name a provider: `OLLAMA_MODEL`, `MY_OPENAI_CHAT_MODEL`. */
export function providerInName(sink: Sink, name: string): string | undefined {
  const property = sink.providers.byProperty(asProperty(name));
  if (property !== undefined) return property;
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  for (let i = 0; i < words.length; i += 1) {
    const two = `${words[i]}_${words[i + 1] ?? ''}`;
    const found = sink.providers.byBlock(two) ?? sink.providers.byBlock(words[i] ?? '');
    if (found !== undefined && !PLAIN_WORDS.has(words[i] ?? '')) return found;
  }
  return undefined;
}

/** Slugs that are ordinary words in names of variables. */
const PLAIN_WORDS = new Set(['ai', 'api', 'base', 'local', 'search', 'cloud', 'model', 'data', 'speech']);

/** `LLM_SERVICE_URL`, `EMBEDDINGS_ENDPOINT`: the address of a server of models, whoever made it. `MODEL_URL` may be that of a file. */
const SERVER =
  /(?:^|_)(?:LLM|INFERENCE|EMBED(?:DINGS?|DER)?|RERANK(?:ER)?|GENAI|MODEL_(?:SERVER|SERVICE|SERVING|API))_(?:(?:API|BASE|SERVICE|SERVER)_)?(?:URL|URI|ENDPOINT|HOST|ADDRESS)$/;

/**
 * One environment variable: what its name says (service, store) and what its value says (model,
 * URL, provider). `siblings` are the other names given at the same place.
 */
export function readEnvironment(sink: Sink, name: string, value: string, line: number, provider?: string): void {
  const { text, variable } = withDefaults(value);
  sink.setting(name, text ?? '', 'env', line);
  if (variable !== undefined && variable !== name && text !== undefined) sink.setting(variable, text, 'env', line);
  const known = sink.providers.byEnv(name);
  if (known && !known.shared && (known.role === 'switch' ? isOn(value) : known.role !== 'other')) {
    sink.service(known.provider, line, name, {
      authenticated: known.role === 'credential',
      confidence: known.role === 'model' ? 'medium' : 'high',
    });
  }
  const store = sink.stores.byEnv(name);
  if (store !== undefined) sink.store(store, line, name);
  for (const mentioned of mentionedNames(value)) readMention(sink, mentioned, line);
  const scope = known?.role === 'model' ? known.provider : (providerInName(sink, name) ?? provider);
  const property = sink.providers.byProperty(asProperty(name));
  if (property !== undefined) sink.service(property, line, name, { confidence: 'medium' });
  if (text === undefined || text === '') return;
  if (name.endsWith('TRUST_REMOTE_CODE') && isOn(text)) sink.observe('remote-code-switch', line, { via: name });
  const url =
    /^(?:https?|wss?):\/\//i.test(text) || /(?:URL|HOST|ENDPOINT|BASE|SERVER|ADDRESS|URI)$/.test(name)
      ? sink.url(text, line, name)
      : undefined;
  // The variable says whose API the host speaks, whatever the host.
  const asked = known?.role === 'base_url' || SERVER.test(name);
  if (url === undefined && asked && /^https?:\/\//i.test(text))
    sink.endpoint(text, line, name, known?.role === 'base_url' ? known.provider : undefined);
  if (
    url === undefined &&
    /(?:^|_)(?:LLM|MODEL|EMBED(?:DINGS?|DER)?|AI|RERANK(?:ER)?|CHAT|INFERENCE|COMPLETION|TTS|STT|IMAGE)_(?:PROVIDER|BACKEND|TYPE|SERVICE|API_TYPE|VENDOR)$|^PROVIDER$|_LLM$/.test(
      name,
    )
  ) {
    const named = sink.providers.byWord(text);
    if (named !== undefined) sink.service(named, line, name, { confidence: 'medium' });
  }
  if (/VECTOR_?(?:STORE|DB|DATABASE|BACKEND)(?:_(?:TYPE|PROVIDER|BACKEND|KIND))?$/.test(name)) {
    const named = sink.stores.byWord(text);
    if (named) sink.store(named.slug, line, name);
  }
  readModels(sink, name, text, line, scope);
}

function readModels(sink: Sink, name: string, text: string, line: number, provider: string | undefined): void {
  if (!sink.models.keys.read(name)) return;
  const context = {
    position: 'key',
    key: name,
    provider,
    ai: provider !== undefined || /(?:LLM|EMBED|CHAT|RERANK|LORA|ADAPTER)/.test(name),
  } as const;
  const parts = text.includes(',') ? text.split(',').slice(0, 50) : [text];
  for (const part of parts) sink.model(part, context, line, name);
}

/** A name of a credential or base URL that a value refers to. */
export function readMention(sink: Sink, name: string, line: number): void {
  const known = sink.providers.byEnv(name);
  if (known && !known.shared && (known.role === 'credential' || known.role === 'base_url')) {
    sink.service(known.provider, line, name, { authenticated: known.role === 'credential', confidence: 'medium' });
  }
  const store = sink.stores.byEnv(name);
  if (store !== undefined) sink.store(store, line, name, { confidence: 'medium' });
}
