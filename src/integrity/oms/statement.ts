import { createHash } from 'node:crypto';
import { isObject } from '../../core/json.ts';
import { VerificationError } from '../result.ts';
import { parseStrictJson } from '../strict.ts';
import { IN_TOTO } from './bundle.ts';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
export const PREDICATE_V1 = 'https://model_signing/signature/v1.0';
/** model_signing 0.2.0: one in-toto subject per file, no root digest. */
export const PREDICATE_V01 = 'https://model_signing/Digests/v0.1';

/** More files than the largest published model has by three orders of magnitude. */
export const MAX_RESOURCES = 1_000_000;

export type HashName = 'sha256' | 'blake2b' | 'blake3';
const DIGEST_BYTES: Readonly<Record<HashName, number>> = { sha256: 32, blake2b: 64, blake3: 32 };

export interface Resource {
  /** Relative to the model's root, POSIX; `.` means the model is a single file. */
  readonly path: string;
  readonly digest: string;
  /** Byte range, end exclusive; only in shard manifests. */
  readonly range?: { readonly start: number; readonly end: number };
}

/** The signed description of a model, normalised over the versions in the field. */
export interface Manifest {
  readonly name: string;
  readonly method: 'files' | 'shards';
  readonly hash: HashName;
  readonly allowSymlinks: boolean;
  readonly ignorePaths: readonly string[];
  readonly resources: readonly Resource[];
  /** Departures from specification v1.0 that were accepted, in words. */
  readonly legacy: readonly string[];
}

const invalid = (message: string): VerificationError => new VerificationError('statement-invalid', message);

/**
 * The JSON of an in-toto payload, of whatever form.
 * @throws VerificationError `statement-invalid`
 */
