import type { Observation } from '../core/observation.ts';
import { findingsSection } from '../knowledge/findings.ts';
import { at, facts, nameOf, observed, text } from './shared/facts.ts';
import { isLoopback } from './shared/place.ts';
import { defineRule, type Hit } from './rule.ts';

/** `0.0.0.0` and `::` listen on every interface; no address means the same in compose. */
const isOpen = (bind: string | undefined): boolean => bind === undefined || bind === '0.0.0.0' || !isLoopback(bind);

/** Ports of one service stand on neighbouring lines. */
const NEIGHBOURS = 4;

const sameService = (a: Observation, b: Observation): boolean =>
  a.component === b.component && a.location.path === b.location.path && Math.abs((a.location.line ?? 0) - (b.location.line ?? 0)) <= NEIGHBOURS;

/** Servers that start with a password only, unless a variable of theirs says otherwise. Where the password comes from (a file, a secret) is not seen. */
const guarded = (port: Observation, switches: ReadonlyMap<string, unknown>, name: string | undefined): boolean => {
  const off = name === undefined ? undefined : switches.get(name);
  const { settings } = port.facts;
  return Array.isArray(off) && !(Array.isArray(settings) && settings.some((setting) => off.includes(setting)));
};

/** Names of variables and options that switch authentication on, of the servers that crawlers know. */
function authenticates(port: Observation, names: ReadonlySet<string>): boolean {
  const { auth, settings } = port.facts;
  return auth === true || auth === null || (Array.isArray(settings) && settings.some((name) => typeof name === 'string' && names.has(name)));
}

export const exposedModelServer = defineRule({
  id: 'exposed-model-server',
  check(input) {
    const { authSettings, openedBy } = input.knowledge.get(findingsSection).get('exposed-model-server').parameters;
    const names = new Set(Array.isArray(authSettings) ? authSettings.map(String) : []);
    const switches = new Map(Object.entries(openedBy ?? {}));
    const groups: Observation[][] = [];
    for (const port of observed(input, 'exposed-port')) {
      if (port.component === undefined || authenticates(port, names) || !isOpen(text(port.facts, 'bind'))) continue;
      if (guarded(port, switches, nameOf(input, port.component))) continue;
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
