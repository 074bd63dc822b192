import { posix } from 'node:path';

/** Linux gives up after 40 as well (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * The path in a tree that a symbolic link leads to, other links on the way followed. `undefined` where it
 * leads out of the tree or in circles. `links` holds the target text of every link by path.
 */
export function followLink(path: string, links: ReadonlyMap<string, string>): string | undefined {
  let rest = path.split('/');
  let done: string[] = [];
  for (let followed = 0; rest.length > 0;) {
    const [part = '', ...others] = rest;
    rest = others;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (done.length === 0) return undefined;
      done = done.slice(0, -1);
      continue;
    }
    const target = links.get([...done, part].join('/'));
    if (target === undefined) {
      done = [...done, part];
      continue;
    }
    if (posix.isAbsolute(target) || ++followed > MAX_LINKS) return undefined;
    rest = [...target.split('/'), ...rest];
  }
  return done.join('/');
}
