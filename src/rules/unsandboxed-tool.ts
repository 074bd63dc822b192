import { findingsSection } from '../knowledge/findings.ts';
import { at, facts, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

const list = (value: unknown): ReadonlySet<string> => new Set(Array.isArray(value) ? value.map(String) : []);

/** `subprocess.run`, or any member of a listed module (`subprocess.*`). */
const runs = (callees: ReadonlySet<string>, callee: string): boolean => {
  if (callees.has(callee)) return true;
  for (let dot = callee.lastIndexOf('.'); dot > 0; dot = callee.lastIndexOf('.', dot - 1)) {
    if (callees.has(`${callee.slice(0, dot)}.*`)) return true;
  }
  return callees.has(callee.slice(callee.lastIndexOf('.') + 1));
};

/** A tool that a model calls with its own words, and that runs them on the host. */
export const unsandboxedTool = defineRule({
  id: 'unsandboxed-tool',
  check(input) {
    const callees = list(input.knowledge.get(findingsSection).get('unsandboxed-tool').parameters['callees']);
    return observed(input, 'tool')
      .filter(({ facts: values }) => runs(callees, text(values, 'callee') ?? ''))
      .map((tool) => ({
        ...at(tool),
        args: facts({ name: text(tool.facts, 'name'), callee: text(tool.facts, 'callee'), framework: text(tool.facts, 'framework') }),
      }));
  },
});
