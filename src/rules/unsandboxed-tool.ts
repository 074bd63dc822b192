import { at, facts, groupBy, observed, text } from './shared/facts.ts';
import { defineRule } from './rule.ts';

/** A tool that a model calls with its own words, and that runs them on the host. Several tools may end in one call. */
export const unsandboxedTool = defineRule({
  id: 'unsandboxed-tool',
  check(input) {
    const running = observed(input, 'tool').filter((tool) => text(tool.facts, 'callee') !== undefined);
    const places = groupBy(running, ({ location }) => `${location.path}\0${location.line ?? ''}\0${location.column ?? ''}`);
    return [...places.values()].flatMap(([tool]) =>
      tool
        ? [
            {
              ...at(tool),
              // The arguments of one fixed program.
              ...(tool.confidence === 'low' ? { severity: 'medium' as const } : {}),
              args: facts({ name: text(tool.facts, 'name'), callee: text(tool.facts, 'callee'), framework: text(tool.facts, 'framework') }),
            },
          ]
        : [],
    );
  },
});
