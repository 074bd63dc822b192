import type { Knowledge } from '../../knowledge/knowledge.ts';
import { Sink, type ConfigFacts } from './sink.ts';

/** Sinks of several files: a value is reported where it is written, not where it is used. */
export class Sinks {
  readonly #knowledge: Knowledge;
  readonly #crawler: string;
  readonly #byPath = new Map<string, Sink>();

  constructor(knowledge: Knowledge, crawler: string) {
    this.#knowledge = knowledge;
    this.#crawler = crawler;
  }

  of(path: string): Sink {
    let sink = this.#byPath.get(path);
    if (!sink) this.#byPath.set(path, (sink = new Sink(path, this.#knowledge, this.#crawler)));
    return sink;
  }

  facts(): ConfigFacts {
    const facts = [...this.#byPath.values()].flatMap((sink) => sink.facts ?? []);
    return {
      components: facts.flatMap(({ components }) => components),
      relations: facts.flatMap(({ relations }) => relations),
      observations: facts.flatMap(({ observations }) => observations),
      mentions: facts.flatMap(({ mentions }) => mentions ?? []),
    };
  }
}
