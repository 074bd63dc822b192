import { bytesReader } from '../core/byte-reader.ts';
import type { InspectContext } from './format.ts';
import type { Draft } from './draft.ts';

/** Honest strings that are decoded: a cloudpickled policy class is some hundred kB. */
const MAX_ENCODED = 32 * 1024 * 1024;
const MIN_ENCODED = 8;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const HEX = /^(?:[0-9a-f]{2})+$/i;
/** Digits of MD5 to SHA-512: one in some thousand begins like a pickle. */
const DIGESTS: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128]);
/** `data:application/octet-stream;base64,…` (RFC 2397). */
const DATA_URL = /^data:[\w/+.;=-]{0,100},/i;
const SAMPLE = 4096;

/** Bytes that are worth a look as a file: pickle protocol 2 to 5, zip, gzip, zlib. */
function looksLikePayload(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  if (a === 0x80 && b !== undefined && b >= 2 && b <= 5) return true;
  if (a === 0x50 && b === 0x4b && bytes[2] === 3 && bytes[3] === 4) return true;
  if (a === 0x1f && b === 0x8b) return true;
  return a === 0x78 && (b === 0x01 || b === 0x9c || b === 0xda) && bytes.length > 16;
}

/** Base64 (plain or URL-safe, with line breaks, in a `data:` address) or hexadecimal of something that can carry code, else `undefined`. */
export function decodePayload(text: string): Uint8Array | undefined {
  if (text.length < MIN_ENCODED || text.length > MAX_ENCODED) return undefined;
  const [scheme = ''] = DATA_URL.exec(text) ?? [];
  const body = text.slice(scheme.length);
  const compact = /\s/.test(body.slice(0, SAMPLE)) ? body.replaceAll(/\s+/g, '') : body;
  if (compact.length % 2 === 0 && !DIGESTS.has(compact.length) && HEX.test(compact.slice(0, SAMPLE))) {
    if (looksLikePayload(Buffer.from(compact.slice(0, 64), 'hex'))) return Buffer.from(compact, 'hex');
  }
  if (!BASE64.test(compact.slice(0, SAMPLE).replace(/=+$/, ''))) return undefined;
  if (!looksLikePayload(Buffer.from(compact.slice(0, 32).replaceAll('-', '+').replaceAll('_', '/'), 'base64'))) return undefined;
  return Buffer.from(compact, 'base64');
}

/** Text in protocol 0 is a pickle as it stands: `cos\nsystem\n(S'id'\ntR.` */
const TEXT_PICKLE = /^(?:\(?c[A-Za-z_][\w.]*\r?\n[\w.]+\r?\n|\(?i[A-Za-z_][\w.]*\r?\n)/;

/** Inspects a string of a configuration or header if it is an encoded pickle or archive. */
export async function inspectEncodedText(text: string, path: string, context: InspectContext, draft: Draft): Promise<boolean> {
  const bytes = decodePayload(text) ?? (TEXT_PICKLE.test(text) ? Buffer.from(text, 'latin1') : undefined);
  if (bytes === undefined) return false;
  const nested = await context.inspect({ path, reader: bytesReader(bytes) });
  draft.absorb(nested, path);
  return true;
}
