import type { ComponentRef } from '../../../core/component.ts';
import type { FactValue, Observation } from '../../../core/observation.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import type { Sink } from '../sink.ts';

/**
 * Who can reach a model server in Kubernetes: a Service selects pods by labels, often in another
 * file, so what one file says is kept in these observations until all files are known.
 */
const WORKLOAD = 'kubernetes-workload';
const SERVICE = 'kubernetes-service';
const INGRESS = 'kubernetes-ingress';
const INTERNAL: ReadonlySet<string> = new Set([WORKLOAD, SERVICE, INGRESS]);

/** Services of other types are reached inside the cluster only. */
const OPEN_TYPES = new Set(['NodePort', 'LoadBalancer']);
/** Kubernetes, OpenShift, the Gateway API, Traefik. */
const WAYS_IN: ReadonlySet<string> = new Set(['Ingress', 'Route', 'HTTPRoute', 'GRPCRoute', 'TCPRoute', 'IngressRoute', 'IngressRouteTCP']);
/** Joins are of every service with every workload: a cluster's worth, not a generated dump. */
const MAX_JOINED = 2000;

type Labels = Readonly<Record<string, string>>;

function labelsOf(node: ConfigNode | undefined): Labels {
  if (node?.kind !== 'map') return {};
  return Object.fromEntries(node.entries.flatMap(({ key, value }) => (textOf(value) === undefined ? [] : [[key, textOf(value) ?? '']])));
}

/** Names of variables and options that a container is given: some of them switch authentication on. Never values. */
export function settingsOf(map: MapNode): string[] {
  const names: string[] = [];
  for (const key of ['environment', 'env']) {
    const node = get(map, key);
    if (node?.kind === 'map') names.push(...node.entries.map((entry) => entry.key));
    for (const item of itemsOf(node)) names.push(textOf(get(item, 'name')) ?? (textOf(item) ?? '').split('=')[0] ?? '');
  }
  for (const key of ['command', 'args', 'entrypoint']) {
    const node = get(map, key);
    const words = node?.kind === 'scalar' ? [textOf(node) ?? ''] : itemsOf(node).map((item) => textOf(item) ?? '');
    for (const word of words)
      names.push(...word.split(/\s+/).flatMap((part) => (part.startsWith('-') ? [part.split('=')[0] ?? part] : [])));
  }
  return [...new Set(names.filter((name) => name !== ''))].slice(0, 200);
}

/** What a Kubernetes document says about reachability. `served` is what its containers run. */
export function readReachability(sink: Sink, root: ConfigNode, served: readonly ComponentRef[]): void {
  const kind = textOf(get(root, 'kind'));
  if (kind === undefined || textOf(get(root, 'apiVersion')) === undefined) return;
  const name = textOf(get(root, 'metadata', 'name')) ?? '';
  if (kind === 'Service') {
    const type = get(root, 'spec', 'type');
    const [port] = itemsOf(get(root, 'spec', 'ports'));
    const selector = labelsOf(get(root, 'spec', 'selector'));
    sink.observe(
      SERVICE,
      type?.line ?? root.line,
      { name, selector, type: textOf(type) ?? 'ClusterIP', port: textOf(get(port, 'nodePort')) ?? textOf(get(port, 'port')) ?? null },
      undefined,
    );
  } else if (WAYS_IN.has(kind)) {
    const backends = [...mapsOf(root)].flatMap(({ map }) => [
      ...[textOf(get(map, 'service', 'name')) ?? textOf(get(map, 'serviceName')) ?? textOf(get(map, 'to', 'name')) ?? []].flat(),
      ...[...itemsOf(get(map, 'backendRefs')), ...itemsOf(get(map, 'services'))].flatMap((item) => textOf(get(item, 'name')) ?? []),
    ]);
    if (backends.length > 0) sink.observe(INGRESS, get(root, 'kind')?.line ?? root.line, { services: backends }, undefined);
  } else if (served.length > 0) {
    const labels = labelsOf(get(root, 'spec', 'template', 'metadata', 'labels') ?? get(root, 'metadata', 'labels'));
    const settings = [...mapsOf(root)].filter(({ map }) => get(map, 'image') !== undefined).flatMap(({ map }) => settingsOf(map));
    for (const ref of new Set(served)) sink.observe(WORKLOAD, root.line, { labels, settings }, ref);
  }
}

const isLabels = (value: FactValue | undefined): value is Labels => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A selector without labels selects nothing that a file shows. */
const selects = (selector: FactValue | undefined, labels: FactValue | undefined): boolean =>
  isLabels(selector) &&
  isLabels(labels) &&
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);

/** Observations of all files: reachability joined to `exposed-port`, everything else as it is. */
export function joinReachability(observations: readonly Observation[]): Observation[] {
  const rest = observations.filter(({ type }) => !INTERNAL.has(type));
  const workloads = observations.filter(({ type }) => type === WORKLOAD).slice(0, MAX_JOINED);
  const services = observations.filter(({ type }) => type === SERVICE).slice(0, MAX_JOINED);
  const ingresses = observations.filter(({ type }) => type === INGRESS).slice(0, MAX_JOINED);
  const exposed = (at: Observation, service: Observation, via: string): Observation[] => {
    const workload = workloads.find(({ facts }) => selects(service.facts['selector'], facts['labels']));
    if (workload?.component === undefined) return [];
    const { port = null } = service.facts;
    return [
      {
        ...at,
        type: 'exposed-port',
        component: workload.component,
        facts: { via, bind: '0.0.0.0', port, settings: workload.facts['settings'] ?? [] },
      },
    ];
  };
  return [
    ...rest,
    ...services
      .filter(({ facts }) => OPEN_TYPES.has(String(facts['type'])))
      .flatMap((service) => exposed(service, service, 'kubernetes-service')),
    ...ingresses.flatMap((ingress) =>
      services
        .filter(
          ({ facts, location }) =>
            Array.isArray(ingress.facts['services']) &&
            ingress.facts['services'].includes(String(facts['name'])) &&
            location.path.split('/').slice(0, -1).join('/') === ingress.location.path.split('/').slice(0, -1).join('/'),
        )
        .flatMap((service) => exposed(ingress, service, 'kubernetes-ingress')),
    ),
  ];
}
