import type { Expr } from '../lang/facts.ts';
import { MAX_DEPTH, type Query } from './bound.ts';
import type { Program } from './program.ts';
import type { SettingsIndex } from './settings.ts';
import { scopeOf, type Unit } from './unit.ts';
import type { Value } from './value.ts';

/** Base classes whose fields are read from the environment: https://docs.pydantic.dev/latest/concepts/pydantic_settings/ */
const SETTINGS = /(?:^|[.#])BaseSettings$/;
/** A settings class extends others, seldom more. */
const MAX_BASES = 4;

/** `settings.chat_name` of a class that the environment fills: `MYAPP_CHAT_NAME`. */
export function environmentField(program: Program, settings: SettingsIndex, expr: Expr, unit: Unit, scope: number, query: Query): Value[] {
  if (expr.kind !== 'member' || unit.facts.language !== 'python' || query.depth > MAX_DEPTH - 3) return [];
  return program.expand(expr.object, unit, scope, query).flatMap((bound): Value[] => {
    const owner =
      bound.kind === 'local' ? bound : bound.kind === 'expr' && bound.expr.kind === 'call' ? made(program, bound, query) : undefined;
    if (!owner || !owner.unit.members.get(owner.index)?.has(expr.name) || !isSettings(program, owner.unit, owner.index, query)) return [];
    const name = `${prefixOf(owner.unit, owner.index)}${expr.name}`;
    return settings.env(name).map((value) => ({ ...value, key: name, indirect: true }));
  });
}

interface Owner {
  readonly unit: Unit;
  readonly index: number;
}

/** The class whose constructor is called. */
function made(
  program: Program,
  { expr, unit, scope }: { readonly expr: Expr; readonly unit: Unit; readonly scope: number },
  query: Query,
): Owner | undefined {
  if (expr.kind !== 'call') return undefined;
  for (const bound of program.expand(expr.callee, unit, scope, query)) if (bound.kind === 'local') return bound;
  return undefined;
}

function isSettings(program: Program, unit: Unit, index: number, query: Query, depth = 0): boolean {
  const owner = scopeOf(unit, index);
  return (owner?.bases ?? []).some((base) =>
    program
      .expand(base, unit, owner?.parent ?? 0, query)
      .some((bound) =>
        bound.kind === 'external'
          ? SETTINGS.test(bound.path)
          : bound.kind === 'local' && depth < MAX_BASES && isSettings(program, bound.unit, bound.index, query, depth + 1),
      ),
  );
}

/** `model_config = SettingsConfigDict(env_prefix="X_")`, `class Config: env_prefix = "X_"`, `class S(BaseSettings, env_prefix="X_")`. */
function prefixOf(unit: Unit, index: number): string {
  const config = unit.members.get(index)?.get('model_config')?.[0]?.value;
  const written =
    config?.kind === 'dict' ? config.entries.find(({ key }) => key.kind === 'string' && key.value === 'env_prefix')?.value : undefined;
  const inner = unit.defs.get(index)?.get('Config');
  const value = written ?? (inner === undefined ? undefined : unit.members.get(inner)?.get('env_prefix')?.[0]?.value);
  return value?.kind === 'string' ? value.value : '';
}
