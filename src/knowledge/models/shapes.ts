/** Data of `rules/catalog/models`, as the asset holds it and as look-ups see it. */
import type { ModelRole } from '../../core/component.ts';

export interface FamilyLicence {
  readonly key: string;
  readonly name: string;
  readonly spdx?: string;
  readonly url: string;
  /** `yes`: more than notice and attribution is asked; `varies`: look at the model card. */
  readonly restricted: 'yes' | 'no' | 'varies';
  readonly clause?: string;
}

/** Where `context_pattern` of a family counts. */
export interface FamilyContext {
  readonly providers?: readonly string[];
  readonly libraries?: readonly string[];
  readonly orgs?: readonly string[];
  /** The value of a key that names a model. */
  readonly keys?: boolean;
}

export interface Family {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  /** Slug of the service that its maker runs it on; absent for open families. */
  readonly provider?: string;
  readonly library?: string;
  readonly role: ModelRole;
  readonly modality: string;
  readonly weights: 'open' | 'hosted-only';
  readonly pattern: string;
  readonly context_pattern?: string;
  readonly context?: FamilyContext;
  readonly context_examples?: readonly string[];
  readonly examples: readonly string[];
  readonly near_misses: readonly string[];
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
  readonly orgs?: readonly string[];
  readonly ollama?: readonly string[];
  readonly licence: FamilyLicence;
  readonly note?: string;
  readonly basis?: string;
}

export interface EndOfLife {
  readonly provider: string;
  readonly id: string;
  readonly status: 'retired' | 'announced' | 'deprecated';
  /** ISO date. With `earliest`, a promise not to retire before it. */
  readonly retiresOn?: string;
  readonly deprecatedOn?: string;
  readonly replacement?: string;
  readonly confirmed: boolean;
  readonly earliest: boolean;
  readonly aliases: readonly string[];
  readonly source: string;
  readonly document: string;
  readonly note?: string;
}

export interface PretrainedLibrary {
  readonly library: string;
  /** Import names under which the loaders stand. */
  readonly modules: readonly string[];
  readonly role: ModelRole;
  readonly names: readonly string[];
  readonly resolvesTo?: Readonly<Record<string, string>>;
  readonly licenceNote?: string;
}

export interface Recogniser {
  readonly placeholders: readonly string[];
  readonly expressions: readonly string[];
  readonly other_kinds: readonly string[];
  readonly path_owners: readonly string[];
  readonly weight_extensions: { readonly sure: readonly string[]; readonly unsure: readonly string[] };
  readonly orgs: readonly string[];
  readonly keys: {
    readonly strong: readonly string[];
    readonly weak: readonly string[];
    readonly qualifiers: readonly string[];
    readonly never: readonly string[];
  };
  readonly key_roles: readonly { readonly role: ModelRole; readonly words: readonly string[] }[];
  readonly id_roles: readonly { readonly role: ModelRole; readonly pattern: string }[];
}

/** Prefixes that gateways and frameworks put before an id, with the provider that they route to. */
export interface Routes {
  /** `openai/`, `bedrock/converse/` … */
  readonly slash: Readonly<Record<string, string>>;
  /** `openai:`, `google-gla:` … */
  readonly colon: Readonly<Record<string, string>>;
}

export interface PipelineDefault {
  readonly task: string;
  readonly model: string;
  readonly revision?: string;
}

export interface ModelsAsset {
  readonly families: readonly Family[];
  readonly endOfLife: readonly EndOfLife[];
  readonly libraries: readonly PretrainedLibrary[];
  readonly pipelineDefaults: readonly PipelineDefault[];
  readonly pipelineAliases: Readonly<Record<string, string>>;
  readonly recogniser: Recogniser;
  readonly routes: Routes;
}
