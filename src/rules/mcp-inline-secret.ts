import type { Location } from '../core/evidence.ts';
import type { Observation } from '../core/observation.ts';
import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { serverName } from './shared/mcp.ts';
import { defineRule, type Hit } from './rule.ts';

/** Disabled entries too: the secret is in the file all the same. */
export const mcpInlineSecret = defineRule({
  id: 'mcp-inline-secret',
  check(input) {
    const credentials = observed(input, 'credential').filter(({ facts: values }) => text(values, 'in') === 'mcp');
    const all = observed(input, 'mcp-server');
    /** Whether the secret was found between the entry's first line and the next entry. */
    const isSeen = (server: Observation): boolean => {
      const { path, line = 0 } = server.location;
      const end = Math.min(...all.filter(({ location }) => location.path === path && (location.line ?? 0) > line).map(({ location }) => location.line ?? 0), Infinity);
      return credentials.some(({ location, component }) => location.path === path && (component === server.component || component === undefined || ((location.line ?? 0) >= line && (location.line ?? 0) < end)));
    };
    const places = (server: Observation): Location[] => {
      const { secretLines } = server.facts;
      if (!Array.isArray(secretLines)) return isSeen(server) ? [] : [server.location];
      const { path } = server.location;
      return secretLines.flatMap((line) => (typeof line === 'number' && !credentials.some(({ location }) => location.path === path && location.line === line) ? [{ path, line }] : []));
    };
    const servers = all.filter((server) => isTrue(server.facts, 'inlineSecret'));
    return [
      ...credentials.map(
        (credential): Hit => ({
          ...at(credential),
          args: facts({ name: serverName(input, credential), detector: text(credential.facts, 'detector'), redacted: text(credential.facts, 'redacted') }),
        }),
      ),
      ...servers.flatMap((server) => places(server).map((location): Hit => ({ ...at(server), location, args: facts({ name: serverName(input, server) }) }))),
    ];
  },
});
