import { byImageName } from './image-names.ts';
import { defineSection } from './section.ts';
import { indexSql, type SqlFacts, type SqlIndex } from './sql.ts';
import { yamlFile } from './yaml.ts';

/** `vllm-demo-gateway`: a program that asks the runtime whose name its image bears. */
const BESIDE = /[-_](?:gateway|client|frontend|backend|ui|web|app|bot|exporter|dashboard|tests?)$/;

export interface ImageFacts {
  readonly id: string;
  /** Slug of the runtime that the image serves. */
  readonly service?: string;
  readonly serves: string;
  /** It answers requests to models, under no provider's name. */
  readonly server?: true;
  readonly ports?: readonly number[];
  readonly told?: ToldModel;
  readonly gpuBase: boolean;
}

/** How a container of an image is told its model, in names that mean nothing elsewhere. */
export interface ToldModel {
  readonly variables: readonly string[];
  readonly flags: readonly string[];
  /** `whisper-{}`: what a short name is called elsewhere. */
  readonly rename?: string;
  readonly short?: readonly string[];
}

interface ImageEntry {
  readonly id: string;
  readonly service?: string;
  readonly serves: string;
  readonly server?: true;
  readonly names: readonly string[];
  readonly ports?: readonly number[];
  readonly told?: ToldModel;
}

export interface ResourceFacts {
  readonly prefix: string;
  readonly service?: string;
  readonly store?: string;
  readonly infra?: boolean;
}

export interface CommandFacts {
  readonly words: readonly string[];
  readonly service?: string;
  readonly hub?: string;
  readonly loader?: string;
  readonly positional?: number;
  readonly flags?: readonly string[];
  readonly data_flags?: readonly string[];
  /** The command fetches data from there, not a model. */
  readonly data_from?: 'kaggle' | 'huggingface';
  readonly data_positional?: number;
  readonly assignments?: readonly string[];
  readonly data?: readonly string[];
  /** At least one of these must stand in the line: the command's word is an ordinary one. */
  readonly needs?: readonly string[];
  /** Variable that holds the address which the server listens on. */
  readonly bind_variable?: string;
}

export type ResourceSystem = 'terraform' | 'cloudformation' | 'azure' | 'pulumi';

/** Python packages that images hold. */
interface Bundle {
  readonly images: readonly string[];
  readonly packages: readonly string[];
}

interface InfrastructureAsset {
  readonly images: readonly ImageEntry[];
  readonly brings: readonly Bundle[];
  readonly localWords: readonly string[];
  readonly localRoles: readonly string[];
  readonly localServers: readonly string[];
  readonly prefixes: Readonly<Record<ResourceSystem, readonly ResourceFacts[]>>;
  readonly cognitiveKinds: Readonly<Record<string, string>>;
  readonly modules: Readonly<Record<string, string>>;
  readonly knowledgeBaseStores: Readonly<Record<string, string>>;
  readonly modelAttributes: readonly string[];
  readonly agents: Readonly<Record<string, string>>;
  readonly actions: readonly { readonly prefix: string; readonly service: string }[];
  readonly kinds: readonly { readonly group: string; readonly kind: string }[];
  readonly accelerators: readonly string[];
  readonly commands: readonly CommandFacts[];
  readonly genericFlags: readonly string[];
  readonly genericDataFlags: readonly string[];
  readonly valuelessFlags: readonly string[];
  readonly sql: SqlFacts;
}

export interface InfrastructureIndex {
  /** `image` without tag and digest. */
  image(image: string): ImageFacts | undefined;
  /** PyPI packages that come in `image` (without tag and digest). */
  packagesIn(image: string): readonly string[];
  /** An image of somebody's own whose name tells of an AI runtime (`registry/me/vllm-gemma4`) or of its work (`me/tts-server`): that word. */
  localImage(image: string): string | undefined;
  resource(system: ResourceSystem, type: string): ResourceFacts | undefined;
  cognitiveKind(kind: string): string | undefined;
  /** Type that a module of a public registry declares (`br/public:avm/res/cognitive-services/account:0.7.1`). */
  module(reference: string): string | undefined;
  knowledgeBaseStore(type: string): string | undefined;
  isModelAttribute(name: string): boolean;
  /** Attribute that names the agent which a resource of this type is. */
  agentName(type: string): string | undefined;
  action(action: string): string | undefined;
  kubernetesKind(apiVersion: string, kind: string): boolean;
  /** Extended resource of an accelerator (`nvidia.com/mig-2g.48gb`). */
  isAccelerator(name: string): boolean;
  readonly commands: readonly CommandFacts[];
  readonly genericFlags: ReadonlySet<string>;
  readonly genericDataFlags: ReadonlySet<string>;
  readonly valuelessFlags: ReadonlySet<string>;
  readonly sql: SqlIndex;
}

