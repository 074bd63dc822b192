import type { Ecosystem, LibraryComponent } from '../../core/component.ts';
import type { Confidence } from '../../core/severity.ts';

export type Scope = LibraryComponent['scope'];

/** Where a requirement gets its code from. Only `registry` names a package that a registry serves. */
export type Origin = 'registry' | 'vcs' | 'url' | 'path';

/** A package by the name that its registry keeps it under. */
export interface Package {
  readonly ecosystem: Ecosystem;
  readonly name: string;
}

/** One dependency as one line of a manifest states it. */
export interface Requirement {
  readonly ecosystem: Ecosystem;
  /** As written; Maven as `group/artifact`, Go as module path. */
  readonly name: string;
  /** Python: `openvino` of `optimum[openvino]`. */
  readonly extras?: readonly string[];
  /** Requirement as written, without the name. Absent where the manifest states none. */
  readonly range?: string;
  readonly scope: Scope;
  /** 1-based. */
  readonly line: number;
  /** `registry` where absent. */
  readonly origin?: Exclude<Origin, 'registry'>;
  /** `owner/name` of the repository that it is installed from; the distribution may have another name. */
  readonly repository?: string;
  /** The manifest itself says that nobody asked for it (`// indirect`, `# via other`). */
  readonly transitive?: true;
  /** A digest of the archive stands beside it. */
  readonly hashed?: true;
  /** Key to look up in a file elsewhere: a version catalogue alias, a workspace, `catalog:` or a parent's management. */
  readonly from?: string;
  /** The entry elsewhere that answered `from`: there the range is changed. */
  readonly stated?: Place;
  /** A commit or a tag of the repository that it is installed from. */
  readonly fixed?: true;
  /** Lower than the crawler's usual `high`. */
  readonly confidence?: Confidence;
}

/** A line of a file of the tree. */
export interface Place {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
}

/** Something that requirements elsewhere refer to by key, with its line where it is an entry of its own for one package. */
export type ManifestValue = readonly [key: string, value: string, line?: number];

/** One package of a lock file. */
export interface LockedPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version?: string;
  readonly line: number;
}

/** A pointer from one manifest to another: `-r base.txt`, `<parent>`, `from` of a version catalogue, `pip install .` of an image. */
export interface Link {
  readonly type: 'include' | 'constraint' | 'source' | 'parent' | 'import' | 'project';
  /** As written. */
  readonly target: string;
  readonly line: number;
}

/** What one manifest, lock file or install script says. Plain data. */
export interface ManifestFacts {
  /** Id of the reader. */
  readonly reader: string;
  readonly requirements?: readonly Requirement[];
  readonly locked?: readonly LockedPackage[];
  readonly links?: readonly Link[];
  /** Versions and names that requirements refer to by key: Maven properties, catalogue versions, managed versions. */
  readonly values?: readonly ManifestValue[];
  /** The project's own package: it is no dependency of itself. */
  readonly self?: Package;
  /** A package that others install, not an application: its ranges are open on purpose. */
  readonly library?: true;
  /** An image of the tree installs the project: its ranges decide what runs. */
  readonly deployed?: true;
  /** Made by a tool from another manifest (pip-compile, `uv export`). */
  readonly compiled?: true;
  /** A command someone may run, not the manifest of a deployment (CI step, shell script, notebook cell). */
  readonly casual?: true;
}

/** A requirement with what its neighbours say about it. */
export interface ResolvedRequirement {
  readonly path: string;
  readonly requirement: Requirement;
  /** From a lock file or a constraint. */
  readonly lockedVersion?: string;
  /** A lock file or constraint that covers this manifest names the package. */
  readonly inLock: boolean;
  /** A parent, a BOM or a central file that is not in the tree fixes the version. */
  readonly managed: boolean;
  readonly deployable: boolean;
}

export interface ResolvedLock {
  readonly path: string;
  readonly locked: LockedPackage;
}

/** What the files of one family say together. */
export interface Resolution {
  readonly requirements: readonly ResolvedRequirement[];
  readonly locks: readonly ResolvedLock[];
}
