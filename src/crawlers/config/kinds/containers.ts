import type { ComponentRef } from '../../../core/component.ts';
import { folderOf, joinPath } from '../../manifests/paths.ts';
import { agentsSection } from '../../../knowledge/agents.ts';
import type { ToldModel } from '../../../knowledge/infrastructure.ts';
import { get, itemsOf, mapsOf, textOf, type ConfigNode, type MapNode } from '../readers/node.ts';
import { Sink } from '../sink.ts';
import { readBinding } from './binding.ts';
import { readVariableLoads, variablesOf } from './container-loads.ts';
import { readCommand, servedBy, wordsIn } from './commands.ts';
import type { Word } from './word.ts';
import { COMPOSE_FILE, COMPOSE_SERVICE } from './overrides.ts';
import { publishedPort, TAKES_MODEL } from './docker-run.ts';
import { mountedFolders, privilegesOf, type Privileges } from './privileges.ts';
import { readEnvironment } from './environment.ts';
import { readReachability, settingsOf } from './exposure.ts';
import { IMAGE_KEYS, referenceOf, taggedBeside } from './image-reference.ts';
import { isPending } from './pending.ts';
import { readToldModels, untold } from './told-models.ts';
import { filled } from './values.ts';

/** Containers wherever they stand: compose services, Kubernetes pods, Helm values, ECS tasks, CI jobs. */
export function readContainers(sink: Sink, root: ConfigNode): void {
  const served: ComponentRef[] = [];
  for (const { map, path } of mapsOf(root)) {
    const server = readLater(sink, map, path) ? undefined : readContainer(sink, map, path);
    if (server !== undefined) served.push(server);
    const limits = get(map, 'limits') ?? get(map, 'requests');
    for (const section of [limits, get(map, 'requests')]) {
      if (section?.kind !== 'map') continue;
      for (const { key, line } of section.entries) if (sink.infrastructure.isAccelerator(key)) sink.infra(key, 'accelerator', line, key);
    }
  }
  readKind(sink, root);
  readReachability(sink, root, served);
}

/** Leaves a compose service whose image a variable names until the files of variables are read. Its settings are known now. */
function readLater(sink: Sink, map: MapNode, path: readonly string[]): boolean {
  if (viaOf(sink.path, path) !== 'compose' || !isPending(map) || !sink.wait({ map, path })) return false;
  const own = new Sink(sink.path, sink.knowledge, sink.crawler);
  readContainer(own, map, path);
  sink.settings.push(...own.settings);
  return true;
}

