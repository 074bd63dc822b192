import { visible } from './visible.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text of XML or HTML, in an element or in a quoted attribute. Non-characters cannot stand in XML 1.0 at all. */
export const escapeMarkup = (text: string): string =>
  visible(text)
    .replaceAll(/\p{Noncharacter_Code_Point}/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
