import type { Location } from './evidence.ts';

/**
 * A name that is given a value somewhere: a variable in `.env.example`, a compose or Kubernetes
 * environment, a `.properties` key, a Terraform variable's default. Code that reads the name is
 * joined with it (`resolve/`).
 */
export interface Setting {
  /** As written: `OPENAI_MODEL`, `spring.ai.ollama.chat.options.model`, `llm.model_name`. */
  readonly name: string;
  readonly value: string;
  readonly location: Location;
  /** What the name lives in. `env` names are joined with getenv calls, `key` paths with configuration reads. */
  readonly scope: 'env' | 'key' | 'variable';
}
