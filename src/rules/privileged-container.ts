import type { Component } from '../core/component.ts';
import type { Observation } from '../core/observation.ts';
import { at, facts, isTrue, observed, text } from './shared/facts.ts';
import { locationOf } from './shared/load.ts';
import { isSideline } from './shared/place.ts';
import { defineRule, type Hit, type RuleInput } from './rule.ts';

/** Libraries of other matters, and what only names AI, make no program one of AI. */
const tells = (component: Component): boolean =>
  component.kind === 'agent' || component.kind === 'mcp-server' || (component.kind === 'library' && component.category !== undefined);

/** The code that an image is built from, or that it is given, uses AI. */
function isBuiltOfAi({ inventory }: RuleInput, folder: string): boolean {
  const inside = (path: string): boolean => (folder === '' || path.startsWith(`${folder}/`)) && !isSideline(path);
  return inventory.components.some((component) => tells(component) && component.occurrences.some(({ location }) => inside(location.path)));
}

/** An image that the catalogue knows, a container that is told of AI services, or one that is built from code that uses AI. */
function isOfAi(input: RuleInput, { facts: values }: Observation): boolean {
  const { folders } = values;
  return (
    text(values, 'image') !== undefined ||
    isTrue(values, 'ai') ||
    (Array.isArray(folders) && folders.some((folder) => typeof folder === 'string' && isBuiltOfAi(input, folder)))
  );
}

/** Either gives whoever takes over the model server or the agent the whole host. */
export const privilegedContainer = defineRule({
  id: 'privileged-container',
  check: (input) =>
    observed(input, 'container').flatMap((container): Hit[] => {
      const privileged = isTrue(container.facts, 'privileged');
      const socket = isTrue(container.facts, 'dockerSocket');
      if ((!privileged && !socket) || !isOfAi(input, container)) return [];
      const what = [...(privileged ? ['runs privileged'] : []), ...(socket ? ['mounts the container runtime socket'] : [])].join(' and ');
      const image = text(container.facts, 'image') ?? text(container.facts, 'name');
      return [{ ...at(container), location: locationOf(container, 'rightsLine'), args: facts({ image, what, via: text(container.facts, 'via') }) }];
    }),
});
