import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { serverName } from './shared/mcp.ts';
import { defineRule, type Hit } from './rule.ts';

/** Disabled entries too: the secret is in the file all the same. */
export const mcpInlineSecret = defineRule({
  id: 'mcp-inline-secret',
  check(input) {
    const credentials = observed(input, 'credential').filter(({ facts: values }) => text(values, 'in') === 'mcp');
    const servers = observed(input, 'mcp-server').filter(
      ({ facts: values, component, location }) =>
        isTrue(values, 'inlineSecret') &&
        !credentials.some((credential) => credential.location.path === location.path && (credential.component === component || credential.component === undefined)),
    );
    return [
      ...credentials.map(
        (credential): Hit => ({
          ...at(credential),
          args: facts({ name: serverName(input, credential), detector: text(credential.facts, 'detector'), redacted: text(credential.facts, 'redacted') }),
        }),
      ),
      ...servers.map((server): Hit => ({ ...at(server), args: facts({ name: serverName(input, server) }) })),
    ];
  },
});
