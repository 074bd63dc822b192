/**
 * NuGet versions are semver 2.0 with an optional fourth number, missing numbers being zero, and
 * release labels compared without regard to case
 * (https://learn.microsoft.com/nuget/concepts/package-versioning).
 */
const VERSION = /^v?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

interface Parsed {
  readonly numbers: readonly number[];
  readonly labels: readonly string[];
}

function parse(text: string): Parsed | undefined {
  const match = VERSION.exec(text.trim());
  if (!match) return undefined;
  return { numbers: match.slice(1, 5).map((part) => Number(part ?? 0)), labels: match[5]?.toLowerCase().split('.') ?? [] };
}

/** Semver 2.0, 11.4: numbers below words, numbers by value, words by characters. */
function compareLabels(a: string, b: string): number {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (left && right) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  if (left !== right) return left ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareNuget(a: string, b: string): number | undefined {
  const [left, right] = [parse(a), parse(b)];
  if (!left || !right) return undefined;
  for (const [i, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  if (left.labels.length === 0 || right.labels.length === 0) return Math.sign(right.labels.length - left.labels.length);
  for (const [i, label] of left.labels.entries()) {
    const other = right.labels[i];
    if (other === undefined) return 1;
    const result = compareLabels(label, other);
    if (result !== 0) return result;
  }
  return left.labels.length - right.labels.length;
}