/** Returns the model server or vector store that the container runs. */
export function readContainer(sink: Sink, map: MapNode, path: readonly string[]): ComponentRef | undefined {
  const node = IMAGE_KEYS.map((key) => get(map, key)).find((found) => found !== undefined);
  const reference = taggedBeside(referenceOf(node), map);
  const image = reference === undefined ? undefined : embedded(reference.text);
  const via = viaOf(sink.path, path);
  const line = reference?.line ?? node?.line ?? map.line;
  const rights = privilegesOf(map);
  const before = sink.size;
  let service: string | undefined;
  let server: ComponentRef | undefined;
  let ai = false;
  const bare = image?.replace(/[:@][^/]*$/, '');
  const facts = bare === undefined ? undefined : sink.infrastructure.image(bare);
  const store = bare === undefined ? undefined : sink.stores.byImage(bare);
  if (image !== undefined && bare !== undefined) {
    // A name of one's own for what `build:` makes: no registry serves it.
    const built = get(map, 'build') !== undefined && facts === undefined && store === undefined;
    ai = sink.image(image, line, via, { ...(built && { built }), ...(reference?.untagged && { untagged: true }), ...rights });
    service = ai ? (facts?.service ?? localService(sink, bare)) : undefined;
    server = service === undefined ? (store === undefined ? undefined : `vector-store:${store}`) : `service:${service}`;
    if (server === undefined && facts?.server) server = `infra:${bare.toLowerCase()}`;
  }
  const told = facts?.told;
  const command = [...words(get(map, 'command')), ...words(get(map, 'entrypoint')), ...words(get(map, 'args'))];
  const started = server === undefined && command.length > 0 ? servedBy(sink, command) : undefined;
  if (started !== undefined) server = `service:${started}`;
  if (ai || started !== undefined) readPorts(sink, map, server, via);
  if (service !== undefined && textOf(get(map, 'network_mode')) === 'host') readHostNetwork(sink, map, service);
  if (command.length > 0) {
    const listed = image === undefined && (path.some((key) => /mcp/i.test(key)) || sink.knowledge.get(agentsSection).isMcpFile(sink.path));
    const onHost = textOf(get(map, 'network_mode')) === 'host' || textOf(get(map, 'hostNetwork')) === 'true';
    // KServe's server of models of the Hub has no image of its own here.
    const of = get(map, 'modelFormat')
      ? { ofAi: true }
      : ai
        ? { service, ofAi: true, positional: service !== undefined && TAKES_MODEL.has(service) }
        : {};
    if (told) readToldModels(sink, told, command, []);
    readCommand(sink, told ? untold(told, command) : command, listed ? { listed } : { ...of, onHost });
  }
  if (image !== undefined || get(map, 'env') || get(map, 'environment') || get(map, 'Environment')) readVariables(sink, map, service, told);
  const own = { name: path.at(-1) ?? '', via, speaks: sink.size > before };
  if (!ai && rights.rightsLine !== undefined) readOwnContainer(sink, map, rights, own);
  else if (path.length === 2 && path[0] === 'services' && COMPOSE_FILE.test(sink.path)) {
    const folders = foldersOf(sink, map);
    const speaks = ai || own.speaks;
    if (speaks || folders.length > 0)
      sink.observe(COMPOSE_SERVICE, map.line, { name: own.name, ...(speaks && { ai: true }), ...(folders.length > 0 && { folders }) });
  }
  return server;
}

interface Own {
  readonly name: string;
  readonly via: string;
  /** Its command or its variables name AI. */
  readonly speaks: boolean;
}

/** Folders of the tree that the code of a container lies in: what it is built from, or else what mounts give it. */
function foldersOf(sink: Sink, map: MapNode): readonly string[] {
  const build = get(map, 'build');
  const written = textOf(build) ?? (build && (textOf(get(build, 'context')) ?? '.'));
  const mounted = mountedFolders(itemsOf(get(map, 'volumes')).map((item) => textOf(item) ?? textOf(get(item, 'source')) ?? ''));
  return (written === undefined ? mounted : [written]).flatMap((folder) => joinPath(folderOf(sink.path), folder) ?? []);
}

/** A container of one's own that has the rights of the host: whether it is one of AI, what it is told and the code that it is built from say. */
function readOwnContainer(sink: Sink, map: MapNode, rights: Privileges, { name, via, speaks }: Own): void {
  const folders = foldersOf(sink, map);
  const known = speaks || folders.length > 0;
  if (!known && !COMPOSE_FILE.test(sink.path)) return;
  const facts = { name, via, ...rights, ...(speaks && { ai: true }), ...(folders.length > 0 && { folders }) };
  // What else is known of it another compose file may say.
  sink.observe(known ? 'container' : COMPOSE_SERVICE, rights.rightsLine ?? map.line, facts, undefined, speaks ? 'high' : 'medium');
}

const localService = (sink: Sink, bare: string): string | undefined => {
  const word = sink.infrastructure.localImage(bare);
  return word === undefined ? undefined : sink.runtime(word);
};

/** `${REGISTRY:-ghcr.io}/x:${TAG:-1}` with its defaults; an image whose name is unknown stays unknown. */
function embedded(reference: string): string | undefined {
  const text = filled(reference).replace(/:(?:\$\{?[\w.]+\}?|\{\{.*\}\})$/, '');
  return /[{}$]/.test(text) ? undefined : text;
}

const viaOf = (file: string, path: readonly string[]): string =>
  /compose[\w.-]*\.ya?ml/i.test(file) || path[0] === 'services'
    ? 'compose'
    : file.includes('.github/workflows/')
      ? 'workflow'
      : 'kubernetes';

