import { parse } from 'yaml';
import { defineSection } from './section.ts';

type Compiled = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** Word lists of the formats: `rules/formats/<topic>.yaml`, each a map of lists of names. */
export interface Vocabulary {
  /** The names of one list. Throws where there is no such list: a typo of ours. */
  names(topic: string, list: string): ReadonlySet<string>;
}

function compileTopic(path: string, text: string): Readonly<Record<string, readonly string[]>> {
  const lists: Record<string, readonly string[]> = {};
  const value: unknown = parse(text);
  if (typeof value !== 'object' || value === null) throw new Error(`${path}: expected a map of lists`);
  for (const [list, names] of Object.entries(value)) {
    if (!Array.isArray(names) || !names.every((name): name is string => typeof name === 'string'))
      throw new Error(`${path}: ${list} is no list of strings`);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new Error(`${path}: ${list} names ${twice} twice`);
    lists[list] = names;
  }
  return lists;
}

export const vocabularySection = defineSection<Compiled, Vocabulary>({
  id: 'format-vocabulary',
  sources: ['formats'],
  compile: (files) =>
    Object.fromEntries(files.map(({ path, text }) => [(path.split('/').pop() ?? path).replace(/\.yaml$/, ''), compileTopic(path, text)])),
  index: (compiled) => {
    const sets = new Map<string, ReadonlySet<string>>();
    return {
      names(topic, list) {
        const id = `${topic}/${list}`;
        let set = sets.get(id);
        if (!set) {
          const names = compiled[topic]?.[list];
          if (!names) throw new Error(`no list ${list} in rules/formats/${topic}.yaml`);
          sets.set(id, (set = new Set(names)));
        }
        return set;
      },
    };
  },
});
