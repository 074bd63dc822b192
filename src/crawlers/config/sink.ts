import type { Component, DatasetComponent, InfraComponent, ModelComponent, ServiceComponent } from '../../core/component.ts';
import { refOf, type ComponentRef } from '../../core/component.ts';
import type { Occurrence } from '../../core/evidence.ts';
import type { Mention } from '../../core/mention.ts';
import type { Facts, Observation } from '../../core/observation.ts';
import type { Relation } from '../../core/relation.ts';
import type { Confidence } from '../../core/severity.ts';
import { configSection, type ConfigIndex } from '../../knowledge/config.ts';
import { datasetsSection } from '../../knowledge/datasets.ts';
import { hostOf, isNearHost } from '../../knowledge/hosts.ts';
import { imageName, infrastructureSection, type InfrastructureIndex } from '../../knowledge/infrastructure.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { modelsSection, recogniseModel, type ModelContext, type RecognisedModel } from '../../knowledge/models.ts';
import { modelInUrl } from '../../knowledge/models/urls.ts';
import type { ModelsIndex } from '../../knowledge/models/index.ts';
import { providersSection, type ProvidersIndex } from '../../knowledge/providers.ts';
import { vectorStoresSection, type VectorStoresIndex } from '../../knowledge/vector-stores.ts';
import type { Setting } from '../../core/setting.ts';
import type { Privileges } from './kinds/privileges.ts';
import type { MapNode } from './readers/node.ts';

/** What one configuration file names. Plain data. */
export interface ConfigFacts {
  readonly components: readonly Component[];
  readonly observations: readonly Observation[];
  readonly relations: readonly Relation[];
  readonly mentions?: readonly Mention[];
  readonly pending?: readonly PendingContainer[];
}

/** A container whose image a variable of another file may name. */
export interface PendingContainer {
  readonly map: MapNode;
  readonly path: readonly string[];
}

/** Settings and components of one file; more is data, not configuration. */
const MAX_SETTINGS = 2000;
const MAX_COMPONENTS = 500;
/** Containers of one file that wait for their image; they are kept whole until all files are read. */
const MAX_PENDING = 50;
/** A value that long is text, not a setting that code compares or passes on. */
const MAX_SETTING = 500;
/** Names whose value is a secret: the value is not kept, the name is. */
const SECRET_NAME = /(?:key|token|secret|passw(?:or)?d|credential|auth)s?$/i;
const SECRET_WORDS = /(?:api[_-]?key|access[_-]?key|secret|passw(?:or)?d|private[_-]?key|credential)/i;

/** What is known of a container beside its image. */
interface ImageFacts extends Privileges {
  readonly built?: boolean;
  /** A chart of somebody else gives the tag. */
  readonly untagged?: boolean;
}

/** Collects what the readers of one file find, with its evidence. */
export class Sink {
  readonly path: string;
  readonly knowledge: Knowledge;
  readonly crawler: string;
  readonly config: ConfigIndex;
  readonly models: ModelsIndex;
  readonly providers: ProvidersIndex;
  readonly stores: VectorStoresIndex;
  readonly infrastructure: InfrastructureIndex;
  private readonly components: Component[] = [];
  private readonly observations: Observation[] = [];
  private readonly relations: Relation[] = [];
  private readonly mentions: Mention[] = [];
  private readonly pending: PendingContainer[] = [];
  readonly settings: Setting[] = [];

  /** `store`: what else is known of images, for a reader that looks for nothing but a store. */
  constructor(path: string, knowledge: Knowledge, crawler: string, store?: (image: string) => string | undefined) {
    this.path = path;
    this.knowledge = knowledge;
    this.crawler = crawler;
    this.config = knowledge.get(configSection);
    this.models = knowledge.get(modelsSection);
    this.providers = knowledge.get(providersSection);
    const stores = knowledge.get(vectorStoresSection);
    this.stores = store ? { ...stores, byImage: (image) => store(image) ?? stores.byImage(image) } : stores;
    this.infrastructure = knowledge.get(infrastructureSection);
  }

  get facts(): ConfigFacts | undefined {
    const { components, observations, relations, mentions, pending } = this;
    if (components.length + observations.length + relations.length + mentions.length + pending.length === 0) return undefined;
    return { components, observations, relations, ...(mentions.length > 0 && { mentions }), ...(pending.length > 0 && { pending }) };
  }

  /** How many components were found so far. */
  get size(): number {
    return this.components.length;
  }

