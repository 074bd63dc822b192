import type { Pace } from '../../registries/pace.ts';
import type { Query } from './store.ts';

/**
 * One pace for all workers of a database: each request takes the next free moment of its host.
 * `rate` is in requests per second and host; without one only `quiet` is shared.
 */
export function sharedPace(query: Query, rate: number | undefined, wait: (milliseconds: number) => Promise<unknown>): Pace {
  const quietUntil = new Map<string, number>();
  return {
    async turn(host) {
      if (rate === undefined) {
        const local = (quietUntil.get(host) ?? 0) - Date.now();
        if (local > 0) await wait(local);
        return;
      }
      const [row] = await query<{ delay: number | string }>(
        `insert into assay.host (host, next_at) values ($1, clock_timestamp() + $2 * interval '1 millisecond')
         on conflict (host) do update set next_at = greatest(assay.host.next_at, clock_timestamp()) + $2 * interval '1 millisecond'
         returning extract(epoch from next_at - clock_timestamp()) * 1000 - $2 as delay`,
        [host, 1000 / rate],
      );
      const delay = Number(row?.delay ?? 0);
      if (delay > 0) await wait(delay);
    },
    async quiet(host, milliseconds) {
      quietUntil.set(host, Date.now() + milliseconds);
      await query(
        `insert into assay.host (host, next_at) values ($1, clock_timestamp() + $2 * interval '1 millisecond')
         on conflict (host) do update set next_at = greatest(assay.host.next_at, clock_timestamp() + $2 * interval '1 millisecond')`,
        [host, milliseconds],
      );
    },
  };
}
