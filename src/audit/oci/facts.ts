import type { ModelCardFacts } from '../../core/component.ts';
import { isObject, type JsonObject } from '../../core/json.ts';
import type { OciManifest } from '../../registries/oci/manifest.ts';
import { licenceOfText } from './licence-text.ts';

/** What an artifact says of the model in it, by its configuration, annotations and licence. */
export interface ArtifactFacts {
  readonly licence?: string;
  readonly baseModels: readonly string[];
  readonly datasets: readonly string[];
  readonly card: ModelCardFacts;
}

/** Names of one list of a configuration. */
const MAX_ITEMS = 200;
const MAX_TEXT = 300;

const object = (value: unknown): JsonObject => (isObject(value) ? value : {});
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT ? value.trim() : undefined;
const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [value]).flatMap((item) => text(item) ?? []);

const UNITS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };

/** `8.0B`, `137M`. */
function countOf(size: string | undefined): number | undefined {
  const match = /^(\d{1,6}(?:\.\d{1,6})?)\s*([kmbt])$/i.exec(size ?? '');
  return match ? Math.round(Number(match[1]) * (UNITS[(match[2] ?? '').toLowerCase()] ?? 1)) : undefined;
}

const defined = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

/** A repository on the Hub that a configuration names by its address. */
const hubName = (url: string | undefined, kind: string): string | undefined =>
  new RegExp(`^https?://(?:www\\.)?(?:huggingface\\.co|hf\\.co)/${kind}([\\w.-]+/[\\w.-]+)`, 'i').exec(url ?? '')?.[1];

/** Ollama: https://github.com/ollama/ollama/blob/main/types/model/config.go */
const ollama = (config: JsonObject): Partial<ArtifactFacts> => ({
  card: defined({
    architectureFamily: text(config['model_family']),
    parameterCount: countOf(text(config['model_type'])),
    quantization: text(config['file_type']),
  }),
});

/** ModelPack: https://github.com/modelpack/model-spec/blob/main/docs/config.md */
function modelPack(config: JsonObject): Partial<ArtifactFacts> {
  const about = object(config['descriptor']);
  const model = object(config['config']);
  return {
    ...defined({ licence: texts(about['licenses']).join(' AND ') || undefined }),
    datasets: texts(about['datasetsURL']).flatMap((url) => hubName(url, 'datasets/') ?? []),
    card: defined({
      architectureFamily: text(about['family']),
      architecture: text(model['architecture']),
      parameterCount: countOf(text(model['paramSize'])),
      quantization: text(model['quantization']) ?? text(model['precision']),
    }),
  };
}

/** KitOps writes its Kitfile as JSON: https://kitops.org/docs/kitfile/format/ */
function kitfile(config: JsonObject): Partial<ArtifactFacts> {
  const about = object(config['package']);
  const model = object(config['model']);
  const path = text(model['path']);
  return {
    ...defined({ licence: text(model['license']) ?? text(about['license']) }),
    // A path with a tag or digest is another ModelKit, on which this one builds.
    baseModels: path !== undefined && /^[\w.-]+(?::\d+)?\/[\w./-]+[:@][\w.:-]+$/.test(path) ? [path] : [],
    card: {},
  };
}

/** Facts of what the configuration, the annotations and the text of a licence say; the first of several manifests decides. Pure. */
export function factsOf(manifests: readonly OciManifest[], configs: readonly unknown[], licences: readonly string[]): ArtifactFacts {
  const [manifest] = manifests;
  const config = object(configs[0]);
  const type = manifest?.config?.mediaType ?? '';
  const told = type.startsWith('application/vnd.kitops.')
    ? kitfile(config)
    : type.startsWith('application/vnd.cncf.model.')
      ? modelPack(config)
      : ollama(config);
  const licence =
    told.licence ??
    text(manifest?.annotations.get('org.opencontainers.image.licenses')) ??
    licences.map(licenceOfText).find((id) => id !== undefined);
  return {
    ...(licence === undefined ? {} : { licence }),
    baseModels: told.baseModels ?? [],
    datasets: told.datasets ?? [],
    card: told.card ?? {},
  };
}
