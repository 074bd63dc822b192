import type { Setting } from '../../../core/setting.ts';
import { formatOf } from '../readers/index.ts';
import { scalar, textOf, type MapEntry, type MapNode } from '../readers/node.ts';
import { IMAGE_KEYS } from './image-reference.ts';

/** `$NAME`, `${NAME}`, `${NAME:?message}`: what Compose fills in. A variable with a default says by itself what it is. */
const VARIABLE = /\$(?:\{([A-Za-z_]\w{0,100})(?::?\?[^{}]{0,200})?\}|([A-Za-z_]\w{0,100}))/g;
/** Files of variables that a stack is run with, one at a time (`cpu.env`, `gpu.env`). */
const MAX_IMAGES = 4;

/** What a variable may be. */
type Values = (name: string) => readonly string[];

const imageOf = (map: MapNode): MapEntry | undefined =>
  map.entries.find(({ key, value }) => (IMAGE_KEYS as readonly string[]).includes(key) && textOf(value) !== undefined);

const namesIn = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(VARIABLE)].map(([, braced, plain]) => braced ?? plain ?? ''));

/** Whether a variable names a container's image, or a part of it. */
export const isPending = (map: MapNode): boolean => namesIn(textOf(imageOf(map)?.value) ?? '').size > 0;

/** The container with each image that it may run; a variable without a value stays. */
export function withImages(map: MapNode, values: Values): readonly MapNode[] {
  const entry = imageOf(map);
  if (!entry) return [map];
  let texts: readonly string[] = [textOf(entry.value) ?? ''];
  for (const name of namesIn(texts[0] ?? '')) {
    const given = values(name);
    if (given.length === 0) continue;
    const put = (text: string, value: string): string =>
      text.replaceAll(VARIABLE, (all, braced, plain) => ((braced ?? plain) === name ? value : all));
    texts = texts.flatMap((text) => given.map((value) => put(text, value))).slice(0, MAX_IMAGES);
  }
  const running = (text: string): MapNode => ({
    ...map,
    entries: map.entries.map((other) => (other === entry ? { ...entry, value: scalar(text, entry.value.line) } : other)),
  });
  return texts.map(running);
}

/** Values that files of variables beside a file, above it or below it give to a name. */
export function variablesAround(path: string, settings: readonly Setting[]): Values {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const near = settings.filter(({ scope, value, location }) => {
    if (scope !== 'env' || value === '' || formatOf(location.path) !== 'dotenv') return false;
    const own = location.path.slice(0, location.path.lastIndexOf('/') + 1);
    return folder.startsWith(own) || own.startsWith(folder);
  });
  return (name) => [...new Set(near.flatMap((setting) => (setting.name === name ? [setting.value] : [])))].slice(0, MAX_IMAGES);
}
