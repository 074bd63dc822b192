import type { Knowledge } from '../knowledge/knowledge.ts';
import type { ModelTrust } from '../integrity/scan-models.ts';
import type { PolicyInput } from '../policy/index.ts';
import type { Hub } from '../registries/huggingface.ts';
import type { HubRepository } from '../registries/huggingface-facts.ts';
import type { GitHubRegistry } from '../registries/github.ts';
import type { OciReference } from '../registries/oci/reference.ts';
import type { OciRegistry } from '../registries/oci/registry.ts';
import type { Net } from '../registries/net.ts';
import type { ArtifactCache } from './store.ts';

/** What every target of one audit shares. */
export interface AuditContext {
  readonly knowledge: Knowledge;
  readonly now: () => Date;
  readonly net: Net;
  readonly hub: (net: Net) => Hub;
  readonly github: (net: Net) => GitHubRegistry;
  readonly oci: (net: Net, reference: OciReference) => OciRegistry;
  readonly cache?: ArtifactCache;
  /** Base models and data sets that were looked up already, in this process. */
  readonly neighbours: Map<string, Promise<HubRepository | undefined>>;
  /** Files of one target in flight at once. */
  readonly concurrency: number;
  /** Bytes of one target. */
  readonly maxBytes: number;
  readonly policy?: Omit<PolicyInput, 'today' | 'inline'>;
  readonly trust?: readonly ModelTrust[];
  readonly selectRule?: (ruleId: string) => boolean;
}
