import type { Sink } from '../sink.ts';
import { SEPARATORS, type Word } from './word.ts';

/** Addresses that every interface of a machine answers, with or without a port. */
const EVERYWHERE = /^(?:https?:\/\/)?(0\.0\.0\.0|\[?::\]?|\*)(?::(\d{1,5}))?\/?$/;

const splitAt = (text: string): readonly [string, string] => {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
};

/** A server listens for everybody because a variable says so. */
function observeBinding(sink: Sink, service: string, value: string, line: number, via: string): void {
  const [, bind = value, port] = EVERYWHERE.exec(value) ?? [];
  sink.service(service, line, via);
  sink.observe('exposed-port', line, { bind, via, ...(port === undefined ? {} : { port: Number(port) }) }, `service:${service}`);
}

/** `OLLAMA_HOST=0.0.0.0 ollama serve`: variables that stand before the command. */
export function readBinding(sink: Sink, words: readonly Word[], service: string, variable: string): void {
  for (const { text, line } of words) {
    const [name, value] = splitAt(text);
    if (name === variable && EVERYWHERE.test(value)) return observeBinding(sink, service, value, line, name);
  }
}

/** `launchctl setenv OLLAMA_HOST 0.0.0.0`, `setx OLLAMA_HOST 0.0.0.0`, `Environment="OLLAMA_HOST=0.0.0.0"` of a unit file: for the server that the machine runs. */
export function readMachineBinding(sink: Sink, words: readonly Word[]): void {
  const [first, second, third, fourth] = words.map(({ text }) => text);
  const unit = /^Environment=(.*)$/.exec(first ?? '')?.[1];
  const [name, value] =
    unit !== undefined
      ? splitAt(unit)
      : first === 'setx'
        ? [second, third]
        : first === 'launchctl' && second === 'setenv'
          ? [third, fourth]
          : [];
  const server = sink.infrastructure.commands.find(({ bind_variable }) => bind_variable !== undefined && bind_variable === name);
  if (server?.service !== undefined && name !== undefined && EVERYWHERE.test(value ?? ''))
    observeBinding(sink, server.service, value ?? '', words[0]?.line ?? 1, name);
}

/** Every command of a script with the exported variables that tell a server where to listen. */
export function withBindings(sink: Sink, words: readonly Word[], exported: readonly Word[]): readonly Word[] {
  const known = exported.filter(({ text }) => sink.infrastructure.commands.some(({ bind_variable }) => bind_variable === splitAt(text)[0]));
  return known.length === 0 ? words : [...known, ...words.flatMap((word) => (SEPARATORS.has(word.text) ? [word, ...known] : [word]))];
}
