import type { Occurrence } from './evidence.ts';

export const COMPONENT_KINDS = [
  'model',
  'artifact',
  'dataset',
  'library',
  'service',
  'vector-store',
  'agent',
  'mcp-server',
  'prompt',
  'infra',
] as const;
export type ComponentKind = (typeof COMPONENT_KINDS)[number];

/** `kind:identity`, unique in an inventory. Made by `refOf`. */
export type ComponentRef = string;

interface Base {
  /** What people call it; shown everywhere. Written as the source writes it. */
  readonly name: string;
  /** Every sighting, sorted. Never empty: no component without evidence. */
  readonly occurrences: readonly Occurrence[];
  /** Other spellings that name the same thing: SDK constants, deployment names, package names. */
  readonly aliases?: readonly string[];
}

export interface LicenceRef {
  /** SPDX id where there is one; else the name as the source gives it (`llama3`, `openrail`). */
  readonly id: string;
  readonly url?: string;
  /** Where it was said: `card`, `header`, `catalogue`, `manifest`. */
  readonly source: string;
}

export type ModelRole =
  | 'chat'
  | 'completion'
  | 'embedding'
  | 'reranker'
  | 'vision'
  | 'audio'
  | 'image-generation'
  | 'video'
  | 'classic-ml'
  | 'other';

/** Where a model comes from, hence what its name means. */
export type ModelOrigin = 'api' | 'huggingface' | 'ollama' | 'oci' | 'library' | 'torch-hub' | 'file' | 'url' | 'unknown';

export interface ModelComponent extends Base {
  readonly kind: 'model';
  readonly origin: ModelOrigin;
  /** Catalogue id after gateway prefixes, ARNs and regions are gone (`claude-haiku-4-5`). */
  readonly canonical?: string;
  /** Id of the family in `rules/catalog/models`. */
  readonly family?: string;
  /** Slug of the service that runs it, where known at the place of use. */
  readonly provider?: string;
  readonly role?: ModelRole;
  /** As written: commit, branch or tag. Absent means the moving default branch. */
  readonly revision?: string;
  readonly subfolder?: string;
  readonly baseModels?: readonly string[];
  readonly datasets?: readonly string[];
  readonly licence?: LicenceRef;
  readonly task?: string;
  readonly library?: string;
  /** Generation or loading parameters bound to the call (`temperature`, `device_map`). */
  readonly parameters?: Readonly<Record<string, string | number | boolean>>;
  /** The id could not be computed; `name` is the expression as written. */
  readonly unresolved?: boolean;
  readonly card?: ModelCardFacts;
}

/** What a model card, a config.json or an artifact header says about a model. All optional. */
export interface ModelCardFacts {
  readonly architecture?: string;
  readonly architectureFamily?: string;
  readonly parameterCount?: number;
  readonly dtypes?: readonly string[];
  readonly quantization?: string;
  readonly contextLength?: number;
  readonly tokenizer?: string;
  readonly languages?: readonly string[];
  readonly tags?: readonly string[];
  readonly metrics?: readonly { readonly type: string; readonly value: string; readonly dataset?: string }[];
}

export type Verdict = 'malicious' | 'suspicious' | 'incomplete' | 'clean';

export interface ArtifactComponent extends Base {
  readonly kind: 'artifact';
  /** `name` is the path. Id of the format that was recognised by content; `unknown` if none. */
  readonly format: string;
  readonly size: number;
  readonly sha256?: string;
  readonly verdict?: Verdict;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly card?: ModelCardFacts;
  readonly licence?: LicenceRef;
}

export interface DatasetComponent extends Base {
  readonly kind: 'dataset';
  readonly origin: 'huggingface' | 'kaggle' | 'library' | 'file' | 'url' | 'unknown';
  readonly config?: string;
  readonly split?: string;
  readonly revision?: string;
  readonly licence?: LicenceRef;
  readonly sha256?: string;
  readonly concerns?: readonly string[];
}

/** purl type: https://github.com/package-url/purl-spec */
export type Ecosystem =
  | 'pypi'
  | 'npm'
  | 'maven'
  | 'nuget'
  | 'golang'
  | 'cargo'
  | 'gem'
  | 'composer'
  | 'conda'
  | 'pub'
  | 'swift'
  | 'cocoapods'
  | 'cran';

