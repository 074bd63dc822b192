import type { Section } from './section.ts';

/**
 * The knowledge base, part by part: `knowledge.get(librariesSection)`. A section's asset is read
 * and indexed at its first use, so that `assay inspect` never loads the provider catalogue.
 */
export interface Knowledge {
  get<C, I>(section: Section<C, I>): I;
}

/** `load` gives the compiled JSON value of a section by its id. */
export function createKnowledge(load: (id: string) => unknown): Knowledge {
  const indexed = new Map<string, unknown>();
  return {
    get<C, I>(section: Section<C, I>): I {
      if (!indexed.has(section.id)) indexed.set(section.id, section.index(load(section.id) as C));
      return indexed.get(section.id) as I;
    },
  };
}
