import type { Expr } from '../lang/facts.ts';
import { positionalArg } from '../lang/frontend.ts';

/** What holds the fields of a class that a parser or configuration loader filled: `model_args.name`, `cfg.name`. */
export const PARSED = /^(?:\w*_?(?:args?|cfg|conf|config|opts?|options|settings|params|hparams|parser|cli))$/i;

/** What holds parsed command lines. */
export const ARGUMENTS =
  /^(?:args?|argv|opts?|options?|flags?|namespace|params?|parsed(?:_args)?|cli(?:_args)?|hparams|ns|parse_args|session_state|conf(?:ig)?|program|viper|cmd|ctx)$/i;

/** The name that a chain of members begins with, or the call that it is read from. */
export function rootName(expr: Expr): string {
  let current: Expr = expr;
  for (let depth = 0; depth < 10; depth++) {
    if (current.kind === 'member' || current.kind === 'index') current = current.object;
    else if (current.kind === 'call') {
      if (current.callee.kind === 'member' && !/^(?:get|Get|string|String)/.test(current.callee.name)) return current.callee.name;
      current = current.callee.kind === 'member' ? current.callee.object : current.callee;
    } else break;
  }
  return current.kind === 'name' ? current.name : '';
}

/** Names of a chain of members, keys and `get` calls: `config["model"]["name"]` is `model`, `name`. */
export function keyPath(expr: Expr): string[] | undefined {
  const path: string[] = [];
  let current: Expr = expr;
  for (let depth = 0; depth < 10; depth++) {
    if (current.kind === 'member') {
      path.unshift(current.name);
      current = current.object;
    } else if (current.kind === 'index') {
      if (current.key.kind !== 'string') return undefined;
      path.unshift(current.key.value);
      current = current.object;
    } else if (current.kind === 'call' && current.callee.kind === 'member') {
      // `Rails.configuration.openai.model`, `settings.llm().model()`: readers of a key take nothing.
      if (current.args.length === 0) {
        path.unshift(current.callee.name);
        current = current.callee.object;
        continue;
      }
      const key = positionalArg(current.args, 0);
      if (
        key?.kind !== 'string' ||
        !/^(?:get|Get|fetch|dig|opt|getString|GetString|getProperty|getRequired|getOrThrow|property|GetValue|GetSection|string|str)/.test(
          current.callee.name,
        )
      )
        return undefined;
      path.unshift(...key.value.split(/[.:]/));
      current = current.callee.object;
    } else break;
  }
  return path.length > 0 && (current.kind === 'name' || current.kind === 'call') ? path : undefined;
}
