import type { AuditContext } from '../../src/audit/context.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { createGitHubRegistry } from '../../src/registries/github.ts';
import { createHub } from '../../src/registries/huggingface.ts';
import { noCredentials, type Credentials } from '../../src/registries/oci/credentials.ts';
import { createOciRegistry } from '../../src/registries/oci/registry.ts';
import { Net, type NetOptions } from '../../src/registries/net.ts';

export interface World {
  readonly hubUrl: string;
  readonly apiUrl?: string;
  readonly token?: string;
  readonly ollamaUrl?: string;
  readonly credentials?: Credentials;
  readonly net?: NetOptions;
}

const knowledge = loadKnowledge();
export const NOW = new Date('2026-11-25T12:00:00Z');

/** An audit against servers on loopback; waits between attempts take no time. */
export function testContext(
  { hubUrl, apiUrl = 'http://127.0.0.1:1', token, ollamaUrl, credentials = noCredentials, net = {} }: World,
  more: Partial<AuditContext> = {},
): AuditContext {
  return {
    knowledge,
    now: () => NOW,
    net: new Net({ wait: () => Promise.resolve(), ...net }),
    hub: (connection) => createHub({ hubUrl, net: connection, ...(token === undefined ? {} : { token }) }),
    github: (connection) => createGitHubRegistry({ apiUrl, net: connection, ...(token === undefined ? {} : { token }) }),
    oci: (connection, reference) =>
      createOciRegistry(reference, { net: connection, credentials, ...(ollamaUrl === undefined ? {} : { ollamaUrl }) }),
    neighbours: new Map(),
    concurrency: 4,
    maxBytes: 256e6,
    ...more,
  };
}
