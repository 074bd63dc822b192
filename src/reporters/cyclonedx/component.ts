import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import { refOf, type Component, type ComponentRef } from '../../core/component.ts';
import { packageName, purlOf } from '../../core/purl.ts';
import { relationProperties, type Context } from './context.ts';
import { parametersOf } from '../summary.ts';
import { evidenceOf } from './evidence.ts';
import { AiComponent, type ComponentExtras } from './extensions.ts';
import { ancestorsOf, artifactCard, datasetUrl, dataOf, modelCardOf } from './model-card.ts';
import { iri } from '../text/uri.ts';
import { licence, properties } from './values.ts';

/** Services stand in `services[]`, see `service.ts`. */
export type Thing = Exclude<Component, { readonly kind: 'service' | 'vector-store' }>;

interface Parts {
  readonly type: Enums.ComponentType;
  readonly name?: string;
  readonly group?: string;
  readonly version?: string;
  readonly scope?: Enums.ComponentScope;
  readonly sha256?: string | undefined;
  readonly references?: readonly (readonly [Enums.ExternalReferenceType, string])[];
  readonly properties?: Parameters<typeof properties>[0];
  readonly extras?: ComponentExtras;
}

const { ComponentType, ExternalReferenceType: Reference } = Enums;

function modelParts(model: Extract<Thing, { kind: 'model' }>, context: Context): Parts {
  const ref = refOf(model);
  const card = modelCardOf(model, context.targets(ref, 'trained-on'));
  const ancestors = ancestorsOf(model);
  const adapter = context.targets(ref, 'adapter-of').length > 0;
  const hub = model.origin === 'huggingface' && purlOf(model) !== undefined ? `https://huggingface.co/${model.name}` : undefined;
  return {
    type: ComponentType.MachineLearningModel,
    ...versionOf(model.revision),
    ...(hub === undefined ? {} : { references: [[Reference.ModelCard, hub]] }),
    properties: {
      id: model.canonical === model.name ? undefined : model.canonical,
      origin: model.origin,
      family: model.family,
      provider: model.provider,
      role: model.role,
      library: model.library,
      subfolder: model.subfolder,
      unresolved: model.unresolved,
      ...Object.fromEntries(parametersOf(model).map(([key, value]) => [`parameter:${key}`, value])),
    },
    extras: {
      ...(model.card?.tags === undefined || model.card.tags.length === 0 ? {} : { tags: model.card.tags }),
      ...(ancestors.length === 0
        ? {}
        : { pedigree: { ancestors, ...(adapter ? { notes: 'Adapter (fine-tuned weights on top of its base model)' } : {}) } }),
      ...(card === undefined ? {} : { modelCard: card }),
    },
  };
}

const versionOf = (version: string | undefined): Pick<Parts, 'version'> => (version === undefined ? {} : { version });

const SCOPES = {
  runtime: Enums.ComponentScope.Required,
  optional: Enums.ComponentScope.Optional,
  development: Enums.ComponentScope.Excluded,
  build: Enums.ComponentScope.Excluded,
} as const;

function libraryParts(library: Extract<Thing, { kind: 'library' }>): Parts {
  const { namespace, name } = packageName(library.ecosystem, library.name);
  return {
    type: ComponentType.Library,
    name: namespace === undefined ? library.name : name,
    ...(namespace === undefined ? {} : { group: namespace }),
    ...versionOf(library.version),
    scope: SCOPES[library.scope],
    properties: {
      category: library.category,
      range: library.range,
      scope: library.scope,
      declared: library.declared,
      locked: library.locked,
      transitive: library.transitive,
    },
  };
}

function artifactParts(artifact: Extract<Thing, { kind: 'artifact' }>): Parts {
  const card = artifactCard(artifact.card);
  return {
    type: ComponentType.MachineLearningModel,
    sha256: artifact.sha256,
    properties: { format: artifact.format, size: artifact.size, verdict: artifact.verdict },
    ...(card === undefined ? {} : { extras: { modelCard: card } }),
  };
}

