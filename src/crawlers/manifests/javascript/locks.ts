import { MAX_LOCKED } from '../limits.ts';
import type { LockedPackage } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { at, entriesOf, itemsOf, textOf, type TreeNode } from '../text/tree.ts';
import { readJson } from '../text/json.ts';

const npm = (name: string, version: string | undefined, line: number): LockedPackage => ({
  ecosystem: 'npm',
  name,
  line,
  ...(version ? { version } : {}),
});

/** Everything of a lock entry but its version is scanned, not kept. */
const SKIPPED = new Set([
  'resolved',
  'integrity',
  'requires',
  'engines',
  'bin',
  'funding',
  'peerDependencies',
  'optionalDependencies',
  'devDependencies',
  'license',
  'os',
  'cpu',
]);

/** lockfileVersion 1: a tree of `dependencies`. */
function* nested(node: TreeNode | undefined): Generator<LockedPackage> {
  for (const [name, value] of entriesOf(node)) {
    yield npm(name, textOf(at(value, 'version')), value.line);
    yield* nested(at(value, 'dependencies'));
  }
}

function* take<T>(items: Iterable<T>, count: number): Generator<T> {
  let taken = 0;
  for (const item of items) {
    if (taken >= count) return;
    taken += 1;
    yield item;
  }
}

export const packageLockReader: ManifestReader = {
  id: 'package-lock',
  matches: (path, name) => (name === 'package-lock.json' || name === 'npm-shrinkwrap.json') && !path.includes('node_modules/'),
  large: true,
  read: (text) => {
    // Version 2 says everything twice; `packages` is enough.
    const both = /"lockfileVersion"\s*:\s*[23]/.test(text.slice(0, 2000));
    const root = readJson(text, (path) => {
      const key = path.at(-1) as string;
      if (path.length === 1) return key === 'dependencies' ? both : key !== 'packages';
      return path[0] === 'packages' ? path.length > 2 && key !== 'version' && key !== 'name' && key !== 'link' : SKIPPED.has(key);
    });
    const modern = entriesOf(at(root, 'packages')).flatMap(([path, value]) => {
      const at_ = path.lastIndexOf('node_modules/');
      if (at_ < 0 || at(value, 'link')?.value === true) return [];
      return [npm(textOf(at(value, 'name')) ?? path.slice(at_ + 13), textOf(at(value, 'version')), value.line)];
    });
    const locked = modern.length > 0 ? modern.slice(0, MAX_LOCKED) : [...take(nested(at(root, 'dependencies')), MAX_LOCKED)];
    return { reader: 'package-lock', locked };
  },
};

/** Lines of a text without an array of all of them: lock files have millions of characters. */
function* linesOf(text: string): Generator<readonly [row: string, line: number]> {
  let line = 0;
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    line += 1;
    yield [text.slice(start, Math.min(stop, start + 2000)).trimEnd(), line];
    start = stop + 1;
  }
}

/** `openai@4.1.0(zod@3)`, `/openai/4.1.0`, `/@scope/name@1.0.0`. */
const PNPM_KEY = /^ {2}['"]?\/?((?:@[^/@'"]+\/)?[^/@'"\s:]+)[@/]([^('":\s]+)(?:\([^:]*\))?['"]?:/;

/** By lines: a YAML parser needs a second for each megabyte. */
export const pnpmLockReader: ManifestReader = {
  id: 'pnpm-lock',
  matches: (_path, name) => name === 'pnpm-lock.yaml',
  large: true,
  read: (text) => {
    const locked: LockedPackage[] = [];
    let inside = false;
    for (const [row, line] of linesOf(text)) {
      if (/^\S/.test(row)) inside = row === 'packages:';
      else if (inside && row.startsWith('  ') && row[2] !== ' ') {
        const found = PNPM_KEY.exec(row);
        if (found) locked.push(npm(found[1] as string, (found[2] as string).split('_')[0], line));
        if (locked.length >= MAX_LOCKED) break;
      }
    }
    return { reader: 'pnpm-lock', locked };
  },
};

const YARN_KEY = /^"?((?:@[^/@"]+\/)?[^@"\s]+)@/;

/** Classic and berry: a key line at the margin, `version` indented below it. */
export const yarnLockReader: ManifestReader = {
  id: 'yarn-lock',
  matches: (_path, name) => name === 'yarn.lock',
  large: true,
  read: (text) => {
    const locked: LockedPackage[] = [];
    let open: { name: string; line: number } | undefined;
    for (const [row, line] of linesOf(text)) {
      if (/^[^\s#]/.test(row) && row.endsWith(':')) {
        const local = /@(?:workspace|portal|link|file):/.test(row);
        // `alias@npm:real@1`: what is installed is `real`.
        const alias = /^"?(?:@[^/@"]+\/)?[^@"\s]+@npm:((?:@[^/@"]+\/)?[^@"\s]+)@/.exec(row)?.[1];
        const name = alias ?? YARN_KEY.exec(row)?.[1];
        open = name && !local && row !== '__metadata:' ? { name, line } : undefined;
      } else if (open) {
        const version = /^ {2}version:?\s+"?([^"\s]+)"?$/.exec(row)?.[1];
        if (version) {
          locked.push(npm(open.name, version, open.line));
          open = undefined;
          if (locked.length >= MAX_LOCKED) break;
        }
      }
    }
    return { reader: 'yarn-lock', locked };
  },
};

/** bun.lock (JSONC): `packages: { name: ["name@version", …] }`. */
export const bunLockReader: ManifestReader = {
  id: 'bun-lock',
  matches: (_path, name) => name === 'bun.lock',
  large: true,
  read: (text) => {
    const root = readJson(text, (path) => path[0] !== 'packages');
    const locked = entriesOf(at(root, 'packages')).flatMap(([, value]) => {
      const found = /^((?:@[^/@]+\/)?[^@]+)@(.+)$/.exec(textOf(itemsOf(value)[0]) ?? '');
      return found && !/^(?:workspace|file|link):/.test(found[2] as string) ? [npm(found[1] as string, found[2], value.line)] : [];
    });
    return { reader: 'bun-lock', locked: locked.slice(0, MAX_LOCKED) };
  },
};

/** deno.lock: `npm: { "openai@4.1.0": … }` or below `packages`. */
export const denoLockReader: ManifestReader = {
  id: 'deno-lock',
  matches: (_path, name) => name === 'deno.lock',
  large: true,
  read: (text) => {
    const root = readJson(text, (path) => !['npm', 'packages'].includes(path[0] as string) || path.length > 3);
    const tables = [at(root, 'npm'), at(root, 'packages', 'npm')];
    const locked = tables.flatMap((table) =>
      entriesOf(table).flatMap(([key, value]) => {
        const found = /^((?:@[^/@]+\/)?[^@]+)@([^_]+)/.exec(key);
        return found ? [npm(found[1] as string, found[2], value.line)] : [];
      }),
    );
    return { reader: 'deno-lock', locked: locked.slice(0, MAX_LOCKED) };
  },
};