interface ImagesYaml {
  readonly images: readonly ImageEntry[];
  readonly local_words: readonly string[];
  readonly local_roles: readonly string[];
  readonly local_servers: readonly string[];
  readonly brings: readonly Bundle[];
}

interface ResourcesYaml {
  readonly prefixes: InfrastructureAsset['prefixes'];
  readonly cognitive_kinds: Readonly<Record<string, string>>;
  readonly modules: Readonly<Record<string, string>>;
  readonly knowledge_base_stores: Readonly<Record<string, string>>;
  readonly model_attributes: readonly string[];
  readonly agents: Readonly<Record<string, string>>;
  readonly actions: InfrastructureAsset['actions'];
}

export interface ImageName {
  /** As written, without tag and digest. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Splits an image reference; undefined for templates and things that are none. */
export function imageName(reference: string): ImageName | undefined {
  const text = reference.trim();
  if (text.length === 0 || text.length > 300 || /[\s"'`<>;|&]/.test(text)) return undefined;
  const [named = '', digest] = text.split('@', 2);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/') && colon > 0;
  const name = tagged ? named.slice(0, colon) : named;
  if (!/^[a-z0-9][a-z0-9._:/-]*$/i.test(name)) return undefined;
  return { name, ...(tagged && { tag: named.slice(colon + 1) }), ...(digest && { digest }) };
}

const spelled = (words: readonly string[]): string => words.map((word) => word.replaceAll('-', '[-_.]?')).join('|');

export const infrastructureSection = defineSection<InfrastructureAsset, InfrastructureIndex>({
  id: 'infrastructure',
  sources: ['catalog/infra'],
  compile(files) {
    const images = yamlFile<ImagesYaml>(files, 'catalog/infra/images.yaml');
    const resources = yamlFile<ResourcesYaml>(files, 'catalog/infra/resources.yaml');
    const kubernetes = yamlFile<{ kinds: InfrastructureAsset['kinds']; accelerators: string[] }>(files, 'catalog/infra/kubernetes.yaml');
    const commands = yamlFile<{ commands: CommandFacts[]; generic: string[]; generic_data: string[]; valueless: string[] }>(
      files,
      'catalog/infra/commands.yaml',
    );
    const { functions, statements, providers } = yamlFile<SqlFacts>(files, 'catalog/infra/sql.yaml');
    return {
      images: images.images.map(({ id, service, serves, server, names, ports, told }) => ({
        id,
        serves,
        names,
        ...(service && { service }),
        ...(server && { server }),
        ...(ports && { ports }),
        ...(told && { told }),
      })),
      brings: images.brings,
      localWords: images.local_words,
      localRoles: images.local_roles,
      localServers: images.local_servers,
      prefixes: resources.prefixes,
      cognitiveKinds: resources.cognitive_kinds,
      modules: resources.modules,
      knowledgeBaseStores: resources.knowledge_base_stores,
      modelAttributes: resources.model_attributes,
      agents: resources.agents,
      actions: resources.actions,
      kinds: kubernetes.kinds,
      accelerators: kubernetes.accelerators,
      commands: commands.commands,
      genericFlags: commands.generic,
      genericDataFlags: commands.generic_data,
      valuelessFlags: commands.valueless,
      sql: { functions, statements, providers },
    };
  },
  index(asset) {
    const facts = (entry: ImageEntry): ImageFacts => ({
      id: entry.id,
      serves: entry.serves,
      gpuBase: entry.id === 'gpu-base',
      ...(entry.service && { service: entry.service }),
      ...(entry.server && { server: entry.server }),
      ...(entry.ports && { ports: entry.ports }),
      ...(entry.told && { told: entry.told }),
    });
    const exact: (readonly [string, ImageFacts])[] = [];
    const patterns: { readonly test: RegExp; readonly facts: ImageFacts }[] = [];
    for (const entry of asset.images) {
      for (const name of entry.names) {
        if (name.includes('*')) {
          patterns.push({
            test: new RegExp(
              `^${name
                .split('*')
                .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
                .join('[^/]+')}$`,
              'i',
            ),
            facts: facts(entry),
          });
        } else exact.push([name, facts(entry)]);
      }
    }
    const byName = byImageName(exact);
    const bundles = byImageName(asset.brings.flatMap(({ images, packages }) => images.map((name) => [name, packages] as const)));
    const longestFirst = (list: readonly ResourceFacts[]): ResourceFacts[] => [...list].sort((a, b) => b.prefix.length - a.prefix.length);
    const prefixes = {
      terraform: longestFirst(asset.prefixes.terraform),
      cloudformation: longestFirst(asset.prefixes.cloudformation),
      azure: longestFirst(asset.prefixes.azure),
      pulumi: longestFirst(asset.prefixes.pulumi),
    };
    const local = new RegExp(`(?:^|[_-])(${spelled(asset.localWords)})(?:v?\\d[\\w.]*)?(?=$|[_:-])`, 'i');
    const role = new RegExp(
      `(?:^|[_-])(${spelled(asset.localRoles)})[_-](?:${spelled(asset.localServers)})(?:[_-](?:cpu|gpu|cuda|rocm))?$`,
      'i',
    );
    const words = new Set(asset.localWords);
    const attributes = new Set(asset.modelAttributes);
    const agents = new Map(Object.entries(asset.agents));
    const kinds = new Set(asset.kinds.map(({ group, kind }) => `${group}/${kind}`));
    return {
      image: (image) => byName(image) ?? patterns.find(({ test }) => test.test(image))?.facts,
      packagesIn: (image) => bundles(image) ?? [],
      localImage: (image) => {
        const segments = image.toLowerCase().split('/');
        const serves = role.exec(segments.at(-1) ?? '')?.[1];
        if (serves !== undefined) return serves;
        if (BESIDE.test(segments.at(-1) ?? '')) return undefined;
        // `ghcr.io/me/comfyui/core`: a folder of images of one runtime.
        return local.exec(segments.at(-1) ?? '')?.[1] ?? segments.slice(1, -1).find((segment) => words.has(segment));
      },
      resource: (system, type) => {
        const lower = type.toLowerCase();
        return prefixes[system].find(({ prefix }) => lower.startsWith(prefix.toLowerCase()));
      },
      cognitiveKind: (kind) => asset.cognitiveKinds[kind.toLowerCase()],
      module: (reference) => {
        const name = /^br(?:\/public:|:mcr\.microsoft\.com\/bicep\/)([\w/-]+):/.exec(reference)?.[1] ?? '';
        return Object.hasOwn(asset.modules, name) ? asset.modules[name] : undefined;
      },
      knowledgeBaseStore: (type) => asset.knowledgeBaseStores[type.toLowerCase()],
      agentName: (type) => agents.get(type.toLowerCase()),
      isModelAttribute: (name) => attributes.has(name.toLowerCase()),
      action: (action) => asset.actions.find(({ prefix }) => action.toLowerCase().startsWith(prefix))?.service,
      kubernetesKind: (apiVersion, kind) => kinds.has(`${apiVersion.split('/')[0] ?? ''}/${kind}`),
      isAccelerator: (name) => {
        const lower = name.toLowerCase();
        return asset.accelerators.some(
          (prefix) => lower === prefix || (/[-/]$/.test(prefix) && lower.startsWith(prefix)) || lower.startsWith(`${prefix}.`),
        );
      },
      commands: asset.commands,
      genericFlags: new Set(asset.genericFlags),
      genericDataFlags: new Set(asset.genericDataFlags),
      valuelessFlags: new Set(asset.valuelessFlags),
      sql: indexSql(asset.sql),
    };
  },
});
