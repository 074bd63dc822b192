import { libraryKey } from '../../knowledge/libraries.ts';
import type { ManifestFacts, Package } from './model.ts';

export const packageKey = ({ ecosystem, name }: Package): string => `${ecosystem}:${libraryKey(ecosystem, name)}`;

/** Packages whose source is in the tree. */
export interface OwnPackages {
  /** Whatever another project of the tree asks for under this name is this one. */
  readonly published: ReadonlySet<string>;
  /** Every project that has a name, examples that bear the name of what they show included. */
  readonly made: ReadonlySet<string>;
}

/** Names that a registry or a domain owner gives out: no example bears one by chance. */
const isReserved = ({ ecosystem, name }: Package): boolean =>
  ecosystem === 'maven' || ecosystem === 'golang' || ecosystem === 'composer' || (ecosystem === 'npm' && name.startsWith('@'));

export function ownPackages(manifests: Iterable<ManifestFacts>): OwnPackages {
  const published = new Set<string>();
  const made = new Set<string>();
  for (const { self, library } of manifests) {
    if (!self) continue;
    made.add(packageKey(self));
    if (library || isReserved(self)) published.add(packageKey(self));
  }
  return { published, made };
}
