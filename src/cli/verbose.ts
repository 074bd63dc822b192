import type { Report } from '../core/report.ts';
import { visible } from '../reporters/text/visible.ts';
import { bytes, count } from '../reporters/text/words.ts';
import type { Stage } from '../scan.ts';

/** How long each stage took, by the clock. */
export class StageTimes {
  private readonly times = new Map<Stage, number>();
  private current: { readonly stage: Stage; readonly since: number } | undefined;

  /** `now` in milliseconds. */
  enter(stage: Stage | undefined, now: number): void {
    if (stage === this.current?.stage) return;
    if (this.current) this.times.set(this.current.stage, (this.times.get(this.current.stage) ?? 0) + now - this.current.since);
    this.current = stage === undefined ? undefined : { stage, since: now };
  }

  lines(): string[] {
    return [...this.times].map(([stage, time]) => `${stage.padEnd(8)} ${(time / 1000).toFixed(2)} s`);
  }
}

/** What `-v` tells: what was read, by which crawler, and what was left out, with the reason. */
export function describeCoverage({ coverage }: Report): string[] {
  return [
    `${count(coverage.filesSeen, 'file')} seen, ${bytes(coverage.bytesSeen)}`,
    ...coverage.crawlers
      .filter((crawler) => crawler.files > 0 || crawler.status !== 'ok')
      .map((crawler) => `${crawler.id}: ${count(crawler.files, 'file')}${crawler.status === 'ok' ? '' : `, ${crawler.status}`}`),
    ...coverage.skipped.map(
      ({ path, reason, detail }) => `skipped ${visible(path)}: ${reason}${detail === undefined ? '' : ` (${visible(detail)})`}`,
    ),
  ];
}
