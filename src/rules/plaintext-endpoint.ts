import { at, facts, groupBy, isTrue, observed, text } from './shared/facts.ts';
import { hostOf, isAddress, isInternalName, isLoopback } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** A container's variable is read as a setting and as an environment. */
const onePerPlace = (hits: readonly Hit[]): readonly Hit[] =>
  [...groupBy(hits, ({ location, args }) => `${location.path}\0${location.line ?? ''}\0${String(args['url'])}`).values()].flatMap(([first]) => first ?? []);

/** Names that RFC 2606 keeps for examples and tests, and addresses with a letter for a number: `192.168.1.x`. */
const isMadeUp = (host: string): boolean => /(?:^|\.)example(?:\.(?:com|org|net))?$|\.(?:test|invalid)$|^\d{1,3}(?:\.(?:\d{1,3}|x+)){2,3}(?<=x)$/i.test(host);

/**
 * Prompts, answers and API keys cross a network in the clear. Loopback and names that only resolve
 * inside a cluster or a compose network do not leave it; an address of a local network does.
 */
export const plaintextEndpoint = defineRule({
  id: 'plaintext-endpoint',
  check: (input) =>
    onePerPlace(observed(input, 'endpoint', 'mcp-server').flatMap((endpoint): Hit[] => {
      const url = text(endpoint.facts, 'url');
      if (url === undefined || !/^(?:http|ws):\/\//i.test(url) || isTrue(endpoint.facts, 'disabled')) return [];
      const host = hostOf(url);
      if (host === undefined || isLoopback(host) || isInternalName(host) || isMadeUp(host) || (isTrue(endpoint.facts, 'internal') && !isAddress(host))) return [];
      return [{ ...at(endpoint), args: facts({ url, host, via: text(endpoint.facts, 'via') }) }];
    })),
});
