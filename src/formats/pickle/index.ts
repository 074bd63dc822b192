import type { ByteReader } from '../../core/byte-reader.ts';
import type { InspectContext } from '../format.ts';
import type { PickleInspection, PickleOptions } from './api.ts';

export type { PickleInspection, PickleOptions, PickleRun, RawData, RawHook } from './api.ts';

/** Walks every pickle of the reader and judges what it does. Never throws on content. */
export function inspectPickle(reader: ByteReader, context: InspectContext, options: PickleOptions = {}): Promise<PickleInspection> {
  void [reader, context, options];
  return Promise.reject(new Error('not yet'));
}
