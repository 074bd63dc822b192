import { setTimeout as sleep } from 'node:timers/promises';

/** A registry could not be asked, or answered with something else. Findings from it are incomplete then, never absent. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly url: string;
  readonly status: number | undefined;

  constructor(url: string, message: string, status?: number) {
    super(`${url}: ${message}`);
    this.url = url;
    this.status = status;
  }
}

export interface HttpOptions {
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds for one attempt. */
  readonly timeout?: number;
  /** Waits between attempts; tests give one that does not. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
}

const TIMEOUT = 30_000;
/** The first and three more: one outage of a minute passes, a dead host costs little. */
export const MAX_ATTEMPTS = 4;
const FIRST_WAIT = 500;
/** A server that asks for more is asked again by the next run. */
const MAX_WAIT = 30_000;
/** The largest advisory record has about 2 MB; a batch answer of 1,000 queries stays below. */
const MAX_ANSWER = 32 * 1024 * 1024;

const isTransient = (status: number): boolean => status === 429 || status >= 500;

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3); else twice as long as the last time. */
function waitBefore(attempt: number, response: Response | undefined): number {
  const header = response?.headers.get('retry-after');
  const seconds = header === null || header === undefined ? Number.NaN : Number(header);
  const asked = Number.isNaN(seconds) ? Date.parse(header ?? '') - Date.now() : seconds * 1000;
  return Math.min(MAX_WAIT, Math.max(0, Number.isNaN(asked) ? FIRST_WAIT * 2 ** (attempt - 1) : asked));
}

async function readText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new RegistryError(url, `the answer is larger than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * JSON of a URL, tried again on 429, 5xx and broken connections. `undefined` for 404. The answer is
 * bounded in size and time; its shape is the caller's to check.
 */
export async function requestJson(url: string, init: RequestInit, options: HttpOptions = {}): Promise<unknown> {
  const { fetch = globalThis.fetch, timeout = TIMEOUT, wait = (ms: number): Promise<unknown> => sleep(ms) } = options;
  for (let attempt = 1; ; attempt += 1) {
    const signal = AbortSignal.any([AbortSignal.timeout(timeout), ...(options.signal ? [options.signal] : [])]);
    let response: Response | undefined;
    try {
      response = await fetch(url, { redirect: 'error', ...init, signal });
      if (response.ok) return JSON.parse(await readText(response, url)) as unknown;
      await response.body?.cancel();
      if (response.status === 404) return undefined;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (error instanceof RegistryError) throw error;
      if (error instanceof SyntaxError) throw new RegistryError(url, 'the answer is no JSON');
      if (attempt >= MAX_ATTEMPTS) throw new RegistryError(url, error instanceof Error ? error.message : String(error));
    }
    if (response && (!isTransient(response.status) || attempt >= MAX_ATTEMPTS))
      throw new RegistryError(url, `HTTP ${response.status}`, response.status);
    await wait(waitBefore(attempt, response));
  }
}
