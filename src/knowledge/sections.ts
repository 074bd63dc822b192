import type { Section } from './section.ts';

/** Every section, in the order in which assets are written. Add yours here. */
export const sections: readonly Section<never, unknown>[] = [];
