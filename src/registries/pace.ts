/** Decides when the next request to a host may go out. Workers on many machines share one through the database. */
export interface Pace {
  /** Resolves when a request to `host` may be sent. */
  turn(host: string): Promise<void>;
  /** The host asked for quiet (429, `Retry-After`): nobody asks it again before this many milliseconds. */
  quiet(host: string, milliseconds: number): Promise<void>;
}

export interface PaceOptions {
  /** Requests per second and host; no bound where absent. */
  readonly rate?: number;
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** A pace for the requests of one process. */
export function localPace({ rate, now, wait }: PaceOptions): Pace {
  const next = new Map<string, number>();
  const gap = rate === undefined ? 0 : 1000 / rate;
  return {
    async turn(host) {
      const at = Math.max(now(), next.get(host) ?? 0);
      next.set(host, at + gap);
      const delay = at - now();
      if (delay > 0) await wait(delay);
    },
    quiet(host, milliseconds) {
      next.set(host, Math.max(next.get(host) ?? 0, now() + milliseconds));
      return Promise.resolve();
    },
  };
}
