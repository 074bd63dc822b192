import type { Frontend } from './frontend.ts';
import { csharp } from './csharp.ts';
import { dart } from './dart.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { kotlin } from './kotlin.ts';
import { javascript, tsx, typescript } from './javascript.ts';
import { php } from './php.ts';
import { python } from './python.ts';
import { ruby } from './ruby.ts';
import { rust } from './rust.ts';
import { scala } from './scala.ts';
import { swift } from './swift.ts';

/** Front-ends by file extension. */
const BY_EXTENSION: ReadonlyMap<string, Frontend> = new Map([
  ['.py', python],
  ['.pyi', python],
  ['.pyw', python],
  ['.go', go],
  ['.java', java],
  ['.kt', kotlin],
  ['.kts', kotlin],
  ['.scala', scala],
  ['.sc', scala],
  ['.swift', swift],
  ['.dart', dart],
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

/** Interpreters that the first line of a script names. */
const INTERPRETERS: readonly (readonly [RegExp, Frontend])[] = [
  [/^python[\d.]*$/, python],
  [/^ruby[\d.]*$/, ruby],
  [/^php[\d.]*$/, php],
  [/^(?:node|nodejs)$/, javascript],
  [/^(?:deno|bun|tsx|ts-node)$/, typescript],
];
const SHEBANG = /^#![ \t]*(?:\S*\/env[ \t]+(?:-S[ \t]+)?)?(?:\S*\/)?([\w.-]{1,40})/;

/** What runs a script without an extension, by its first line: a front-end, or a shell. */
export function interpreterOf(text: string): Frontend | 'shell' | undefined {
  const name = SHEBANG.exec(text.slice(0, 200))?.[1];
  if (name === undefined) return undefined;
  return /^(?:ba|da|z|k)?sh$/.test(name) ? 'shell' : INTERPRETERS.find(([pattern]) => pattern.test(name))?.[1];
}

export function frontendOf(path: string): Frontend | undefined {
  const dot = path.lastIndexOf('.');
  return dot < 0 ? undefined : BY_EXTENSION.get(path.slice(dot).toLowerCase());
}

/** Names of all grammars, for a bundle that carries them. */
export const grammars: readonly string[] = [...new Set([...BY_EXTENSION.values()].map((frontend) => frontend.grammar))];
