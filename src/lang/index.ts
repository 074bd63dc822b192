import type { Frontend } from './frontend.ts';
import { javascript, tsx, typescript } from './javascript.ts';
import { python } from './python.ts';

/** Front-ends by file extension. */
const BY_EXTENSION: ReadonlyMap<string, Frontend> = new Map([
  ['.py', python],
  ['.pyi', python],
  ['.pyw', python],
  ['.js', javascript],
  ['.jsx', javascript],
  ['.mjs', javascript],
  ['.cjs', javascript],
  ['.ts', typescript],
  ['.mts', typescript],
  ['.cts', typescript],
  ['.tsx', tsx],
]);

export function frontendOf(path: string): Frontend | undefined {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? undefined : BY_EXTENSION.get(path.slice(dot).toLowerCase());
}
