import { defineSection, type RuleFile } from './section.ts';

export interface Twin {
  readonly name: string;
  readonly difference: string;
}

export interface HubOwners {
  /** The known publisher that an owner may be taken for; nothing for the publishers themselves. */
  twinOf(owner: string): Twin | undefined;
}

/** Names as eyes read them: no case, no separators, digits and pairs that look like letters. */
const skeleton = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[-_.]/g, '')
    .replaceAll('0', 'o')
    .replaceAll(/[1|]/g, 'l')
    .replaceAll('i', 'l')
    .replaceAll('5', 's')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w');

/** Shorter names are one letter away from too many honest ones. */
const LEAST_LENGTH = 7;

/** Names that differ by one letter more, less, other, or two exchanged (Damerau 1964). */
function oneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  return (
    restA.slice(1) === restB.slice(1) ||
    restA === restB.slice(1) ||
    restA.slice(1) === restB ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  );
}

export const hubOwnersSection = defineSection<readonly string[], HubOwners>({
  id: 'hub-owners',
  sources: ['catalog/hub-owners.txt'],
  compile([file]: readonly RuleFile[]) {
    if (!file) throw new Error('rules/catalog/hub-owners.txt is missing');
    return file.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  },
  index(names) {
    const known = new Set(names.map((name) => name.toLowerCase()));
    const bySkeleton = new Map(names.map((name) => [skeleton(name), name]));
    return {
      twinOf(owner) {
        const lower = owner.toLowerCase();
        if (known.has(lower)) return undefined;
        const same = bySkeleton.get(skeleton(owner));
        if (same !== undefined) return { name: same, difference: 'reads the same' };
        const near =
          lower.length < LEAST_LENGTH ? undefined : names.find((name) => name.length >= LEAST_LENGTH && oneEdit(lower, name.toLowerCase()));
        return near === undefined ? undefined : { name: near, difference: 'one letter differs' };
      },
    };
  },
});
