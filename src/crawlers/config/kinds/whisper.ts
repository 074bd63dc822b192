import type { Sink } from '../sink.ts';

/** Sizes that Whisper's servers and libraries take for its models. https://github.com/openai/whisper#available-models-and-languages */
const SIZE = /^(?:tiny|base|small|medium|large(?:-v[123])?|large-v3-turbo|turbo|distil-(?:small|medium|large-v[23](?:\.5)?))(?:\.en)?$/;
/** Names that say that speech is recognised. */
const SPEECH = /(?:^|[._-])(?:asr|stt|whisper|transcri\w*|speech(?:_to_text)?)(?:[._-]|$)/i;
const MODEL = /(?:model(?:[._-]?(?:size|name))?|size)$/i;

/** `asr: {model_size: small.en}`: a size stands for the model. Whether there was one. */
export function readWhisperSize(sink: Sink, key: string, text: string, line: number): boolean {
  if (!SIZE.test(text) || !MODEL.test(key) || !SPEECH.test(key)) return false;
  sink.addModel({ name: text, origin: 'library', family: 'whisper', role: 'audio', confidence: 'medium' }, line, key, {
    aliases: [text],
  });
  return true;
}