/** `command:` and `args:` as words: a list, or shell text. */
function words(node: ConfigNode | undefined): Word[] {
  if (node === undefined) return [];
  if (node.kind === 'scalar') return node.type === 'null' ? [] : wordsIn(node);
  const items = itemsOf(node).filter((item) => item.kind === 'scalar');
  // `["sh", "-c", "script"]`: the script is what runs.
  return items.flatMap((item): Word[] =>
    /\s/.test(item.value) && items.length < 6 ? wordsIn(item) : [{ text: item.value, line: item.line }],
  );
}

function readVariables(sink: Sink, map: MapNode, service: string | undefined, told: ToldModel | undefined): void {
  const variables = ['environment', 'env', 'Environment', 'extraEnv', 'extraEnvVars', 'variables'].flatMap((key) =>
    variablesOf(get(map, key)),
  );
  for (const { name, value, line } of variables) readEnvironment(sink, name, value, line, service);
  readVariableLoads(sink, map, variables, service);
  if (told) readToldModels(sink, told, [], variables);
}

/** `network_mode: host`: the address that a variable gives is the machine's own. */
function readHostNetwork(sink: Sink, map: MapNode, service: string): void {
  const node = get(map, 'environment');
  const pairs = node?.kind === 'map' ? node.entries.map(({ key, value, line }) => ({ text: `${key}=${textOf(value) ?? ''}`, line })) : [];
  const rows = itemsOf(node).flatMap((item) => (item.kind === 'scalar' ? [{ text: item.value, line: item.line }] : []));
  for (const { bind_variable, service: server } of sink.infrastructure.commands)
    if (bind_variable !== undefined && server === service) readBinding(sink, [...pairs, ...rows], service, bind_variable);
}

function readPorts(sink: Sink, map: MapNode, server: ComponentRef | undefined, via: string): void {
  const settings = settingsOf(map);
  for (const item of itemsOf(get(map, 'ports'))) {
    const short = publishedPort(textOf(item) ?? '');
    const published = short?.port ?? textOf(get(item, 'published')) ?? textOf(get(item, 'hostPort'));
    if (published === undefined) continue;
    const bind = short?.bind ?? textOf(get(item, 'host_ip')) ?? textOf(get(item, 'hostIP')) ?? '0.0.0.0';
    sink.observe('exposed-port', item.line, { port: Number(published), bind, via, settings }, server);
  }
}

/** Where a model lies that KServe serves: a folder of a bucket, a volume or an archive. */
const BUCKET = /^(?:gs|s3|oci|pvc|abfs|abfss|wasb|wasbs|hdfs|https?):\/\/[\w.@:-]+\/[\w./@+=:-]+$/;
/** The last two parts of a path in a store. */
const STORED = /^(?:[\w.-]{1,100}\/){0,8}?([\w.-]{1,96}\/[\w.-]{1,96})\/?$/;

/** Custom resources of AI platforms. */
function readKind(sink: Sink, root: ConfigNode): void {
  const apiVersion = textOf(get(root, 'apiVersion'));
  const kind = get(root, 'kind');
  const name = textOf(kind);
  if (apiVersion !== undefined && name !== undefined && kind && sink.infrastructure.kubernetesKind(apiVersion, name))
    sink.infra(name, 'resource', kind.line, apiVersion);
  for (const { map } of mapsOf(root)) {
    const uri = get(map, 'storageUri') ?? get(map, 'modelURL') ?? get(map, 'modelUri');
    const text = textOf(uri);
    if (text !== undefined && uri && /^[\w.-]+\/[\w.-]+$/.test(text))
      sink.hubLoad(sink.model(text, { position: 'argument', key: 'storageUri' }, uri.line), uri.line, 'storageUri');
    else if (text !== undefined && uri && apiVersion?.startsWith('serving.kserve.io/') && BUCKET.test(text)) {
      const service = textOf(get(root, 'metadata', 'name'));
      const occurrences = [sink.occurrence(uri.line, 'storageUri', 'high')];
      sink.add({ kind: 'model', name: text, origin: 'url', occurrences, ...(service !== undefined && { aliases: [service] }) });
    }
    // `storage: {key: s3, path: models/owner/name}`: stored under the name that the Hub knows.
    const path = get(map, 'storage', 'path');
    const stored = STORED.exec(textOf(path) ?? '')?.[1];
    if (stored !== undefined && path) sink.model(stored, { position: 'string', key: 'model' }, path.line, 'storage');
  }
}
