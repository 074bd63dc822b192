import type { Expr } from '../lang/facts.ts';
import { KEY_TARGET } from '../lang/frontend.ts';
import type { Origin } from './bound.ts';
import { agrees, normalKey } from './settings.ts';
import { scopeOf, type Unit } from './unit.ts';

/** Configuration that programs write in their own language: frameworks read it by key from anywhere in the tree. */
export interface DeclaredKeys {
  /** What is declared under a key path that ends as this one does. */
  find(path: readonly string[]): readonly Origin[];
}

/** Nesting of one table of configuration. */
const MAX_NESTING = 8;
/** Keys of one file; more is a table of data. */
const MAX_KEYS = 400;
/** A key that many files declare says nothing about one read. */
const MAX_MATCHES = 8;

interface Declared extends Origin {
  readonly path: readonly string[];
}

export function declaredKeys(units: readonly Unit[]): DeclaredKeys {
  const byLast = new Map<string, Declared[]>();
  for (const unit of units) {
    for (const item of keysOf(unit)) {
      const last = item.path.at(-1) ?? '';
      const list = byLast.get(last);
      if (list) list.push(item);
      else byLast.set(last, [item]);
    }
  }
  return {
    find(path) {
      const found = (byLast.get(normalKey(path.at(-1) ?? '')) ?? []).filter((item) => agrees(item.path, path.map(normalKey)));
      return found.length > MAX_MATCHES ? [] : found;
    },
  };
}

function keysOf(unit: Unit): readonly Declared[] {
  const found: Declared[] = [];
  const add = (value: Expr, path: readonly string[], scope: number, depth: number): void => {
    if (value.kind !== 'dict' || depth > MAX_NESTING) {
      if (path.length > 0 && found.length < MAX_KEYS) found.push({ expr: value, unit, scope, path });
      return;
    }
    for (const entry of value.entries)
      if (entry.key.kind === 'string') add(entry.value, [...path, ...entry.key.value.split('.').map(normalKey)], scope, depth + 1);
  };
  const file = /(?:^|\/)config\/(?:[\w-]+\/)*([\w-]+)\.php$/.exec(unit.path)?.[1];
  // Laravel: `config/openai.php` returns the table that `config('openai.model')` reads.
  if (file !== undefined) for (const value of scopeOf(unit, 0)?.returns ?? []) add(value, [normalKey(file)], 0, 0);
  for (const { value, scope } of unit.assigns.get(0)?.get('default') ?? []) {
    if (value.kind === 'dict' && /config/i.test(unit.path)) add(value, [], scope, 0);
    else if (value.kind === 'call') addExported(value, (table, path) => add(table, path, scope, 0));
  }
  // Rails: `config.x.openai.model = …`, in a file of its own or of the application.
  for (const { target, value, scope } of unit.facts.assigns)
    if (target.startsWith(KEY_TARGET)) add(value, target.slice(KEY_TARGET.length).split('.').map(normalKey), scope, 0);
  return found;
}

/** `registerAs('openai', () => ({…}))` of NestJS, `defineNuxtConfig({ runtimeConfig: {…} })` of Nuxt. */
function addExported({ callee, args }: Extract<Expr, { kind: 'call' }>, add: (table: Expr, path: readonly string[]) => void): void {
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  const [first, second] = args.map((arg) => arg.value);
  if (name === 'registerAs' && first?.kind === 'string' && second) add(second, [normalKey(first.value)]);
  if (name !== 'defineNuxtConfig' || first?.kind !== 'dict') return;
  const table = first.entries.find((entry) => entry.key.kind === 'string' && entry.key.value === 'runtimeConfig')?.value;
  if (table) add(table, []);
}