export function parsePayload(payloadType: string, payload: Buffer): unknown {
  if (payloadType !== IN_TOTO) throw invalid(`payloadType is ${JSON.stringify(payloadType)} instead of ${IN_TOTO}`);
  try {
    return parseStrictJson(payload);
  } catch (error) {
    throw invalid(`statement is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Parses the signed payload (specification v1.0 §5, §6). Call it only after the signature holds.
 * @throws VerificationError `statement-invalid`, `root-digest`, `limit` or `legacy`.
 */
export function parseStatement(payloadType: string, payload: Buffer, { allowLegacy }: { readonly allowLegacy: boolean }): Manifest {
  const statement = parsePayload(payloadType, payload);
  if (!isObject(statement)) throw invalid('statement is not an object');
  if (statement['_type'] !== STATEMENT_TYPE)
    throw invalid(`_type is ${JSON.stringify(statement['_type'] ?? null)} instead of ${STATEMENT_TYPE}`);
  if (statement['predicateType'] === PREDICATE_V01) {
    if (!allowLegacy)
      throw new VerificationError(
        'legacy',
        'bundle of model_signing 0.2.0, whose statement has no root digest; sign the model again, or allow legacy bundles',
      );
    return parseV01(statement);
  }
  if (statement['predicateType'] !== PREDICATE_V1)
    throw invalid(`predicateType is ${JSON.stringify(statement['predicateType'] ?? null)} instead of ${PREDICATE_V1}`);
  return parseV1(statement);
}

function parseV1(statement: Record<string, unknown>): Manifest {
  const { subject, predicate } = statement;
  if (!Array.isArray(subject) || subject.length !== 1)
    throw invalid(`statement has ${Array.isArray(subject) ? subject.length : 'no'} subjects instead of one`);
  const [first] = subject as unknown[];
  const rootDigest = isObject(first) && isObject(first['digest']) ? first['digest']['sha256'] : undefined;
  if (!isObject(first) || typeof first['name'] !== 'string' || typeof rootDigest !== 'string')
    throw invalid('subject has no name or no sha256 digest');
  if (!isObject(predicate)) throw invalid('predicate is missing');
  const { serialization, resources } = predicate;
  if (!isObject(serialization)) throw invalid('serialization is missing');
  const { method } = serialization;
  if (method !== 'files' && method !== 'shards') throw invalid(`serialization method ${JSON.stringify(method ?? null)} is not known`);
  const hash = hashName(serialization['hash_type']);
  if (typeof serialization['allow_symlinks'] !== 'boolean') throw invalid('allow_symlinks is not a boolean');
  const legacy: string[] = [];
  const shardSize = method === 'shards' ? positive(serialization['shard_size'], 'shard_size') : undefined;
  const list = resourceList(resources).map((item) => parseResource(item, hash, shardSize, legacy));
  unique(list.map((item) => (item.range ? `${item.path}:${item.range.start}` : item.path)));
  const root = createHash('sha256');
  for (const item of list) root.update(Buffer.from(item.digest, 'hex'));
  // The digest is over the resources in the order in which they are listed: writers sort differently.
  if (root.digest('hex') !== rootDigest) throw new VerificationError('root-digest', 'subject digest is not the digest of the resources');
  return {
    name: first['name'],
    method,
    hash,
    allowSymlinks: serialization['allow_symlinks'],
    ignorePaths: ignorePaths(serialization['ignore_paths']),
    resources: list,
    legacy: [...new Set(legacy)],
  };
}

function parseV01(statement: Record<string, unknown>): Manifest {
  const resources = resourceList(statement['subject']).map((item) => {
    const digest = isObject(item) && isObject(item['digest']) ? item['digest']['sha256'] : undefined;
    if (!isObject(item) || typeof item['name'] !== 'string') throw invalid('subject has no name');
    return { path: checkPath(item['name']), digest: checkDigest(digest, 'sha256', item['name']) };
  });
  unique(resources.map((item) => item.path));
  return {
    name: '',
    method: 'files',
    hash: 'sha256',
    allowSymlinks: false,
    ignorePaths: [],
    resources,
    legacy: ['statement of model_signing 0.2.0 without root digest'],
  };
}

function resourceList(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('statement signs no files');
  if (value.length > MAX_RESOURCES)
    throw new VerificationError('limit', `statement lists ${value.length} resources, more than ${MAX_RESOURCES}`);
  return value as unknown[];
}

function hashName(value: unknown): HashName {
  if (value === 'sha256' || value === 'blake2b' || value === 'blake3') return value;
  throw invalid(`hash_type ${JSON.stringify(value ?? null)} is not one of sha256, blake2b, blake3`);
}

/** model_signing writes integers as JSON floats (`8.0`), which JavaScript reads as integers. */
function positive(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0) throw invalid(`${what} is not a positive integer`);
  return value;
}

function parseResource(item: unknown, hash: HashName, shardSize: number | undefined, legacy: string[]): Resource {
  if (!isObject(item) || typeof item['name'] !== 'string') throw invalid('resource has no name');
  const { name, algorithm } = item;
  const digest = checkDigest(item['digest'], hash, name);
  if (shardSize === undefined) {
    if (algorithm !== hash)
      throw invalid(`resource ${JSON.stringify(name)} has algorithm ${JSON.stringify(algorithm ?? null)} instead of ${hash}`);
    return { path: checkPath(name), digest };
  }
  // model_signing writes `sha256-sharded-<size>` where the specification says `sha256`.
  const sharded = new RegExp(`^${hash}-sharded-(\\d+)(?:\\.0)?$`).exec(typeof algorithm === 'string' ? algorithm : '');
  if (algorithm !== hash && Number(sharded?.[1]) !== shardSize)
    throw invalid(`resource ${JSON.stringify(name)} has algorithm ${JSON.stringify(algorithm ?? null)} instead of ${hash}`);
  if (sharded) legacy.push(`algorithm written as ${algorithm as string}`);
  const parts = /^(.+):(\d{1,16}):(\d{1,16})$/s.exec(name);
  const [start, end] = [Number(parts?.[2]), Number(parts?.[3])];
  if (!parts?.[1] || !Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start >= end)
    throw invalid(`resource ${JSON.stringify(name)} is not path:start:end`);
  if (start % shardSize !== 0 || end - start > shardSize)
    throw invalid(`shard ${JSON.stringify(name)} does not follow shard_size ${shardSize}`);
  return { path: checkPath(parts[1]), digest, range: { start, end } };
}

function checkDigest(value: unknown, hash: HashName, name: string): string {
  if (typeof value !== 'string' || value.length !== DIGEST_BYTES[hash] * 2 || !/^[0-9a-f]+$/.test(value))
    throw invalid(`digest of ${JSON.stringify(name)} is not ${hash} in lower-case hexadecimal`);
  return value;
}

/** Names are compared with the files that the walk found, and never opened; still, what leaves the model is refused here. */
function checkPath(path: string): string {
  if (path === '.') return path;
  const parts = path.split('/');
  const bad =
    path === '' ||
    path.includes('\0') ||
    path.includes('\\') ||
    /^[a-zA-Z]:[\\/]/.test(path) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (bad) throw invalid(`resource name ${JSON.stringify(path)} is not a relative path inside the model`);
  return path;
}

function unique(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw invalid(`resource ${JSON.stringify(name)} is listed twice`);
    seen.add(name);
  }
}

/** Signed ignore paths. What could hide more than it names is not honoured: the statement is refused. */
function ignorePaths(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid('ignore_paths is not a list');
  return value.map((item: unknown) => {
    const path = typeof item === 'string' ? item.replace(/^\.\//, '').replace(/\/$/, '') : '';
    const parts = path.split('/');
    const bad =
      path === '' ||
      path.includes('\0') ||
      path.includes('\\') ||
      /[*?[\]]/.test(path) ||
      parts.some((part) => part === '' || part === '.' || part === '..');
    if (bad) throw invalid(`ignore path ${JSON.stringify(item ?? null)} is not a plain relative path`);
    return path;
  });
}
