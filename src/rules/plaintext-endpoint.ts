import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { hostOf, isInternalName, isLoopback } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** Prompts, answers and API keys cross a network in the clear. Loopback and names of a private network do not leave it. */
export const plaintextEndpoint = defineRule({
  id: 'plaintext-endpoint',
  check: (input) =>
    observed(input, 'endpoint', 'mcp-server').flatMap((endpoint): Hit[] => {
      const url = text(endpoint.facts, 'url');
      if (url === undefined || !/^(?:http|ws):\/\//i.test(url) || isTrue(endpoint.facts, 'internal') || isTrue(endpoint.facts, 'disabled')) return [];
      const host = hostOf(url);
      if (host === undefined || isLoopback(host) || isInternalName(host)) return [];
      return [{ ...at(endpoint), args: facts({ url, host, via: text(endpoint.facts, 'via') }) }];
    }),
});
