import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from './registry-error.ts';
import { localPace, type Pace } from './pace.ts';
import { Transfer } from './transfer.ts';

export interface NetOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** In `[0, 1)`; spreads retries of many workers. */
  readonly random?: () => number;
  /** Milliseconds until the answer begins, and between two pieces of its body. */
  readonly stall?: number;
  /** Redirects that one request follows. */
  readonly redirects?: number;
  readonly transfer?: Transfer;
  readonly pace?: Pace;
  readonly signal?: AbortSignal;
}

/** What readers of a registry need of the network. */
export interface Connection {
  /**
   * The last answer after redirects and retries, whatever its status. `onRedirect` sees where a redirect leads.
   * @throws RegistryError where the host cannot be reached, redirects in circles or answers 429 and 5xx for good.
   */
  request(url: string, init?: RequestInit, onRedirect?: (to: string) => void): Promise<Response>;
  /** Waits before another attempt; `attempt` counts from 1. */
  pause(attempt: number): Promise<void>;
}

const STALL = 30_000;
/** The first and four more: an outage of half a minute passes, a dead host costs little. */
export const MAX_ATTEMPTS = 5;
const FIRST_WAIT = 500;
/** Whoever asks for more is asked again by the next audit. */
export const MAX_WAIT = 60_000;
/** The Hub needs two: to the file, and to the store behind it. */
export const MAX_REDIRECTS = 5;

const TRANSIENT = new Set([408, 425, 429, 500, 502, 503, 504]);
const REDIRECT = new Set([301, 302, 303, 307, 308]);

/** `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). */
function retryAfter(response: Response, now: number): number | undefined {
  const header = response.headers.get('retry-after');
  if (header === null) return undefined;
  const seconds = Number(header);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}

/** GitHub answers 403 with the second at which its limit is reset. */
function rateLimitReset(response: Response, now: number): number | undefined {
  if (response.headers.get('x-ratelimit-remaining') !== '0') return undefined;
  const reset = Number(response.headers.get('x-ratelimit-reset') ?? Number.NaN) * 1000;
  return Number.isNaN(reset) ? undefined : Math.max(0, reset - now);
}

/**
 * HTTP as everything here uses it: tries again what may pass, waits as long as it is asked to, follows few
 * redirects, tells no secret to another host, gives up on what stalls, and counts every byte.
 */
export class Net implements Connection {
  readonly transfer: Transfer;
  private readonly options: NetOptions;
  private readonly pace: Pace;
  private readonly random: () => number;
  private readonly wait: (milliseconds: number) => Promise<unknown>;
  private readonly now: () => number;

  constructor(options: NetOptions = {}) {
    this.options = options;
    this.transfer = options.transfer ?? new Transfer();
    this.random = options.random ?? Math.random;
    this.wait = options.wait ?? ((ms): Promise<unknown> => sleep(ms, undefined, options.signal ? { signal: options.signal } : {}));
    this.now = options.now ?? Date.now;
    this.pace = options.pace ?? localPace({ now: this.now, wait: this.wait });
  }

  /** The same connection with a count of its own, for one target. */
  withTransfer(transfer: Transfer): Net {
    return new Net({ ...this.options, transfer, pace: this.pace });
  }

  /** With jitter, so that workers do not come back together. */
  async pause(attempt: number): Promise<void> {
    await this.wait(Math.min(MAX_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * (0.5 + this.random() / 2));
  }

  async request(url: string, init: RequestInit = {}, onRedirect?: (to: string) => void): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      let response: Response;
      try {
        response = await this.follow(url, init, onRedirect);
      } catch (error) {
        this.options.signal?.throwIfAborted();
        if (error instanceof RegistryError || attempt >= MAX_ATTEMPTS) throw asRegistryError(url, error);
        if (error instanceof Error && error.name === 'LimitError') throw error;
        await this.pause(attempt);
        continue;
      }
      const asked = retryAfter(response, this.now()) ?? rateLimitReset(response, this.now());
      if (!TRANSIENT.has(response.status) && !(response.status === 403 && asked !== undefined)) return response;
      await response.body?.cancel();
      if (attempt >= MAX_ATTEMPTS) throw new RegistryError(url, `HTTP ${response.status}`, response.status);
      if (asked === undefined) await this.pause(attempt);
      else if (asked > MAX_WAIT)
        throw new RegistryError(url, `HTTP ${response.status}; asks to wait ${Math.ceil(asked / 1000)} s`, response.status);
      else {
        await this.pace.quiet(new URL(url).host, asked);
        await this.wait(asked + this.random() * FIRST_WAIT);
      }
    }
  }

  private async follow(start: string, init: RequestInit, onRedirect?: (to: string) => void): Promise<Response> {
    let url = start;
    const headers = new Headers(init.headers);
    const most = this.options.redirects ?? MAX_REDIRECTS;
    for (let hops = 0; hops <= most; hops += 1) {
      const response = await this.once(url, { ...init, headers });
      const location = REDIRECT.has(response.status) ? response.headers.get('location') : null;
      if (location === null) return response;
      await response.body?.cancel();
      const next = new URL(location, url);
      if (next.protocol !== 'https:' && next.protocol !== new URL(start).protocol)
        throw new RegistryError(start, `redirects to ${next.protocol}//`);
      // A token is for the host that it was given to (RFC 9110, 15.4; CVE-2018-18074 in requests).
      if (next.origin !== new URL(start).origin) {
        headers.delete('authorization');
        headers.delete('cookie');
      }
      url = next.href;
      onRedirect?.(url);
    }
    throw new RegistryError(start, `more than ${most} redirects`);
  }

  private async once(url: string, init: RequestInit): Promise<Response> {
    await this.pace.turn(new URL(url).host);
    this.transfer.request();
    const stall = new AbortController();
    const milliseconds = this.options.stall ?? STALL;
    const arm = (): NodeJS.Timeout => setTimeout(() => stall.abort(new Error(`nothing came for ${milliseconds} ms`)), milliseconds);
    let timer = arm();
    const signal = AbortSignal.any([
      stall.signal,
      ...(this.options.signal ? [this.options.signal] : []),
      ...(init.signal ? [init.signal] : []),
    ]);
    let response: Response;
    try {
      response = await (this.options.fetch ?? globalThis.fetch)(url, { ...init, redirect: 'manual', signal });
    } finally {
      clearTimeout(timer);
    }
    const { transfer } = this;
    if (!response.body) return response;
    const source = response.body.getReader();
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          timer = arm();
          try {
            const { done, value } = await source.read();
            if (done) controller.close();
            else {
              transfer.add(value.length);
              controller.enqueue(value);
            }
          } catch (error) {
            controller.error(error);
          } finally {
            clearTimeout(timer);
          }
        },
        async cancel(reason) {
          await source.cancel(reason).catch(() => undefined);
        },
      },
      { highWaterMark: 0 },
    );
    const counted = new Response(NO_BODY.has(response.status) ? null : body, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
    Object.defineProperty(counted, 'url', { value: url });
    return counted;
  }
}

const NO_BODY = new Set([101, 204, 205, 304]);

const causeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${(cause as NodeJS.ErrnoException).code ?? cause.message}` : error.message;
};

const asRegistryError = (url: string, error: unknown): RegistryError =>
  error instanceof RegistryError ? error : new RegistryError(url, causeOf(error));
