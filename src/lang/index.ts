import type { Frontend } from './frontend.ts';
import { csharp } from './csharp.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { kotlin } from './kotlin.ts';
import { javascript, tsx, typescript } from './javascript.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';

/** Front-ends by file extension. */
const BY_EXTENSION: ReadonlyMap<string, Frontend> = new Map([
  ['.py', python],
  ['.pyi', python],
  ['.pyw', python],
  ['.go', go],
  ['.java', java],
  ['.kt', kotlin],
  ['.kts', kotlin],
  ['.rs', rust],
  ['.rb', ruby],
  ['.rake', ruby],
  ['.php', php],
  ['.cs', csharp],
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

/** Names of all grammars, for a bundle that carries them. */
export const grammars: readonly string[] = [...new Set([...BY_EXTENSION.values()].map((frontend) => frontend.grammar))];
