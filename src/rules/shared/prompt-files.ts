import type { Observation } from '../../core/observation.ts';
import type { RuleInput } from '../rule.ts';
import { text } from './facts.ts';

/** Whether a credential stands in what a model is given. Prose is a prompt only where the inventory says so: manuals are for people. */
export function isInPrompt(input: RuleInput): (credential: Observation) => boolean {
  const prompts = new Set(
    input.inventory.components.filter(({ kind }) => kind === 'prompt').flatMap(({ occurrences }) => occurrences.map(({ location }) => location.path)),
  );
  return ({ facts: values, location }) => text(values, 'in') === 'prompt' || (text(values, 'in') === 'prose' && prompts.has(location.path));
}

/** The service of a key whose format bears another name. */
export const otherThan = (detector: string | undefined, service: string | undefined): string | undefined => (service === detector ? undefined : service);
