import type { DetectIndex } from '../../knowledge/detect.ts';
import type { ProvidersIndex } from '../../knowledge/providers.ts';
import type { LanguageId } from '../../lang/facts.ts';

/** How a language writes the modules that it uses; the first group is the module, the second a list of names. Where names need no import, `qualified` tells. */
const IMPORTS: Readonly<Record<LanguageId, readonly RegExp[]>> = {
  python: [/^[ \t>]*(?:"[ \t]*)?(?:from|import)[ \t]+([\w.]+)(?:[ \t]+import[ \t]+\(?([\w, \t]*))?/gm],
  javascript: [/(?:\bfrom|\brequire\(|\bimport\(?)\s*["'`]([^"'`\n]{2,80})["'`]/g],
  typescript: [/(?:\bfrom|\brequire\(|\bimport\(?)\s*["'`]([^"'`\n]{2,80})["'`]/g],
  go: [/^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w.\-/]{3,120})"[ \t]*$/gm],
  java: [/^import[ \t]+(?:static[ \t]+)?([\w.]+)/gm],
  kotlin: [/^import[ \t]+([\w.]+)/gm],
  csharp: [/^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+|\w+[ \t]*=[ \t]*)?([\w.]+)/gm, /\bnew[ \t]+([A-Z]\w*(?:\.\w+)+)/g],
  rust: [],
  ruby: [],
  php: [],
  shell: [],
};

const STRING = /["'`]([A-Za-z0-9@][\w./:@-]{2,80})/g;
const URL_TEXT = /\bhttps?:\/\/[\w.-]{4,80}(?::\d+)?(?:\/[\w./-]{0,40})?/g;
/** Calls with a long name of several words: extension methods such as `AddOpenAIChatCompletion`. */
const LONG_CALL = /\.(\w{12,60})[ \t]*[(<]/g;

/** Whether a file is worth parsing: an import of a known module, a model id, or a word that is used with them. */
export function mentionsAi(index: DetectIndex, providers: ProvidersIndex, language: LanguageId, text: string): boolean {
  const modules = index.modules(language);
  for (const pattern of IMPORTS[language]) {
    for (const [, module = '', names = ''] of text.matchAll(pattern)) {
      const path = module.replaceAll('::', '.').replaceAll('\\', '.');
      if (modules.has(path) || knownPrefix(modules, path) || names.split(',').some((name) => modules.has(`${path}.${name.trim()}`)))
        return true;
    }
  }
  if (index.qualified(language)?.test(text) || index.words.test(text)) return true;
  for (const [url] of text.matchAll(URL_TEXT)) if (providers.byUrl(url) !== undefined) return true;
  const long = index.longNames(language);
  if (long.size > 0) for (const [, name = ''] of text.matchAll(LONG_CALL)) if (long.has(name)) return true;
  for (const [, value = ''] of text.matchAll(STRING)) if (index.stem.test(value)) return true;
  return false;
}

/** `a.b.c.d` by `a`, `a.b`, `a.b.c`; `@scope/name/deep` by `@scope/name`. */
function knownPrefix(modules: ReadonlySet<string>, path: string): boolean {
  for (let end = nextEnd(path, 0), count = 0; end > 0 && count < 5; end = nextEnd(path, end + 1), count++)
    if (modules.has(path.slice(0, end))) return true;
  return false;
}

function nextEnd(path: string, from: number): number {
  for (let at = from; at < path.length; at++) {
    const char = path[at];
    if (char === '.' || char === '/' || char === '#') return at;
  }
  return -1;
}
