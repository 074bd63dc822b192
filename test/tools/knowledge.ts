import { compileSection } from '../../src/knowledge/compile.ts';
import { createKnowledge } from '../../src/knowledge/knowledge.ts';
import { sections } from '../../src/knowledge/sections.ts';

/** The knowledge base from `rules/` of the checkout: programs that are bundled on their own have no built assets beside them. */
export const knowledge = createKnowledge((id) => {
  const section = sections.find((item) => item.id === id);
  if (!section) throw new Error(`no section ${id}`);
  return compileSection(section, 'rules');
});
