import { at, facts, isTrue, text } from './shared/facts.ts';
import { activeMcpServers, serverName } from './shared/mcp.ts';
import { defineRule } from './rule.ts';

/** The entry starts a shell with a line of script: what runs is no longer a program that one can name and pin. */
export const mcpShellCommand = defineRule({
  id: 'mcp-shell-command',
  check: (input) =>
    activeMcpServers(input)
      .filter(({ facts: values }) => isTrue(values, 'shell'))
      .map((server) => ({ ...at(server), args: facts({ name: serverName(input, server), command: text(server.facts, 'command') }) })),
});
