import type { Component } from '../core/component.ts';
import { UserError } from '../core/errors.ts';
import { readSnapshot } from '../diff/index.ts';
import type { Item } from '../diff/snapshot.ts';
import { isHubName } from '../registries/huggingface.ts';
import { isDigest, parseOci, parseOllama, type OciReference } from '../registries/oci/reference.ts';
import { keyOf, ociTarget, type Target } from './targets.ts';

export interface BomTargets {
  readonly targets: readonly Target[];
  /** What no registry is asked about (API models, services), judged by what is known of it. */
  readonly components: readonly Component[];
}

const PURL = /^pkg:huggingface\/([^?#@]+)/i;
const REVISION = /^(?!.*\.\.)\w[\w./+-]{0,200}$/;

function hubNameOf(item: Item): string | undefined {
  const match = item.purl === undefined ? null : PURL.exec(item.purl);
  const name = match?.[1] === undefined ? (item.facts['origin'] === 'huggingface' ? item.name : undefined) : decodeURIComponent(match[1]);
  return name !== undefined && isHubName(name) && (name.includes('/') || match !== null) ? name : undefined;
}

/** A model in a registry, by its package URL or by the name that Ollama has for it. */
function ociOf(item: Item): Target | undefined {
  if (item.kind !== 'model') return undefined;
  const purl = /^pkg:(oci|ollama)\/([^?#@]+)/i.exec(item.purl ?? '');
  const pin = item.version !== undefined && isDigest(item.version) ? `@${item.version}` : '';
  let reference: OciReference | undefined;
  if (purl?.[1]?.toLowerCase() === 'oci') {
    const place = new URLSearchParams(item.purl?.split('?')[1] ?? '').get('repository_url');
    reference = place === null ? undefined : parseOci(place + pin);
  } else if (purl?.[2] !== undefined) {
    const tag = item.version !== undefined && pin === '' ? `:${item.version}` : '';
    reference = parseOllama(purl[2] + tag + pin);
  } else if (item.facts['origin'] === 'oci') reference = parseOci(item.name + pin);
  else if (item.facts['origin'] === 'ollama') reference = parseOllama(item.name + pin);
  return reference && ociTarget(reference);
}

/** The components of a BOM as targets: it is the lock file, so a version that it names is a pin. */
export function bomTargets(text: string, path: string): BomTargets {
  const { items } = readSnapshot(text, path);
  const targets = new Map<string, Target>();
  const components: Component[] = [];
  for (const item of items) {
    const artifact = ociOf(item);
    if (artifact) {
      targets.set(keyOf(artifact), artifact);
      continue;
    }
    const type = item.kind === 'model' || item.kind === 'dataset' ? item.kind : undefined;
    const name = type === undefined ? undefined : hubNameOf(item);
    if (type !== undefined && name !== undefined) {
      const revision = item.version !== undefined && REVISION.test(item.version) ? { revision: item.version } : {};
      const target: Target = { kind: 'hub', type, name, ...revision };
      targets.set(keyOf(target), target);
      continue;
    }
    const occurrences = [{ location: { path }, technique: 'other', crawler: 'bom', confidence: 'high' } as const];
    if (item.kind === 'model')
      components.push({
        kind: 'model',
        origin: item.facts['origin'] === 'api' ? 'api' : 'unknown',
        name: item.name,
        occurrences,
        ...(item.facts['provider'] === undefined ? {} : { provider: item.facts['provider'] }),
      });
    else if (item.kind === 'service')
      components.push({
        kind: 'service',
        name: item.name,
        occurrences,
        ...(item.facts['endpoints'] === undefined ? {} : { endpoints: item.facts['endpoints'].split(', ') }),
      });
  }
  if (targets.size === 0 && components.length === 0) throw new UserError(`${path} names no model, data set or service that can be audited`);
  return { targets: [...targets.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), components };
}