export interface LibraryComponent extends Base {
  readonly kind: 'library';
  readonly ecosystem: Ecosystem;
  /** Exact version: from a lock file or a `==` pin. */
  readonly version?: string;
  /** Requirement as written, where it is not exact. */
  readonly range?: string;
  readonly scope: 'runtime' | 'development' | 'optional' | 'build';
  /** Named by a manifest (not only imported, not only in a lock file). */
  readonly declared: boolean;
  /** Only a lock file names it. */
  readonly transitive?: boolean;
  /** A lock file, a hash or an exact pin fixes its version. */
  readonly locked?: boolean;
  /** Category in `rules/catalog/libraries`; absent for a package that is not AI. */
  readonly category?: string;
  readonly licence?: LicenceRef;
}

export interface ServiceComponent extends Base {
  readonly kind: 'service';
  /** `name` is the provider's slug. Title for people. */
  readonly title?: string;
  readonly endpoints?: readonly string[];
  readonly authenticated?: boolean;
  /** What leaves and what comes back, as CycloneDX `services[].data`. */
  readonly flows?: readonly {
    readonly direction: 'inbound' | 'outbound' | 'bi-directional' | 'unknown';
    readonly classification: string;
  }[];
  /** Runs on the user's own machines (ollama, vllm …). */
  readonly selfHosted?: boolean;
}

export interface VectorStoreComponent extends Base {
  readonly kind: 'vector-store';
  readonly title?: string;
  readonly endpoints?: readonly string[];
  readonly collections?: readonly string[];
}

export interface AgentComponent extends Base {
  readonly kind: 'agent';
  readonly framework?: string;
  readonly tools?: readonly string[];
  readonly model?: string;
}

export interface McpServerComponent extends Base {
  readonly kind: 'mcp-server';
  readonly transport?: 'stdio' | 'http' | 'sse';
  readonly command?: string;
  /** Arguments with secret values redacted. */
  readonly args?: readonly string[];
  readonly package?: { readonly ecosystem: 'npm' | 'pypi' | 'docker'; readonly name: string; readonly version?: string };
  readonly url?: string;
  /** Names of environment variables and headers that it is given. Never values. */
  readonly env?: readonly string[];
  readonly headers?: readonly string[];
  readonly disabled?: boolean;
  /** The repository holds its source. */
  readonly implemented?: boolean;
}

export interface PromptComponent extends Base {
  readonly kind: 'prompt';
  /** `name` is the path. */
  readonly sha256?: string;
  /** `prompt`, `skill`, `agent-instructions`, `template`. */
  readonly purpose?: string;
}

export interface InfraComponent extends Base {
  readonly kind: 'infra';
  /** `name` is the image without tag or digest, or the cloud resource type. */
  readonly category: 'image' | 'resource' | 'accelerator' | 'chart' | 'pipeline';
  readonly version?: string;
  readonly digest?: string;
}

export type Component =
  | ModelComponent
  | ArtifactComponent
  | DatasetComponent
  | LibraryComponent
  | ServiceComponent
  | VectorStoreComponent
  | AgentComponent
  | McpServerComponent
  | PromptComponent
  | InfraComponent;

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');

/** PEP 503. */
export const normalizePypiName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/**
 * What makes two sightings the same component. Paths are case-sensitive, slugs and hub ids
 * are not; a library is its package URL without version.
 */
export function identityOf(component: Component): string {
  switch (component.kind) {
    case 'artifact':
    case 'prompt':
      return component.name;
    case 'dataset':
      return component.origin === 'file' ? component.name : component.name.toLowerCase();
    case 'library':
      return `${component.ecosystem}/${component.ecosystem === 'pypi' ? normalizePypiName(component.name) : component.ecosystem === 'golang' || component.ecosystem === 'maven' ? component.name : component.name.toLowerCase()}`;
    case 'service':
    case 'vector-store':
    case 'agent':
    case 'mcp-server':
      return slug(component.name) || component.name;
    case 'model':
    case 'infra':
      return component.name.toLowerCase();
  }
}

export const refOf = (component: Component): ComponentRef => `${component.kind}:${identityOf(component)}`;
