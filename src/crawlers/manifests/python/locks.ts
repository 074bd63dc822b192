import { MAX_LOCKED } from '../limits.ts';
import type { LockedPackage } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { entriesOf, at, textOf } from '../text/tree.ts';
import { readJson } from '../text/json.ts';

const HEADER = /^\[\[\s*(?:package|packages)\s*\]\]/;
const TABLE = /^\[/;
const FIELD = /^(name|version)\s*=\s*["']([^"']{1,300})["']/;

/**
 * `[[package]] name = … version = …`: poetry.lock, uv.lock, pdm.lock, pylock.toml, Cargo.lock. By
 * lines, because these files reach many megabytes and every tool writes them the same way.
 */
export function tomlPackages(text: string, ecosystem: LockedPackage['ecosystem']): LockedPackage[] {
  const packages: LockedPackage[] = [];
  let open: { line: number; name?: string; version?: string } | undefined;
  let inside = false;
  const close = (): void => {
    if (open?.name) packages.push({ ecosystem, name: open.name, line: open.line, ...(open.version ? { version: open.version } : {}) });
    open = undefined;
  };
  let line = 0;
  for (let start = 0; start <= text.length && packages.length < MAX_LOCKED;) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    line += 1;
    const first = text.charCodeAt(start);
    if (first === 91 || first === 110 || first === 118) {
      const row = text.slice(start, Math.min(stop, start + 400));
      if (HEADER.test(row)) {
        close();
        open = { line };
        inside = true;
      } else if (TABLE.test(row)) inside = false;
      else if (inside && open) {
        const field = FIELD.exec(row);
        if (field?.[1] === 'name') {
          open.name = field[2] as string;
          open.line = line;
        } else if (field) open.version = field[2] as string;
      }
    }
    start = stop + 1;
  }
  close();
  return packages;
}

export const pythonTomlLockReader: ManifestReader = {
  id: 'python-lock',
  matches: (_path, name) => /^(?:poetry|uv|pdm)\.lock$|^pylock(?:\.[\w-]+)?\.toml$/.test(name),
  large: true,
  read: (text) => ({ reader: 'python-lock', locked: tomlPackages(text, 'pypi') }),
};

export const pipfileLockReader: ManifestReader = {
  id: 'pipfile-lock',
  matches: (_path, name) => name === 'Pipfile.lock',
  large: true,
  read: (text) => {
    const root = readJson(text, (path) => path.length > 2 && path.at(-1) !== 'version');
    const locked = entriesOf(root).flatMap(([group, table]) =>
      group === '_meta'
        ? []
        : entriesOf(table).map(([name, value]): LockedPackage => {
            const version = textOf(at(value, 'version'))?.replace(/^==/, '');
            return { ecosystem: 'pypi', name, line: value.line, ...(version ? { version } : {}) };
          }),
    );
    return { reader: 'pipfile-lock', locked: locked.slice(0, MAX_LOCKED) };
  },
};

/** conda-lock.yml and pixi.lock are YAML of megabytes; both give name and version on lines of their own. */
export const condaLockReader: ManifestReader = {
  id: 'conda-lock',
  matches: (_path, name) => /^(?:.*[-.])?conda-lock\.ya?ml$/.test(name),
  large: true,
  read: (text) => {
    const locked: LockedPackage[] = [];
    let name: string | undefined;
    let version: string | undefined;
    let first = 0;
    const close = (manager: string): void => {
      if (name) locked.push({ ecosystem: manager === 'pip' ? 'pypi' : 'conda', name, line: first, ...(version ? { version } : {}) });
      name = undefined;
      version = undefined;
    };
    for (const [index, row] of text.split('\n').entries()) {
      if (locked.length >= MAX_LOCKED) break;
      const field = /^(?:- | {2})(name|version|manager): ['"]?([^'"\s]{1,300})['"]?\s*$/.exec(row);
      if (field?.[1] === 'name') [name, first] = [field[2] as string, index + 1];
      else if (field?.[1] === 'version') version = field[2] as string;
      else if (field) close(field[2] as string);
    }
    return { reader: 'conda-lock', locked };
  },
};
