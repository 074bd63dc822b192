import type { ByteReader } from '../core/byte-reader.ts';
import { LimitError } from '../core/errors.ts';
import { RegistryError } from './registry-error.ts';
import { MAX_ATTEMPTS, type Connection } from './net.ts';
import { RangeCache } from './range-cache.ts';

export interface HttpFile {
  readonly url: string;
  /** Bytes, as the registry states it. An answer that says otherwise is an error. */
  readonly size: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** SHA-256 that the registry states for the whole file, hexadecimal. */
  readonly sha256?: string;
  /** The file is a web page itself, so an answer in HTML is no mistake. */
  readonly html?: boolean;
}

export interface HttpReader extends ByteReader {
  /** Milliseconds spent waiting for the network: deadlines are about work, not about the line. */
  readonly waited: number;
}

/** First read of a file: holds most headers of GGUF and safetensors with the 4 KiB that formats sniff. */
const HEAD_FETCH = 8 * 1024;
/** Least bytes of a request elsewhere: a zip's local header with what follows it. */
const LEAST_FETCH = 512;
/** Read-ahead doubles while reads go on where the last one ended, up to this. */
const MOST_AHEAD = 256 * 1024;
/** Holes up to this size are fetched with their surroundings: one request is dearer than 4 KiB. */
const COALESCE = 4 * 1024;
/** Bytes of one request; more is asked for piece by piece. */
const MOST_FETCH = 8 * 1024 * 1024;
/** Bytes of one file that are kept. */
const CACHE = 16 * 1024 * 1024;
/** Bytes that are read and thrown away where a server ignores `Range`. */
export const MOST_IGNORED = 1024 * 1024;

const CONTENT_RANGE = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/;

/**
 * A file behind HTTP, read by ranges. What was read is kept, neighbouring reads become one request,
 * a body that breaks off is resumed where it ended. Reads of different parts go side by side.
 * @throws RegistryError where the server does not give what was asked for.
 */
