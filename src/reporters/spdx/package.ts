import { parametersOf } from '../summary.ts';
import { refOf, type Component, type DatasetComponent, type ModelComponent } from '../../core/component.ts';
import { purlOf } from '../../core/purl.ts';
import { iri as uri } from '../text/uri.ts';
import { visible } from '../text/visible.ts';
import { place } from '../text/words.ts';
import type { Graph } from './graph.ts';
import { relateLicences } from './licence.ts';

/** Places told in an annotation; a component may have thousands. */
const MAX_PLACES = 100;

interface Parts {
  readonly type: string;
  readonly purpose: string;
  readonly version?: string | undefined;
  readonly sha256?: string | undefined;
  readonly more?: Readonly<Record<string, unknown>>;
}

const entry = (key: string, value: unknown): object => ({ type: 'DictionaryEntry', key, value: String(value) });

const owner = (graph: Graph, name: string | undefined): string | undefined =>
  name === undefined || name === '' ? undefined : graph.add('Organization', graph.iri('agent', name), { name });

/** SPDX wants an absolute URI where CycloneDX takes a reference. */
const absolute = (url: string | undefined): string | undefined => {
  const encoded = url === undefined ? '' : uri(url);
  return /^[a-z][a-z\d+.-]*:/i.test(encoded) && URL.canParse(encoded) ? encoded : undefined;
};

const hubOwner = (id: string): string | undefined => (id.includes('/') ? id.slice(0, id.indexOf('/')) : undefined);

function modelParts(model: ModelComponent, graph: Graph): Parts {
  const card = model.card ?? {};
  const hub = model.origin === 'huggingface' && purlOf(model) !== undefined;
  const training = [
    ...(model.baseModels ?? []).map((name) => `Base model: ${name}.`),
    ...(model.datasets ?? []).map((name) => `Dataset: ${name}.`),
  ];
  return {
    type: 'ai_AIPackage',
    purpose: 'model',
    version: model.revision,
    more: {
      suppliedBy: owner(graph, hub ? hubOwner(model.name) : model.provider),
      software_downloadLocation: hub ? absolute(`https://huggingface.co/${model.name}`) : undefined,
      ai_domain: model.task === undefined ? [] : [model.task],
      ai_typeOfModel: [
        ...new Set([card.architectureFamily, card.architecture, model.role].filter((text) => text !== undefined && text !== '')),
      ],
      ai_informationAboutTraining: training.join(' '),
      ai_hyperparameter: [
        ...parametersOf(model).map(([key, value]) => entry(key, value)),
        ...(['parameterCount', 'contextLength', 'quantization', 'tokenizer'] as const).flatMap((key) =>
          card[key] === undefined ? [] : [entry(key, card[key])],
        ),
      ],
      ai_metric: (card.metrics ?? []).map(({ type, value, dataset }) =>
        entry(dataset === undefined ? type : `${type} (${dataset})`, value),
      ),
    },
  };
}

function datasetParts(dataset: DatasetComponent, graph: Graph): Parts {
  const maker = dataset.origin === 'huggingface' ? owner(graph, hubOwner(dataset.name)) : undefined;
  const location =
    dataset.origin === 'huggingface'
      ? `https://huggingface.co/datasets/${dataset.name}`
      : dataset.origin === 'url'
        ? dataset.name
        : undefined;
  return {
    type: 'dataset_DatasetPackage',
    purpose: 'data',
    version: dataset.revision,
    sha256: dataset.sha256,
    more: {
      originatedBy: maker === undefined ? [] : [maker],
      software_downloadLocation: absolute(location),
      dataset_datasetType: ['noAssertion'],
      dataset_hasSensitivePersonalInformation: dataset.concerns?.some((concern) => concern.startsWith('personal-data')) ? 'yes' : undefined,
    },
  };
}

function partsOf(component: Component, graph: Graph): Parts {
  switch (component.kind) {
    case 'model':
      return modelParts(component, graph);
    case 'dataset':
      return datasetParts(component, graph);
    case 'artifact':
      return { type: 'software_File', purpose: 'model', sha256: component.sha256, more: { software_fileKind: 'file' } };
    case 'prompt':
      return { type: 'software_File', purpose: 'configuration', sha256: component.sha256, more: { software_fileKind: 'file' } };
    case 'library':
      return { type: 'software_Package', purpose: 'library', version: component.version };
    case 'infra':
      return {
        type: 'software_Package',
        purpose: component.category === 'image' ? 'container' : 'platform',
        version: component.version ?? component.digest,
      };
    case 'mcp-server':
      return { type: 'software_Package', purpose: 'application', version: component.package?.version };
    case 'service':
    case 'vector-store':
      return {
        type: 'software_Package',
        purpose: 'other',
        more: {
          summary: component.kind === 'service' ? 'External service' : 'Vector store',
          externalRef: (component.endpoints ?? []).map((url) => ({ type: 'ExternalRef', externalRefType: 'other', locator: [url] })),
        },
      };
    case 'agent':
      return { type: 'software_Package', purpose: 'application' };
  }
}

function annotate(graph: Graph, subject: string, ref: string, component: Component): void {
  const seen = component.occurrences
    .slice(0, MAX_PLACES)
    .map(({ location, symbol }) => (symbol ? `${place(location)} ${visible(symbol)}` : place(location)));
  const rest = component.occurrences.length - seen.length;
  graph.add('Annotation', graph.iri('annotation', ref), {
    annotationType: 'other',
    subject,
    statement: `Kind: ${component.kind}. Seen at: ${seen.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`,
  });
}

/** A component as an element with its licences and an annotation of where it was seen. Returns its IRI. */
export function addComponent(graph: Graph, component: Component): string {
  const ref = refOf(component);
  const { type, purpose, version, sha256, more } = partsOf(component, graph);
  const purl = purlOf(component);
  const isFile = type === 'software_File';
  const id = graph.add(type, graph.iri('component', ref), {
    name: component.name,
    software_primaryPurpose: purpose,
    verifiedUsing: sha256 === undefined ? [] : [{ type: 'Hash', algorithm: 'sha256', hashValue: sha256 }],
    ...(isFile ? {} : { software_packageVersion: version, software_packageUrl: purl }),
    externalIdentifier: purl === undefined ? [] : [{ type: 'ExternalIdentifier', externalIdentifierType: 'packageUrl', identifier: purl }],
    ...more,
  });
  const licence = 'licence' in component ? component.licence : undefined;
  if (component.kind === 'model' || component.kind === 'dataset' || licence !== undefined) relateLicences(graph, id, licence);
  annotate(graph, id, ref, component);
  return id;
}
