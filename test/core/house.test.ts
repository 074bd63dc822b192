import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

// The shape of the house, read off the imports: see CONTRIBUTING.md.

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(join('src', file), 'utf8').matchAll(/^(?:import|export)\b[^;]*? from '([^']+)';|^import '([^']+)';/gm)].map((match) => ({
    file,
    target: match[1] ?? match[2] ?? '',
  })),
);
/** A folder of `src`, or a file that stands in it. */
const room = (path: string): string => path.split(sep)[0] ?? path;

const rooms = new Map<string, Set<string>>();
for (const { file, target } of imports) {
  const from = room(file);
  const to = target.startsWith('.') ? room(normalize(join(dirname(file), target))) : undefined;
  const uses = rooms.get(from) ?? new Set();
  if (to !== undefined && to !== '..' && to !== from) uses.add(to);
  rooms.set(from, uses);
}

/** Rooms that lead back to the first of them, or nothing. */
function circle(from: string, way: readonly string[] = []): readonly string[] | undefined {
  if (way.includes(from)) return [...way.slice(way.indexOf(from)), from];
  for (const to of rooms.get(from) ?? []) {
    const found = circle(to, [...way, from]);
    if (found) return found;
  }
  return undefined;
}

describe('the house', () => {
  it('is read', () => {
    expect(files.length).toBeGreaterThan(400);
    expect(rooms.get('scan.ts')).toContain('crawlers');
  });

  it('has floors: no room uses one that uses it', () => {
    for (const name of rooms.keys()) expect(circle(name)).toBeUndefined();
  });

  it('keeps files, sockets and threads out of its core', () => {
    const pure = ['core', 'crawlers', 'completeness', 'diff', 'formats', 'policy', 'reporters', 'resolve', 'rules', 'text'];
    const rim = /^node:(?:fs|http|https|net|tls|dns|child_process|worker_threads)/;
    expect(imports.filter(({ file, target }) => pure.includes(room(file)) && rim.test(target))).toEqual([]);
  });
});
