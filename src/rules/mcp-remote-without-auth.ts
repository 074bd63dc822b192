import { at, facts, text } from './shared/facts.ts';
import { activeMcpServers, serverName } from './shared/mcp.ts';
import { hostOf, isInternalName, isLoopback } from './shared/place.ts';
import { defineRule } from './rule.ts';

/** Only a hint: a client may negotiate OAuth at connection time, which no configuration shows. */
export const mcpRemoteWithoutAuth = defineRule({
  id: 'mcp-remote-without-auth',
  check: (input) =>
    activeMcpServers(input)
      .filter(({ facts: values }) => {
        const url = text(values, 'url');
        const host = url === undefined ? undefined : hostOf(url);
        return host !== undefined && values['auth'] === false && !isLoopback(host) && !isInternalName(host);
      })
      .map((server) => ({
        ...at(server),
        args: facts({ name: serverName(input, server), url: text(server.facts, 'url') }),
      })),
});
