import type { Stage } from '../scan.ts';

const TITLES: Readonly<Record<Stage, string>> = {
  list: 'listing files',
  crawl: 'reading',
  inspect: 'inspecting artifacts',
  join: 'joining what files say',
  verify: 'checking digests and signatures',
  judge: 'judging',
};

/** Milliseconds between two redraws: fast enough to look alive, slow enough to cost nothing. */
const REDRAW = 100;

/** One line on a terminal's stderr, redrawn in place; nothing elsewhere. */
export class ProgressLine {
  private readonly enabled: boolean;
  private last = 0;
  private drawn = false;

  constructor(wanted: boolean) {
    this.enabled =
      wanted &&
      process.stderr.isTTY === true &&
      process.env['CI'] === undefined &&
      process.env['NO_COLOR'] === undefined &&
      process.env['TERM'] !== 'dumb';
  }

  update(stage: Stage, done: number, total: number): void {
    const now = Date.now();
    if (!this.enabled || (now - this.last < REDRAW && done < total)) return;
    this.last = now;
    this.drawn = true;
    process.stderr.write(`\r[2K${TITLES[stage]}${total > 0 ? ` ${done}/${total}` : ''}`);
  }

  clear(): void {
    if (this.drawn) process.stderr.write('\r[2K');
    this.drawn = false;
  }
}
