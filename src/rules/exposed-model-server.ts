import type { Observation } from '../core/observation.ts';
import { at, facts, isTrue, nameOf, observed, text } from './shared/facts.ts';
import { isLoopback } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** `0.0.0.0` and `::` listen on every interface; no address means the same in compose. */
const isOpen = (bind: string | undefined): boolean => bind === undefined || bind === '0.0.0.0' || !isLoopback(bind);

/** Ports of one service stand on neighbouring lines. */
const NEIGHBOURS = 4;

const sameService = (a: Observation, b: Observation): boolean =>
  a.component === b.component && a.location.path === b.location.path && Math.abs((a.location.line ?? 0) - (b.location.line ?? 0)) <= NEIGHBOURS;

export const exposedModelServer = defineRule({
  id: 'exposed-model-server',
  check(input) {
    const groups: Observation[][] = [];
    for (const port of observed(input, 'exposed-port')) {
      if (isTrue(port.facts, 'auth') || port.facts['auth'] === null || !isOpen(text(port.facts, 'bind'))) continue;
      const last = groups.at(-1);
      const previous = last?.at(-1);
      if (last && previous && sameService(previous, port)) last.push(port);
      else groups.push([port]);
    }
    return groups.flatMap(([first, ...rest]): Hit[] => {
      if (!first) return [];
      const ports = [first, ...rest].flatMap((port) => (port.facts['port'] === undefined || port.facts['port'] === null ? [] : [String(port.facts['port'])]));
      return [
        {
          ...at(first),
          related: rest.map((port) => port.location),
          args: facts({
            name: nameOf(input, first.component),
            port: ports.length > 0 ? [...new Set(ports)].join(', ') : undefined,
            bind: text(first.facts, 'bind'),
            via: text(first.facts, 'via'),
          }),
        },
      ];
    });
  },
});