function partsOf(component: Thing, context: Context): Parts {
  switch (component.kind) {
    case 'model':
      return modelParts(component, context);
    case 'artifact':
      return artifactParts(component);
    case 'library':
      return libraryParts(component);
    case 'dataset': {
      const url = datasetUrl(component);
      return {
        type: ComponentType.Data,
        ...versionOf(component.revision),
        sha256: component.sha256,
        ...(url === undefined ? {} : { references: [[Reference.Distribution, url]] }),
        properties: { origin: component.origin },
        extras: { data: [dataOf(component, iri)] },
      };
    }
    case 'prompt':
      return {
        type: ComponentType.Data,
        sha256: component.sha256,
        properties: { purpose: component.purpose },
        extras: { data: [{ type: 'configuration', name: component.name }] },
      };
    case 'agent':
      return {
        type: ComponentType.Application,
        properties: { framework: component.framework, model: component.model, tool: component.tools },
      };
    case 'mcp-server':
      return {
        type: ComponentType.Application,
        ...versionOf(component.package?.version),
        properties: {
          transport: component.transport,
          command: component.command,
          argument: component.args,
          url: component.url,
          env: component.env,
          header: component.headers,
          disabled: component.disabled,
          implemented: component.implemented,
        },
      };
    case 'infra':
      return {
        type: component.category === 'image' ? ComponentType.Container : ComponentType.Platform,
        ...versionOf(component.version ?? component.digest),
        sha256: component.digest?.startsWith('sha256:') ? component.digest.slice('sha256:'.length) : undefined,
        properties: { category: component.category, digest: component.digest },
      };
  }
}

/** CycloneDX limits `version` to 1,024 characters. */
const MAX_VERSION = 1024;

/**
 * A library that is not AI takes part in the BOM as an ordinary dependency. What steers the coding
 * agents of those who write the product is told apart from the prompts that the product sends.
 */
const shownKind = (component: Component): string => {
  if (component.kind === 'library' && component.category === undefined) return 'other';
  return component.kind === 'prompt' && isAgentFile(component) ? 'agent-file' : component.kind;
};

/** Instructions, rules, commands and skills: formats of agents that no program sends as a prompt by itself. */
const isAgentFile = ({ occurrences }: Extract<Component, { kind: 'prompt' }>): boolean =>
  occurrences.length > 0 && occurrences.every(({ crawler }) => crawler === 'agent-files');

export function toComponent(component: Thing, context: Context): AiComponent {
  const ref: ComponentRef = refOf(component);
  const parts = partsOf(component, context);
  const made = new AiComponent(parts.type, parts.name ?? component.name, { bomRef: ref });
  const purl = purlOf(component);
  if (parts.group !== undefined) made.group = parts.group;
  if (parts.version !== undefined) made.version = parts.version.slice(0, MAX_VERSION);
  if (parts.scope !== undefined) made.scope = parts.scope;
  if (purl !== undefined) made.purl = purl;
  if (parts.sha256 !== undefined) made.hashes.set(Enums.HashAlgorithm['SHA-256'], parts.sha256);
  if ('licence' in component) made.licenses = licence(component.licence);
  for (const [type, url] of parts.references ?? []) made.externalReferences.add(new Models.ExternalReference(iri(url), type));
  const verified = context.verified(component.name);
  for (const path of verified.signatures)
    made.externalReferences.add(
      new Models.ExternalReference(iri(path), Reference.Attestation, { comment: 'signature over this file, verified' }),
    );
  made.properties = properties({
    kind: shownKind(component),
    ...parts.properties,
    alias: component.aliases,
    occurrences: component.occurrences.length,
    ...relationProperties(context, ref),
    ...verified.properties,
  });
  made.extras = { ...parts.extras, evidence: evidenceOf(component) };
  return made;
}
