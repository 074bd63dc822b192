/** A package that a Deno or browser specifier names, what of it, and the version that the specifier asks for. */
export interface PackageSpecifier {
  readonly name: string;
  readonly version?: string;
  /** Path below the package, with its slash; empty for the package itself. */
  readonly path: string;
}

const NAME = String.raw`(@[^/@]+\/[^/@?]+|[^/@?]+)(?:@([^/?]+))?([^?]*)`;
const NPM = new RegExp(String.raw`^npm:\/?${NAME}`);
/** Networks that serve packages of npm by name. */
const CDN = new RegExp(
  String.raw`^https?:\/\/(?:esm\.sh|cdn\.skypack\.dev|cdn\.jsdelivr\.net\/npm|unpkg\.com|esm\.run|ga\.jspm\.io\/npm:)\/${NAME}`,
);
/** `https://deno.land/x/openai@v4.69.0/mod.ts`, `jsr:@openai/openai`: registries of their own, whose packages bear their own names. */
const OTHER = new RegExp(String.raw`^(?:https?:\/\/deno\.land\/x\/|jsr:\/?)${NAME}`);
/** Longer is no specifier. */
const MAX_SPECIFIER = 500;

function read(pattern: RegExp, specifier: string): PackageSpecifier | undefined {
  const [, name, version, path = ''] = pattern.exec(specifier) ?? [];
  return name === undefined ? undefined : { name, path, ...(version === undefined ? {} : { version }) };
}

/** `npm:openai@4`, `https://esm.sh/openai@4`: the package of npm that is meant; undefined for any other specifier. */
export const npmSpecifier = (specifier: string): PackageSpecifier | undefined =>
  specifier.length > MAX_SPECIFIER ? undefined : (read(NPM, specifier) ?? read(CDN, specifier));

/** The specifier that a program of Node writes for the same module: `openai` for `npm:openai@4`, `ai/rsc` for `https://esm.sh/ai@3/rsc`. */
export function bareSpecifier(module: string): string {
  if (!/^(?:npm:|jsr:|https?:)/.test(module) || module.length > MAX_SPECIFIER) return module;
  const found = npmSpecifier(module);
  // A bundle (`/+esm`, `/dist/x.min.js`) is the package itself.
  if (found) return /^\/(?:\+esm|dist\/|build\/|mod\.ts$)/.test(found.path) ? found.name : `${found.name}${found.path}`;
  return read(OTHER, module)?.name ?? module;
}