  occurrence(line: number, symbol: string | undefined, confidence: Confidence): Occurrence {
    return {
      location: { path: this.path, line },
      technique: 'manifest-analysis',
      crawler: this.crawler,
      confidence,
      ...(symbol !== undefined && { symbol: symbol.slice(0, 120) }),
    };
  }

  add(component: Component): ComponentRef {
    if (this.components.length < MAX_COMPONENTS) this.components.push(component);
    return refOf(component);
  }

  relate(relation: Relation): void {
    if (this.relations.length < MAX_COMPONENTS) this.relations.push(relation);
  }

  mention(text: string, line: number, key: string | undefined, callee: string): void {
    if (this.mentions.length >= MAX_COMPONENTS) return;
    this.mentions.push({ text, location: { path: this.path, line }, callee, ...(key !== undefined && { key }) });
  }

  /** False where too many wait already. */
  wait(container: PendingContainer): boolean {
    if (this.pending.length >= MAX_PENDING) return false;
    this.pending.push(container);
    return true;
  }

  observe(type: string, line: number, facts: Facts, component?: ComponentRef, confidence: Confidence = 'high'): void {
    if (this.observations.length >= MAX_COMPONENTS) return;
    this.observations.push({
      type,
      location: { path: this.path, line },
      crawler: this.crawler,
      confidence,
      facts,
      ...(component !== undefined && { component }),
    });
  }

  setting(name: string, value: string, scope: Setting['scope'], line: number): void {
    if (this.settings.length >= MAX_SETTINGS || value.length > MAX_SETTING || name === '') return;
    const secret = SECRET_NAME.test(name) || SECRET_WORDS.test(name);
    this.settings.push({ name, value: secret && !value.startsWith('${') ? '' : value, scope, location: { path: this.path, line } });
  }

  /** Adds the model that `text` names, if it names one there. */
  model(
    text: string,
    context: ModelContext,
    line: number,
    symbol?: string,
    extra: Partial<ModelComponent> = {},
  ): RecognisedModel | undefined {
    const found = recogniseModel(this.knowledge, text, context);
    if (found) this.addModel(found, line, symbol ?? context.key, extra);
    return found;
  }

  /** Something fetches that model from the Hub, without saying which commit; nothing where it comes from elsewhere. */
  hubLoad(model: RecognisedModel | undefined, line: number, loader: string): void {
    if (model?.origin !== 'huggingface') return;
    this.observe('model-load', line, { loader, id: model.name, hub: 'huggingface' }, `model:${model.name.toLowerCase()}`);
  }

  addModel(found: RecognisedModel, line: number, symbol: string | undefined, extra: Partial<ModelComponent> = {}): ComponentRef {
    const { confidence, ...rest } = found;
    const ref = this.add({ ...rest, ...extra, kind: 'model', occurrences: [this.occurrence(line, symbol, confidence)] });
    if (found.provider !== undefined && this.providers.bySlug(found.provider)) {
      this.relate({ from: `service:${found.provider}`, to: ref, type: 'provides', location: { path: this.path, line } });
    }
    return ref;
  }

  /** Adds the service of a provider; that of a hosted vector store is the store. */
  service(
    slug: string,
    line: number,
    symbol: string | undefined,
    extra: { readonly endpoint?: string; readonly confidence?: Confidence; readonly authenticated?: boolean } = {},
  ): void {
    const store = this.stores.byProvider(slug);
    if (store === undefined) this.addService(slug, line, symbol, extra);
    else this.store(store, line, symbol, extra);
  }

  private addService(
    slug: string,
    line: number,
    symbol: string | undefined,
    extra: { readonly endpoint?: string; readonly confidence?: Confidence; readonly authenticated?: boolean },
  ): void {
    const confidence = extra.confidence ?? 'high';
    const provider = this.providers.bySlug(slug);
    const component: ServiceComponent = {
      kind: 'service',
      name: slug,
      occurrences: [this.occurrence(line, symbol, confidence)],
      ...(provider && { title: provider.name }),
      ...(extra.endpoint && { endpoints: [extra.endpoint] }),
      ...(extra.authenticated && { authenticated: true }),
      ...(this.providers.selfHosted(slug) && { selfHosted: true }),
    };
    this.add(component);
  }

