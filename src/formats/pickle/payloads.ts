import { bytesReader, sliceReader, type ByteReader } from '../../core/byte-reader.ts';
import { ParseError } from '../../core/errors.ts';
import { incomplete } from '../findings.ts';
import type { ArtifactFinding, InspectContext } from '../format.ts';
import { MAX_NESTING } from '../limits.ts';
import type { PickleInspection, PickleOptions } from './api.ts';
import { isCompressed, isTextImport } from './carriers.ts';
import { latin1Reader } from './latin1.ts';
import { looksLikePickle } from './probe.ts';
import { BytesValue, TextValue, type Value } from './values.ts';

/** Lines of a nested pickle in the outer listing. */
const MAX_LINES = 60;
const HEX = /^(?:[0-9a-fA-F]{2}){8,}$/;
const BASE64 = /^[A-Za-z0-9+/_-]{8,}={0,2}$/;

/** Bytes of the pickle that are a file of their own. */
export interface Payload {
  readonly value: Value;
  readonly offset: number;
  /** Callee that reads it; absent for bytes that merely lie in the data. */
  readonly via: string | undefined;
  /** An honest callee reads it as a file: what is not understood there is not understood at all. */
  readonly nested: boolean;
}

type Inspect = (reader: ByteReader, context: InspectContext, options?: PickleOptions) => Promise<PickleInspection>;

async function readerOf(value: Value, file: ByteReader): Promise<ByteReader | undefined> {
  if (value instanceof BytesValue) {
    if (value.complete) return bytesReader(value.head);
    if (value.offset === undefined) return undefined;
    const slice = sliceReader(file, value.offset, value.length);
    return value.encoded ? latin1Reader(slice) : slice;
  }
  if (value instanceof TextValue) return sliceReader(file, value.offset, value.length);
  return typeof value === 'string' ? bytesReader(Buffer.from(value, 'latin1')) : undefined;
}

/** Base64 and hexadecimal text decodes to something else; other text is taken as it is. */
async function unwrap(reader: ByteReader): Promise<ByteReader> {
  if (reader.size > 1 << 20) return reader;
  const bytes = Buffer.from(await reader.read(0, reader.size));
  const text = bytes.toString('latin1').replaceAll(/\s+/g, '');
  if (text.length < 12 || !BASE64.test(text)) return reader;
  const decoded = HEX.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64');
  return looksLikePickle(decoded) === 'yes' || isCompressed(decoded) || isTextImport(decoded) ? bytesReader(decoded) : reader;
}

const notUnderstood = ({ via, offset }: Payload): ArtifactFinding =>
  incomplete('opaque', 'embedded data is not understood', { format: 'pickle', ...(via === undefined ? {} : { via }) }, offset);

/** Bytes inside the pickle that are files of their own, followed to a bounded depth. */
export async function inspectPayloads(
  payloads: readonly Payload[],
  file: ByteReader,
  context: InspectContext,
  inspect: Inspect,
): Promise<{ findings: ArtifactFinding[]; listing: string[] }> {
  const findings: ArtifactFinding[] = [];
  const listing: string[] = [];
  const seen = new Set<Value>();
  // What a callee reads counts more than the same bytes lying in the data.
  const order = (payload: Payload): number => (payload.nested ? 0 : payload.via === undefined ? 2 : 1);
  for (const payload of [...payloads].sort((a, b) => order(a) - order(b))) {
    if (seen.has(payload.value)) continue;
    seen.add(payload.value);
    const raw = await readerOf(payload.value, file).catch((error: unknown) => {
      if (error instanceof ParseError) return undefined;
      throw error;
    });
    if (raw === undefined && payload.nested) findings.push(notUnderstood(payload));
    if (raw === undefined || raw.size < 4) continue;
    const reader = await unwrap(raw);
    const head = await reader.read(0, 512);
    const kind = looksLikePickle(head, reader.size);
    const opaque = payload.nested && kind === 'no' && !isCompressed(head);
    if (opaque) {
      findings.push(notUnderstood(payload));
      continue;
    }
    if (kind === 'no' && !isCompressed(head)) continue;
    if (payload.via === undefined && kind === 'maybe' && !isCompressed(head) && !isTextImport(head)) continue;
    if (context.depth >= MAX_NESTING) {
      if (payload.nested)
        findings.push(incomplete('limit', 'pickles nested too deeply', { format: 'pickle', limit: 'nesting' }, payload.offset));
      continue;
    }
    const byDispatcher = payload.nested || kind === 'no';
    const inner = byDispatcher
      ? await context.inspect({ path: payload.via ?? 'payload', reader })
      : await inspect(reader, { ...context, depth: context.depth + 1 }, {});
    for (const finding of inner.findings) {
      // Compressed data that nobody loads are a reason only if there is harm in them.
      if (payload.via === undefined && kind === 'no' && finding.verdict !== 'malicious') continue;
      // Bytes that nobody loads, and text that only looks like a pickle, are no reason to call a file incomplete.
      if (!payload.nested && finding.verdict === 'incomplete') continue;
      findings.push({ ...finding, offset: payload.offset, args: { ...finding.args, nested: payload.via ?? 'data' } });
    }
    if (inner.listing && inner.listing.length > 0)
      listing.push(`# inside ${payload.via ?? 'data'}:`, ...inner.listing.slice(0, MAX_LINES).map((line) => `    ${line}`));
  }
  return { findings, listing };
}
