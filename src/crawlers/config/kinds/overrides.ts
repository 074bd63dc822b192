import type { Observation } from '../../../core/observation.ts';
import { folderOf } from '../../manifests/paths.ts';

/** What compose files say of services without an image of a catalogue, kept until all files are known. */
export const COMPOSE_SERVICE = 'compose-service';

/** A file beside which others add to its services: `compose.yaml`, `docker-compose.override.yml`. */
export const COMPOSE_FILE = /(?:^|\/)[\w.-]*compose[\w.-]*\.ya?ml$/i;

/** Joins are of each service with each of its name: a project's files, not a generated dump. */
const MAX_JOINED = 500;

/**
 * `docker-compose.override.yml` gives a service the socket of Docker, and `docker-compose.yml` says what is built for it:
 * one container. https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/
 */
export function joinOverrides(observations: readonly Observation[]): Observation[] {
  const services = observations.filter(({ type }) => type === COMPOSE_SERVICE).slice(0, MAX_JOINED);
  const rest = observations.filter(({ type }) => type !== COMPOSE_SERVICE);
  const joined = services.flatMap((over): Observation[] => {
    if (over.facts['rightsLine'] === undefined) return [];
    const bases = services.filter(
      ({ facts, location }) =>
        facts['name'] === over.facts['name'] &&
        location.path !== over.location.path &&
        folderOf(location.path) === folderOf(over.location.path) &&
        (facts['ai'] === true || facts['folders'] !== undefined),
    );
    const ai = bases.some(({ facts }) => facts['ai'] === true);
    const folders = bases.flatMap(({ facts }) => (Array.isArray(facts['folders']) ? facts['folders'] : []));
    if (bases.length === 0) return [];
    const facts = { ...over.facts, ...(ai && { ai }), ...(folders.length > 0 && { folders }) };
    return [{ ...over, type: 'container', confidence: ai ? 'high' : 'medium', facts }];
  });
  return [...rest, ...joined];
}