  /** Adds a vector store, and the service where the store is one too (`saas`). */
  store(
    slug: string,
    line: number,
    symbol: string | undefined,
    extra: { readonly endpoint?: string; readonly confidence?: Confidence; readonly authenticated?: boolean } = {},
  ): ComponentRef | undefined {
    const store = this.stores.bySlug(slug);
    if (!store) return undefined;
    if (store.saas) this.addService(slug, line, symbol, extra);
    return this.add({
      kind: 'vector-store',
      name: slug,
      title: store.name,
      occurrences: [this.occurrence(line, symbol, extra.confidence ?? 'high')],
      ...(extra.endpoint && { endpoints: [extra.endpoint] }),
    });
  }

  dataset(
    name: string,
    origin: DatasetComponent['origin'],
    line: number,
    symbol: string | undefined,
    extra: Partial<DatasetComponent> = {},
    confidence: Confidence = 'high',
  ): ComponentRef {
    const known = origin === 'file' ? undefined : this.knowledge.get(datasetsSection).find(name);
    return this.add({
      ...extra,
      kind: 'dataset',
      name,
      origin,
      occurrences: [this.occurrence(line, symbol, confidence)],
      ...(known?.concern_kinds && { concerns: known.concern_kinds }),
    });
  }

  infra(
    name: string,
    category: InfraComponent['category'],
    line: number,
    symbol: string | undefined,
    extra: Partial<InfraComponent> = {},
  ): ComponentRef {
    return this.add({ ...extra, kind: 'infra', name, category, occurrences: [this.occurrence(line, symbol, 'high')] });
  }

  /** Looks at a container image: infrastructure, what it serves, the store in it. True where it is AI. */
  image(reference: string, line: number, via: string, { untagged, ...rest }: ImageFacts = {}): boolean {
    const image = imageName(reference);
    if (!image) return false;
    const facts = this.infrastructure.image(image.name);
    const store = this.stores.byImage(image.name);
    const local = facts || store !== undefined ? undefined : this.infrastructure.localImage(image.name);
    if (!facts && store === undefined && local === undefined) return false;
    const ref = this.infra(image.name, 'image', line, via, {
      ...(image.tag && { version: image.tag }),
      ...(image.digest && { digest: image.digest }),
    });
    this.observe(
      'container',
      line,
      {
        image: image.name,
        via,
        ...(image.tag && { tag: image.tag }),
        ...(image.digest && { digest: image.digest }),
        ...(untagged && { tag: null }),
        ...rest,
      },
      ref,
    );
    const served = facts?.service ?? (local === undefined ? undefined : this.runtime(local));
    if (served !== undefined) this.service(served, line, via, { confidence: local === undefined ? 'high' : 'medium' });
    if (store !== undefined) this.store(store, line, via);
    return true;
  }

  /** The runtime that the word of a local image names. `deepseek-server` runs a model, and asks nobody's API. */
  runtime(word: string): string | undefined {
    const named = this.providers.byWord(word);
    const runs = named !== undefined && (this.providers.selfHosted(named) || this.providers.isGateway(named));
    return runs ? named : undefined;
  }

  /** As `image`, for a place where any image may stand: only what the catalogue knows counts. */
  catalogued(reference: string, line: number, via: string): boolean {
    const name = imageName(reference)?.name;
    return (
      name !== undefined &&
      (this.infrastructure.image(name) !== undefined || this.stores.byImage(name) !== undefined) &&
      this.image(reference, line, via)
    );
  }

  /** A URL of a model service whose host says nothing. */
  endpoint(text: string, line: number, via: string, provider?: string): void {
    const url = text.replace(/\/\/[^/@\s]*@/, '//').split(/[?#]/)[0] ?? '';
    this.observe('endpoint', line, { url, internal: false, via }, provider === undefined ? undefined : `service:${provider}`);
  }

  /** A URL that points at an AI service or runtime. Returns the provider's slug. */
  url(text: string, line: number, symbol: string | undefined): string | undefined {
    const found = this.providers.byUrl(text);
    if (!found) return undefined;
    const asked = modelInUrl(text);
    if (asked !== undefined) this.model(asked, { position: 'argument', ai: true }, line, symbol);
    const clean = text.replace(/\/\/[^/@\s]*@/, '//').split(/[?#]/)[0] ?? '';
    this.service(found.provider, line, symbol, { endpoint: clean });
    this.observe(
      'endpoint',
      line,
      // `http://ollama.acme.com:11434` is told by its port, and is reached over the network.
      { url: clean, internal: found.local && isNearHost(hostOf(clean)?.host ?? ''), ...(symbol !== undefined && { via: symbol }) },
      `service:${found.provider}`,
    );
    return found.provider;
  }
}
