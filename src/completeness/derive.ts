import type { Component, DatasetComponent, ModelComponent } from '../core/component.ts';
import type { Report } from '../core/report.ts';
import type { Derivation } from '../knowledge/completeness.ts';

/** How many of the things that an element is about say it. `total` 0: it does not apply. */
export interface Share {
  readonly known: number;
  readonly total: number;
}

type Derive = (report: Report) => Share;

const share = <T>(items: readonly T[], holds: (item: T) => boolean): Share => ({ known: items.filter(holds).length, total: items.length });
const yes = (holds: boolean): Share => ({ known: holds ? 1 : 0, total: 1 });

const ofKind = <K extends Component['kind']>(report: Report, kind: K): readonly Extract<Component, { readonly kind: K }>[] =>
  report.components.filter((component): component is Extract<Component, { readonly kind: K }> => component.kind === kind);

const models =
  (holds: (model: ModelComponent) => boolean): Derive =>
  (report) =>
    share(ofKind(report, 'model'), holds);

const datasets =
  (holds: (dataset: DatasetComponent) => boolean): Derive =>
  (report) =>
    share(ofKind(report, 'dataset'), holds);

/** A date or a version at the end of an id fixes a hosted model as a commit fixes a hub's. */
const DATED = /\d{4}-\d{2}-\d{2}|\d{8}|-\d{4}$|@\d/;

const isNamed = (model: ModelComponent): boolean => model.unresolved !== true;

export const derivations: Readonly<Record<Derivation, Derive>> = {
  always: () => yes(true),
  components: (report) => yes(report.components.length > 0),
  relations: (report) => yes(report.relations.length > 0),
  commit: (report) => yes(report.target.commit !== undefined),
  libraries: (report) => yes(ofKind(report, 'library').length + ofKind(report, 'infra').length > 0),
  accelerators: (report) => yes(ofKind(report, 'infra').some((component) => component.category === 'accelerator')),
  'services.endpoints': (report) => share(ofKind(report, 'service'), (service) => (service.endpoints?.length ?? 0) > 0),
  'models.name': models(isNamed),
  'models.identifier': models((model) => isNamed(model) && model.origin !== 'unknown'),
  'models.revision': models((model) => model.revision !== undefined || (model.origin === 'api' && DATED.test(model.name))),
  'models.producer': models((model) => model.family !== undefined || model.name.includes('/')),
  'models.task': models((model) => model.task !== undefined || (model.role !== undefined && model.role !== 'other')),
  'models.hash': (report) => share(ofKind(report, 'artifact'), (artifact) => artifact.sha256 !== undefined),
  'models.card': models((model) => model.card !== undefined),
  'models.training': models((model) => (model.baseModels?.length ?? 0) + (model.datasets?.length ?? 0) > 0),
  'models.licence': models((model) => model.licence !== undefined),
  'models.parameters': models((model) => model.parameters !== undefined),
  'models.metrics': models((model) => (model.card?.metrics?.length ?? 0) > 0),
  'models.context': models((model) => model.card?.contextLength !== undefined),
  'models.tokenizer': models((model) => model.card?.tokenizer !== undefined),
  'datasets.name': datasets(() => true),
  'datasets.identifier': datasets(
    (dataset) => dataset.origin === 'huggingface' || dataset.origin === 'kaggle' || dataset.origin === 'library',
  ),
  'datasets.hash': datasets((dataset) => dataset.sha256 !== undefined || dataset.revision !== undefined),
  'datasets.concerns': datasets((dataset) => dataset.concerns !== undefined),
  'datasets.licence': datasets((dataset) => dataset.licence !== undefined),
  'datasets.relations': (report) => {
    const related = new Set(report.relations.flatMap(({ from, to }) => [from, to]).filter((ref) => ref.startsWith('dataset:')));
    const total = ofKind(report, 'dataset').length;
    return { known: Math.min(related.size, total), total };
  },
};
