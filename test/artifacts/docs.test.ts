import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import * as limits from '../../src/formats/limits.ts';

const page = readFileSync('docs/formats.md', 'utf8');
const UNITS = [
  ['GiB', 2 ** 30],
  ['MiB', 2 ** 20],
  ['KiB', 2 ** 10],
] as const;

/** A power of two of bytes with its unit, any other number with commas. */
function shown(value: number): string {
  const unit = UNITS.find(([, size]) => value >= size && value % size === 0);
  return unit ? `${value / unit[1]} ${unit[0]}` : value.toLocaleString('en-US');
}

describe('docs/formats.md', () => {
  it('names every format', () => {
    expect(formats.map(({ id }) => id).filter((id) => !page.includes(`\`${id}\``))).toEqual([]);
  });

  it('gives every limit its value', () => {
    const { DEFAULT_LIMITS, ...constants } = limits;
    const rows = Object.entries({ ...DEFAULT_LIMITS, ...constants }).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    );
    const wrong = rows
      .filter(([name]) => name !== 'MAX_MEMBERS')
      .filter(([name, value]) => !page.includes(`| \`${name}\` | ${shown(value)} |`));
    expect(wrong.map(([name, value]) => `${name} ${shown(value)}`)).toEqual([]);
    expect(rows.length).toBeGreaterThan(15);
  });
});