export function httpReader(file: HttpFile, net: Connection): HttpReader {
  const cache = new RangeCache(CACHE);
  let waited = 0;
  let counted = 0;
  /** Ranges that are on their way: whoever wants a part of one waits for it instead of asking again. */
  const flying = new Set<{ readonly start: number; readonly end: number; readonly landed: Promise<unknown> }>();
  let reached = -1;
  let ahead = LEAST_FETCH;
  // The store behind the registry: asked directly until its signed address expires.
  let direct: string | undefined;

  async function answer(start: number, end: number): Promise<Response> {
    const range = { range: `bytes=${start}-${end - 1}`, 'accept-encoding': 'identity' };
    if (direct !== undefined && new URL(direct).origin !== new URL(file.url).origin) {
      const response = await net.request(direct, { headers: range });
      if (response.status !== 401 && response.status !== 403 && response.status !== 404) return response;
      await response.body?.cancel();
      direct = undefined;
    }
    return net.request(file.url, { headers: { ...file.headers, ...range } }, (to) => {
      direct = to;
    });
  }

  function check(response: Response, start: number): 'part' | 'whole' {
    const { status } = response;
    if (status === 401 || status === 403) throw new RegistryError(file.url, `access is denied (HTTP ${status})`, status);
    if (status !== 206 && status !== 200) throw new RegistryError(file.url, `HTTP ${status}`, status);
    if (file.html !== true && /^text\/html\b/i.test(response.headers.get('content-type') ?? ''))
      throw new RegistryError(file.url, 'the answer is a web page, not the file', status);
    if (response.headers.get('content-encoding') !== null && response.headers.get('content-encoding') !== 'identity')
      throw new RegistryError(file.url, 'the answer is encoded although it should not be', status);
    if (status === 206) {
      const match = CONTENT_RANGE.exec(response.headers.get('content-range') ?? '');
      if (!match) throw new RegistryError(file.url, 'the answer does not say which range it is', status);
      if (Number(match[1]) !== start) throw new RegistryError(file.url, `the answer begins at byte ${match[1]}, not ${start}`, status);
      if (match[3] !== '*' && Number(match[3]) !== file.size)
        throw new RegistryError(file.url, `the file has ${match[3]} bytes, the registry states ${file.size}`, status);
      return 'part';
    }
    const length = response.headers.get('content-length');
    if (length !== null && Number(length) !== file.size)
      throw new RegistryError(file.url, `the file has ${length} bytes, the registry states ${file.size}`, status);
    if (start > MOST_IGNORED) throw new RegistryError(file.url, 'the server ignores ranges', status);
    return 'whole';
  }

  /** One request; what came of it, which may be less than was asked for. */
  async function piece(start: number, end: number): Promise<Uint8Array> {
    const response = await answer(start, end);
    let skip: number;
    try {
      skip = check(response, start) === 'whole' ? start : 0;
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
    const bytes = new Uint8Array(end - start);
    let filled = 0;
    const body = response.body?.getReader();
    try {
      for (;;) {
        const next = await body?.read();
        if (next === undefined || next.done) break;
        const { value } = next;
        const from = Math.min(skip, value.length);
        skip -= from;
        const part = value.subarray(from, from + bytes.length - filled);
        bytes.set(part, filled);
        filled += part.length;
        if (filled === bytes.length) break;
      }
    } catch (error) {
      if (filled === 0) throw error;
    } finally {
      await body?.cancel().catch(() => undefined);
    }
    return bytes.subarray(0, filled);
  }

  async function fetchRange(start: number, end: number, use: (at: number, bytes: Uint8Array) => void): Promise<void> {
    let at = start;
    for (let attempt = 1; at < end;) {
      let bytes: Uint8Array;
      try {
        bytes = await piece(at, Math.min(end, at + MOST_FETCH));
      } catch (error) {
        if (error instanceof LimitError) throw error;
        if (error instanceof RegistryError || attempt >= MAX_ATTEMPTS) throw asError(error);
        bytes = new Uint8Array(0);
      }
      use(at, bytes);
      cache.add(at, bytes);
      at += bytes.length;
      if (at < end && bytes.length < MOST_FETCH) {
        if (attempt >= MAX_ATTEMPTS) throw new RegistryError(file.url, `the body ends at byte ${at}, ${end} was asked for`);
        await net.pause(attempt);
        attempt += 1;
      }
    }
  }

  const asError = (error: unknown): RegistryError =>
    error instanceof RegistryError ? error : new RegistryError(file.url, error instanceof Error ? error.message : String(error));

  async function read(offset: number, length: number): Promise<Uint8Array> {
    const start = Math.max(0, Math.min(offset, file.size));
    const end = Math.min(file.size, start + Math.max(0, length));
    if (start >= end) return new Uint8Array(0);
    const overlapping = (): Promise<unknown>[] =>
      [...flying].filter((range) => range.start < end && start < range.end).map(({ landed }) => landed);
    for (let wanted = overlapping(); wanted.length > 0; wanted = overlapping()) await Promise.allSettled(wanted);
    ahead = start === reached ? Math.min(ahead * 2, MOST_AHEAD) : LEAST_FETCH;
    reached = end;
    const gaps: { start: number; end: number }[] = [];
    for (const gap of cache.missing(start, end)) {
      const previous = gaps.at(-1);
      if (previous && gap.start - previous.end <= COALESCE) previous.end = gap.end;
      else gaps.push({ ...gap });
    }
    const out = new Uint8Array(end - start);
    cache.copy(start, out);
    if (gaps.length === 0) return out;
    const last = gaps.at(-1);
    if (last?.end === end)
      last.end = cache.nextHeld(end, Math.min(file.size, Math.max(end, last.start + (last.start === 0 ? HEAD_FETCH : ahead))));
    const work = fill(gaps, start, out);
    const range = { start: gaps[0]?.start ?? start, end: last?.end ?? end, landed: work };
    flying.add(range);
    const began = Date.now();
    try {
      await work;
    } finally {
      flying.delete(range);
      // Reads side by side wait for the same time: it counts once.
      const now = Date.now();
      waited += Math.max(0, now - Math.max(began, counted));
      counted = now;
    }
    return out;
  }

  async function fill(gaps: readonly { readonly start: number; readonly end: number }[], start: number, out: Uint8Array): Promise<void> {
    const end = start + out.length;
    for (const gap of gaps) {
      for (let at = gap.start; at < gap.end; at += MOST_FETCH) {
        const to = Math.min(gap.end, at + MOST_FETCH);
        // Not through the cache: reads side by side may have pushed the piece out again.
        await fetchRange(at, to, (from, bytes) => {
          const first = Math.max(from, start);
          const stop = Math.min(from + bytes.length, end);
          if (first < stop) out.set(bytes.subarray(first - from, stop - from), first - start);
        });
      }
    }
  }

  return {
    size: file.size,
    ...(file.sha256 === undefined ? {} : { stated: { sha256: file.sha256 } }),
    get waited() {
      return waited;
    },
    read,
  };
}
