import { Models, Serialize } from '@cyclonedx/cyclonedx-library';

/**
 * The parts of CycloneDX 1.6 and 1.7 that the library (10.3) does not model: model cards, data, pedigree,
 * evidence of identity and place, what flows to services, compositions. They ride on subclasses of its
 * models and go in while its normalizers run.
 */
export interface ComponentExtras {
  readonly tags?: readonly string[];
  readonly pedigree?: { readonly ancestors?: readonly Ancestor[]; readonly notes?: string };
  readonly evidence?: Evidence;
  readonly modelCard?: ModelCard;
  readonly data?: readonly ComponentData[];
  readonly cryptoProperties?: CryptoProperties;
}

/** Of the kinds that CycloneDX knows, the one for secrets. */
export interface CryptoProperties {
  readonly assetType: 'related-crypto-material';
  readonly relatedCryptoMaterialProperties: { readonly type: 'credential' };
}

export interface Ancestor {
  readonly type: 'machine-learning-model';
  readonly name: string;
  readonly purl?: string;
}

export interface Evidence {
  readonly identity: readonly {
    readonly field: 'name' | 'purl';
    readonly confidence: number;
    readonly concludedValue: string;
    readonly methods: readonly { readonly technique: string; readonly confidence: number; readonly value: string }[];
  }[];
  readonly occurrences: readonly {
    readonly location: string;
    readonly line?: number;
    readonly offset?: number;
    readonly symbol?: string;
    readonly additionalContext?: string;
  }[];
}

export interface Property {
  readonly name: string;
  readonly value: string;
}

export interface ModelCard {
  readonly modelParameters?: {
    readonly task?: string;
    readonly architectureFamily?: string;
    readonly modelArchitecture?: string;
    readonly datasets?: readonly ({ readonly ref: string } | ComponentData)[];
    readonly inputs?: readonly { readonly format: string }[];
    readonly outputs?: readonly { readonly format: string }[];
  };
  readonly quantitativeAnalysis?: {
    readonly performanceMetrics: readonly { readonly type: string; readonly value: string; readonly slice?: string }[];
  };
  readonly properties?: readonly Property[];
}

export interface ComponentData {
  readonly type: 'dataset' | 'configuration' | 'other';
  readonly name: string;
  readonly contents?: { readonly url?: string; readonly properties?: readonly Property[] };
  readonly sensitiveData?: readonly string[];
}

export interface ServiceExtras {
  readonly endpoints?: readonly string[];
  readonly authenticated?: boolean;
  readonly 'x-trust-boundary'?: boolean;
  readonly data?: readonly { readonly flow: string; readonly classification: string }[];
}

export interface Composition {
  readonly aggregate: 'complete' | 'incomplete' | 'unknown';
  readonly assemblies: readonly string[];
  readonly dependencies?: readonly string[];
}

export class AiComponent extends Models.Component {
  extras: ComponentExtras = {};
}

export class AiService extends Models.Service {
  extras: ServiceExtras = {};
}

export class AiBom extends Models.Bom {
  compositions: readonly Composition[] = [];
}

const { BomNormalizer, ComponentNormalizer, Factory, ServiceNormalizer } = Serialize.JSON.Normalize;
type Options = Serialize.Types.NormalizerOptions;

class AiComponentNormalizer extends ComponentNormalizer {
  override normalize(data: Models.Component, options: Options): ReturnType<typeof ComponentNormalizer.prototype.normalize> {
    const normal = super.normalize(data, options);
    return normal !== undefined && data instanceof AiComponent ? Object.assign(normal, data.extras) : normal;
  }
}

class AiServiceNormalizer extends ServiceNormalizer {
  override normalize(data: Models.Service, options: Options): ReturnType<typeof ServiceNormalizer.prototype.normalize> {
    const normal = super.normalize(data, options);
    return data instanceof AiService ? Object.assign(normal, data.extras) : normal;
  }
}

class AiBomNormalizer extends BomNormalizer {
  override normalize(data: Models.Bom, options: Options): ReturnType<typeof BomNormalizer.prototype.normalize> {
    const normal = super.normalize(data, options);
    return data instanceof AiBom && data.compositions.length > 0 ? Object.assign(normal, { compositions: data.compositions }) : normal;
  }
}

export class AiFactory extends Factory {
  override makeForComponent(): Serialize.JSON.Normalize.ComponentNormalizer {
    return new AiComponentNormalizer(this);
  }
  override makeForService(): Serialize.JSON.Normalize.ServiceNormalizer {
    return new AiServiceNormalizer(this);
  }
  override makeForBom(): Serialize.JSON.Normalize.BomNormalizer {
    return new AiBomNormalizer(this);
  }
}
