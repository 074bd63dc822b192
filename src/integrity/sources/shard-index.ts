import type { IntegrityResult } from '../../core/report.ts';
import { decodeUtf8, isObject, parseJson, stringAt, type JsonObject } from '../../formats/strict-json.ts';
import type { Problem } from '../result.ts';
import { directoryOf, MAX_CLAIMS, type CheckContext, type IntegritySource } from './source.ts';

/** safetensors' own limit of a header. */
const MAX_HEADER = 100_000_000;

/** Tensor names in a safetensors file, or `undefined` where it is none. */
async function tensorNames(path: string, context: CheckContext): Promise<Set<string> | undefined> {
  const reader = await context.open(path);
  try {
    const length = Number(Buffer.from(await reader.read(0, 8)).readBigUInt64LE());
    if (length > MAX_HEADER || length > reader.size) return undefined;
    const { value } = parseJson(decodeUtf8(await reader.read(8, length)));
    return isObject(value) ? new Set([...value.keys()].filter((key) => key !== '__metadata__')) : undefined;
  } catch {
    return undefined;
  } finally {
    await reader.close?.();
  }
}

async function checkShard(shard: string, expected: ReadonlySet<string>, context: CheckContext): Promise<Problem[]> {
  if (!shard.endsWith('.safetensors')) return [];
  const found = await tensorNames(shard, context);
  if (!found) return [{ code: 'unverifiable', path: shard, detail: 'not a readable safetensors file' }];
  const missing = [...expected].filter((name) => !found.has(name));
  const extra = [...found].filter((name) => !expected.has(name));
  return [
    ...(missing.length > 0
      ? [
          {
            code: 'shard-gap',
            path: shard,
            detail: `lacks ${missing.length} tensors of the index, first ${JSON.stringify(missing[0])}`,
          } as const,
        ]
      : []),
    ...(extra.length > 0
      ? [
          {
            code: 'unsigned',
            path: shard,
            detail: `has ${extra.length} tensors that the index does not name, first ${JSON.stringify(extra[0])}`,
          } as const,
        ]
      : []),
  ];
}

/** The loader joins this name with the model's directory: a separator in it leaves the model. */
const isPlain = (name: string): boolean => !name.includes('/') && !name.includes('\\') && name !== '..' && name !== '';

function shardsOf(weights: JsonObject): Map<string, Set<string>> {
  const shards = new Map<string, Set<string>>();
  for (const tensor of weights.keys()) {
    const shard = stringAt(weights, tensor);
    if (shard === undefined) continue;
    const names = shards.get(shard);
    if (names) names.add(tensor);
    else shards.set(shard, new Set([tensor]));
  }
  return shards;
}

/** `model.safetensors.index.json`: every shard is there and holds its tensors. Completeness, not authenticity. */
export const shardIndex: IntegritySource = {
  id: 'shard-index',
  wants: (entry) => /\.(?:safetensors|bin)\.index\.json$/.test(entry.path) && entry.size < 64 * 1024 * 1024,
  async check({ path, bytes }, context): Promise<readonly IntegrityResult[]> {
    const result = (status: IntegrityResult['status'], problems: readonly Problem[]): IntegrityResult => ({
      source: 'shard-index',
      subject: path,
      status,
      trust: status === 'verified' ? 'self-consistent' : 'none',
      problems,
      location: { path },
    });
    let weights: JsonObject | undefined;
    try {
      const { value } = parseJson(decodeUtf8(bytes));
      const map = isObject(value) ? value.get('weight_map') : undefined;
      weights = isObject(map) ? map : undefined;
    } catch (error) {
      return [result('failed', [{ code: 'unverifiable', path, detail: error instanceof Error ? error.message : String(error) }])];
    }
    if (!weights || weights.size > MAX_CLAIMS * 10) return [];
    const shards = shardsOf(weights);
    // A configuration without any weights is not a model with missing ones.
    if (
      ![...shards.keys()].some((name) => context.has(directoryOf(path) === '' ? name : `${directoryOf(path)}/${name}`)) &&
      ![...shards.keys()].some((name) => !isPlain(name))
    )
      return [];
    const problems: Problem[] = [];
    for (const [name, tensors] of shards) {
      const shard = directoryOf(path) === '' ? name : `${directoryOf(path)}/${name}`;
      if (!isPlain(name)) problems.push({ code: 'shard-gap', path, detail: `shard name ${JSON.stringify(name)} leaves the model` });
      else if (!context.has(shard)) problems.push({ code: 'missing', path: shard });
      else problems.push(...(await checkShard(shard, tensors, context)));
    }
    const worst = problems.filter((problem) => problem.code !== 'unsigned');
    return [
      result(worst.some((problem) => problem.code !== 'unverifiable') ? 'failed' : worst.length > 0 ? 'unverified' : 'verified', problems),
    ];
  },
};
