import { isCommit } from '../core/commit.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { RegistryError } from './registry-error.ts';

/** What the hub says of a repository. Absent where it says nothing. */
export interface HubRepository {
  readonly type: 'model' | 'dataset' | 'space';
  /** As the hub spells it now; differs from what was asked for after a rename. */
  readonly name: string;
  /** The hub's own id: a repository that was deleted and made again under its name has another one. */
  readonly id?: string;
  readonly owner?: string;
  readonly commit?: string;
  readonly createdAt?: string;
  readonly private: boolean;
  /** `false`, `auto` or `manual`. */
  readonly gated: string;
  readonly disabled: boolean;
  readonly task?: string;
  readonly library?: string;
  readonly tags: readonly string[];
  readonly licence?: string;
  readonly baseModels: readonly string[];
  readonly datasets: readonly string[];
}

/** A repository of which nothing but the name is known. */
export const unknownRepository = (type: HubRepository['type'], name: string): HubRepository => ({
  type,
  name,
  private: false,
  gated: 'false',
  disabled: false,
  tags: [],
  baseModels: [],
  datasets: [],
});

export interface HubFile {
  readonly path: string;
  /** Bytes of the content, not of its LFS pointer. */
  readonly size: number;
  /** SHA-256 of the content, where the file is in large-file storage. */
  readonly sha256?: string;
  /** `sha1("blob <size>\0" + content)` of the file, or of its pointer. */
  readonly gitSha1?: string;
  /** Status that the hub's scanners give: `safe`, `unscanned`, `queued`, `caution`, `suspicious`, `unsafe`. */
  readonly scan?: string;
}

const object = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** Longest text of a registry that is kept: names, licences and tags are short. */
const MAX_TEXT = 300;
/** Tags, base models and data sets of one card. */
const MAX_ITEMS = 500;

const string = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= MAX_TEXT ? value : undefined;
const strings = (value: unknown): string[] => {
  const items: readonly unknown[] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return [...new Set(items.slice(0, MAX_ITEMS).flatMap((item) => string(item) ?? []))];
};

const GIT_SHA1 = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const defined = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

function licenceOf(card: JsonObject, tags: readonly string[]): string | undefined {
  const named = string(card['license_name']);
  const id = strings(card['license'])[0] ?? tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length);
  return id === 'other' ? (named ?? id) : (id ?? named);
}

/** Facts out of an answer of the hub's client, whose shape the server decides. */
export function repositoryFacts(type: HubRepository['type'], value: unknown, url: string): HubRepository {
  const info = object(value);
  const name = string(info['name']);
  if (name === undefined) throw new RegistryError(url, 'the answer names no repository');
  const card = object(info['cardData']);
  const tags = strings(info['tags']);
  const commit = string(info['sha']);
  const gated = info['gated'];
  const of = (prefix: string): string[] => tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
  const bases = strings(card['base_model']);
  return {
    type,
    name,
    private: info['private'] === true,
    gated: gated === 'auto' || gated === 'manual' ? gated : gated === true ? 'manual' : 'false',
    disabled: info['disabled'] === true,
    tags,
    // Tags repeat the card: `base_model:owner/name`, `base_model:quantized:owner/name`.
    baseModels: bases.length > 0 ? bases : [...new Set(of('base_model:').map((text) => text.slice(text.indexOf(':') + 1)))],
    datasets: type === 'dataset' ? [] : strings(card['datasets']).length > 0 ? strings(card['datasets']) : of('dataset:'),
    ...(defined({
      id: string(info['id']),
      owner: string(info['author']) ?? (name.includes('/') ? name.slice(0, name.indexOf('/')) : undefined),
      commit: isCommit(commit) ? commit : undefined,
      createdAt: string(info['createdAt']),
      task: string(info['task']),
      library: string(info['library_name']),
      licence: licenceOf(card, tags),
    }) as Partial<HubRepository>),
  };
}

/** A path that stays inside the repository; names of files are not ours to trust. */
const isInside = (path: string): boolean =>
  path !== '' &&
  path.length <= 4096 &&
  !path.startsWith('/') &&
  !path.split('/').some((part) => part === '' || part === '.' || part === '..') &&
  !/[\0\n]/.test(path);

/** A file of a tree listing; `undefined` for folders and for what cannot be a file. */
export function treeFile(value: unknown): HubFile | undefined {
  const entry = object(value);
  const path = entry['path'];
  if (entry['type'] !== 'file' || typeof path !== 'string' || !isInside(path)) return undefined;
  const lfs = object(entry['lfs']);
  const size = lfs['size'] ?? entry['size'];
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return undefined;
  const sha256 = string(lfs['oid']) ?? string(lfs['sha256']);
  const gitSha1 = string(entry['oid']);
  const scan = string(object(entry['securityFileStatus'])['status']);
  return {
    path,
    size,
    ...(sha256 !== undefined && SHA256.test(sha256) ? { sha256 } : {}),
    ...(gitSha1 !== undefined && GIT_SHA1.test(gitSha1) ? { gitSha1 } : {}),
    ...(scan === undefined ? {} : { scan }),
  };
}
