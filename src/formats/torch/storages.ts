import type { ModelCardFacts } from '../../core/component.ts';
import type { ArtifactFinding } from '../format.ts';
import { GlobalValue, SequenceValue, PersistentValue, type Value } from '../pickle/values.ts';

/** Bytes per element of the storage classes that torch pickles name. */
const ITEM_SIZES: Readonly<Record<string, number>> = {
  ByteStorage: 1,
  CharStorage: 1,
  BoolStorage: 1,
  QInt8Storage: 1,
  QUInt8Storage: 1,
  UntypedStorage: 1,
  _UntypedStorage: 1,
  HalfStorage: 2,
  ShortStorage: 2,
  BFloat16Storage: 2,
  FloatStorage: 4,
  IntStorage: 4,
  QInt32Storage: 4,
  DoubleStorage: 8,
  LongStorage: 8,
  ComplexFloatStorage: 8,
  ComplexDoubleStorage: 16,
};

const DTYPES: Readonly<Record<string, string>> = {
  ByteStorage: 'U8',
  CharStorage: 'I8',
  BoolStorage: 'BOOL',
  HalfStorage: 'F16',
  ShortStorage: 'I16',
  BFloat16Storage: 'BF16',
  FloatStorage: 'F32',
  IntStorage: 'I32',
  DoubleStorage: 'F64',
  LongStorage: 'I64',
  ComplexFloatStorage: 'C64',
  ComplexDoubleStorage: 'C128',
};

/** A storage that a pickle refers to. */
export interface Storage {
  readonly key: string;
  /** `torch.FloatStorage` … */
  readonly type: string;
  readonly itemSize: number | undefined;
  readonly elements: number;
}

/** `('storage', cls, key, location, numel[, view])` of a persistent id; undefined for anything else. */
export function storageOf(id: Value): Storage | undefined {
  const value = id instanceof PersistentValue ? id.id : id;
  if (!(value instanceof SequenceValue) || value.type !== 'tuple' || value.items[0] !== 'storage') return undefined;
  const [, cls, key, , elements] = value.items;
  if (!(cls instanceof GlobalValue) || (typeof elements !== 'number' && typeof elements !== 'bigint')) return undefined;
  if (typeof key !== 'string' && typeof key !== 'number' && typeof key !== 'bigint') return undefined;
  const itemSize = Object.hasOwn(ITEM_SIZES, cls.name) ? ITEM_SIZES[cls.name] : undefined;
  return { key: String(key), type: cls.path, itemSize, elements: Number(elements) };
}

/**
 * A storage whose declared volume is not that of its data: the safe unpickler of torch before
 * 2.10 reads or writes past it (CVE-2026-24747).
 */
export function storageMismatch(storage: Storage, actual: number | undefined, place: string): ArtifactFinding | undefined {
  const declared = storage.itemSize === undefined ? undefined : storage.itemSize * storage.elements;
  if (actual === undefined) {
    return {
      ruleId: 'malformed-artifact',
      severity: 'medium',
      confidence: 'high',
      verdict: 'incomplete',
      args: { storage: place, problem: 'storage-missing', declared: declared ?? storage.elements },
    };
  }
  if (declared === undefined || declared === actual) return undefined;
  return {
    ruleId: 'malformed-artifact',
    severity: 'high',
    confidence: 'medium',
    verdict: 'suspicious',
    args: { storage: place, problem: 'storage-size', declared, actual },
  };
}

/** What the storages say about the model: the volume of its numbers and how they are stored. */
export function storageCard(storages: Iterable<Storage>): ModelCardFacts | undefined {
  let parameterCount = 0;
  const dtypes = new Set<string>();
  for (const { type, elements } of storages) {
    const dtype = DTYPES[type.slice(type.lastIndexOf('.') + 1)];
    // Untyped storages count bytes; the dtype stands elsewhere.
    if (dtype === undefined || elements < 0) continue;
    dtypes.add(dtype);
    parameterCount += elements;
  }
  return dtypes.size === 0 ? undefined : { parameterCount, dtypes: [...dtypes].sort() };
}
