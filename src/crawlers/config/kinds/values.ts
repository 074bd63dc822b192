/** Interpolations that stand in configuration values. */

/** `${VAR:-default}` (shell, compose, Spring `${VAR:default}`, azd `${VAR=default}`) with its default; undefined where nothing is known. */
const DEFAULTED = /^\$\{([A-Za-z_][\w.-]*)(?::?[-=]|:(?!\/\/))([^${}]*)\}$/;
/** Hydra's `${oc.env:X,default}`, and the Serverless Framework's `${env:X, 'default'}`. */
const RESOLVED = /^\$\{(?:oc\.env|env|opt|param):([\w.-]+),\s*['"]?([^'"}]*)['"]?\}$/;
const EXPRESSION_DEFAULT = /\|\|\s*'([^']{1,200})'/;

/** The text that a value has when nothing overrides it, and the variable that can. */
export function withDefaults(value: string): { readonly text: string | undefined; readonly variable?: string } {
  const text = value.trim();
  const hit = DEFAULTED.exec(text) ?? RESOLVED.exec(text);
  if (hit)
    return { text: hit[2] === '' ? undefined : hit[2]?.replace(/^(["'])(.*)\1$/, '$2'), ...(hit[1] !== undefined && { variable: hit[1] }) };
  if (text.startsWith('${{')) {
    const fallback = EXPRESSION_DEFAULT.exec(text)?.[1];
    return { text: fallback };
  }
  if (/^\$\{[^}]*\}$|^\$[A-Za-z_]\w*$/.test(text)) {
    const variable = /\w[\w.]*/.exec(text)?.[0];
    return { text: undefined, ...(variable !== undefined && { variable }) };
  }
  return { text };
}

/** Text with the defaults of its variables: `${PORT:-8000}:8000`, `${REGISTRY:-ghcr.io}/x`. */
export const filled = (text: string): string => text.replaceAll(/\$\{[A-Za-z_]\w*:?-([^{}]*)\}/g, '$1');

const ENV_NAME = /(?:^|[^A-Za-z0-9_])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?=$|[^A-Za-z0-9_])/g;

/** Environment names that a value mentions (`${OPENAI_API_KEY}`, `os.environ/X`, `{{ secrets.X }}`, `X`). */
export function mentionedNames(value: string): string[] {
  if (value.length > 300) return [];
  return [...value.matchAll(ENV_NAME)].map((match) => match[1] ?? '');
}

/** A name that the environment could hold. */
export const isEnvName = (name: string): boolean => /^[A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)*$/.test(name) && name.length > 2;

/** A switch that is on, by its default where the environment may say otherwise. */
export const isOn = (value: string): boolean => /^(?:true|yes|on|1)$/i.test(withDefaults(value).text ?? '');
