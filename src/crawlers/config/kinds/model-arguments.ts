import { isCommit } from '../../../core/commit.ts';
import type { Sink } from '../sink.ts';
import { isOn, withDefaults } from './values.ts';

/** Arguments of a loader in one text, as evaluation harnesses take them: `pretrained=owner/name,revision=main,trust_remote_code=True`. */
export interface ModelArguments {
  readonly model?: string;
  readonly revision?: string;
  readonly trustRemoteCode: boolean;
}

/** Such a text is one line of options. */
const MAX_TEXT = 2_000;
const PAIR = /^\s*([A-Za-z_]\w*)=(.*)$/s;
/** What lm-evaluation-harness, lighteval, bigcode-evaluation-harness and lmms-eval call the model. */
const MODEL_KEYS = ['pretrained', 'model_name', 'model'] as const;

/** Undefined where the text is no list of pairs that names a model. */
export function modelArguments(text: string): ModelArguments | undefined {
  if (text.length > MAX_TEXT || !text.includes('=')) return undefined;
  const pairs = new Map<string, string>();
  for (const part of text.split(',')) {
    const [, key = '', value = ''] = PAIR.exec(part) ?? [];
    if (key !== '') pairs.set(key, value.trim());
  }
  const key = MODEL_KEYS.find((name) => pairs.has(name));
  if (key === undefined) return undefined;
  const model = pairs.get(key);
  const revision = pairs.get('revision');
  return {
    ...(model ? { model } : {}),
    ...(revision ? { revision } : {}),
    trustRemoteCode: isOn(pairs.get('trust_remote_code') ?? ''),
  };
}

/** The model that they name, its load from the Hub, and the switch. False where the text is nothing of the kind. */
export function readModelArguments(sink: Sink, text: string, line: number, via: string, loader?: string): boolean {
  const found = modelArguments(text);
  if (!found) return false;
  const name = found.model === undefined ? undefined : withDefaults(found.model).text;
  if (name !== undefined && !name.startsWith('/')) {
    const model = sink.model(name, { position: 'argument', key: 'model', loader }, line, via);
    if (!isCommit(found.revision)) sink.hubLoad(model, line, loader ?? via);
  }
  if (found.trustRemoteCode) sink.observe('remote-code-switch', line, { via: 'trust_remote_code' });
  return true;
}
