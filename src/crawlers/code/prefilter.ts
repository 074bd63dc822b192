import type { Ecosystem } from '../../core/component.ts';
import { detectSection } from '../../knowledge/detect.ts';
import type { Knowledge } from '../../knowledge/knowledge.ts';
import { librariesSection, type Libraries } from '../../knowledge/libraries.ts';
import { providersSection } from '../../knowledge/providers.ts';
import type { LanguageId } from '../../lang/facts.ts';
import { SETTING, WORDS } from '../../lang/literals.ts';
import { bareSpecifier } from '../../lang/specifiers.ts';
import { occurs } from '../../text/sieve.ts';

/** How a language writes the modules that it uses; the first group is the module, the second a list of names, the third more modules. Where names need no import, `qualified` tells. */
const IMPORTS: Readonly<Record<LanguageId, readonly RegExp[]>> = {
  python: [
    /^[ \t>]*(?:"[ \t]*)?(?:from|import)[ \t]+([\w.]+)(?:[ \t]+import[ \t]+\(?([\w, \t]*)|((?:[ \t]+as[ \t]+\w+)?[ \t]*,[ \t]*[\w., \t]+))?/gm,
  ],
  javascript: [/(?:\bfrom|\brequire\(|\bimport\(?)\s*["'`]([^"'`\n]{2,120})["'`]/g],
  typescript: [/(?:\bfrom|\brequire\(|\bimport\(?)\s*["'`]([^"'`\n]{2,120})["'`]/g],
  go: [/^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([\w.\-/]{3,120})"[ \t]*$/gm],
  java: [/^import[ \t]+(?:static[ \t]+)?([\w.]+)/gm],
  kotlin: [/^import[ \t]+([\w.]+)/gm],
  dart: [/^[ \t]*import[ \t]+['"]package:(\w+)\//gm],
  scala: [/^[ \t]*import[ \t]+([\w.]+)(?:\{([\w, \t=>]*))?/gm],
  swift: [
    /^[ \t]*(?:@\w+[ \t]+|(?:public|internal|private|package)[ \t]+)*import[ \t]+(?:(?:struct|class|enum|protocol|func|let|var|typealias)[ \t]+)?([\w.]+)/gm,
  ],
  csharp: [/^[ \t]*(?:global[ \t]+)?using[ \t]+(?:static[ \t]+|\w+[ \t]*=[ \t]*)?([\w.]+)/gm, /\bnew[ \t]+([A-Z]\w*(?:\.\w+)+)/g],
  rust: [],
  ruby: [],
  php: [],
  shell: [],
};

const STRING = /["'`]([A-Za-z0-9@][\w./:@-]{2,80})/g;
const URL_TEXT = /\bhttps?:\/\/[\w.-]{4,80}(?::\d+)?(?:\/[\w./-]{0,40})?/g;

/** `spawn("npx", ["-y", "x-mcp-server"])`: a program that starts an MCP server need not import anything. */
const RUNNER = /["'`](?:npx|uvx|bunx|pnpx|pipx)(?:\.cmd)?["'` ]/;
const SERVER = /[-/_]mcp[-"'`]|["'`/]mcp[-_]/;

/** Runs a command or code that is computed. */
const RUNS = /jupyter_client|shell=True|os\.(?:system|popen)\(|subprocess_shell|subprocess\.|child_process|\bexec\(|\beval\(|["'`]os\/exec/;
/** Hands code to a function of another file that says that it runs it: `execute_code(answer)`. */
const HANDS_ON = /\b(?:run|exec|execute|eval|evaluate)_?(?:\w{1,20}_)?(?:code|script|command|cmd|python|snippet)\(/i;
/** Speaks of what a model is offered: the file with the tool of an agent often imports nothing of AI. */
const OFFERED =
  /\btool_?(?:calls?|use|map|name|input|args)\b|\bTOOLS?\b|\btools\s{0,4}[:=]|input_?[sS]chema|type["']?: ?["']function["']|\bfunction[ _-]calls?\b|\bfunction[ _-]calling\b|\b(?:run|exec|execute|call|register)_?[tT]ools?\b|[a-z]Tools?\b|@\w{0,40}tool\b|\b(?:LLM|llm|[aA]gents?)\b|\bREPL\b|Repl\b/;

/** `def run_shell(command):`, `const execute = async (code) =>`: a helper that other files give what a model says. */
const HELPER =
  /\b(?:def|func|function|fun|const|static|async)\s{1,4}\w{0,40}(?:[rR]un|[eE]xec|[sS]hell|[cC]ommand|[eE]val)\w{0,40}\s{0,4}[=(][^\n]{0,80}\b(?:cmd|command|code|script)(?:_\w{1,20})?\b/;

/** Where an import alone tells of a library: elsewhere a build needs the manifest, which names it. */
const IMPORTED_FROM: Partial<Record<LanguageId, Ecosystem>> = { python: 'pypi', javascript: 'npm', typescript: 'npm' };

/** Imports that tell nothing, by language: most files of a tree import the same. */
const dull = new WeakMap<Knowledge, Map<LanguageId, Set<string>>>();
/** A tree of generated code has no end of them. */
const MAX_DULL = 50_000;

function dullImports(knowledge: Knowledge, language: LanguageId): Set<string> {
  let languages = dull.get(knowledge);
  if (!languages) dull.set(knowledge, (languages = new Map()));
  let imports = languages.get(language);
  if (!imports) languages.set(language, (imports = new Set()));
  if (imports.size > MAX_DULL) imports.clear();
  return imports;
}

/** Whether a file is worth parsing: an import of a known module, a model id, or a word that is used with them. */
export function mentionsAi(knowledge: Knowledge, language: LanguageId, text: string): boolean {
  const index = knowledge.get(detectSection);
  const providers = knowledge.get(providersSection);
  const known = dullImports(knowledge, language);
  for (const pattern of IMPORTS[language]) {
    for (const [, module = '', names = '', more = ''] of text.matchAll(pattern)) {
      const written = `${module} ${names}${more}`;
      if (known.has(written)) continue;
      if (isTelling(knowledge, language, module, names)) return true;
      // `import os as o, torch as t`
      if (more !== '' && more.split(',').some((other) => isTelling(knowledge, language, other.trim().split(/\s/)[0] ?? '', '')))
        return true;
      known.add(written);
    }
  }
  if (index.qualified(language)?.test(text) || index.words.some((word) => occurs(word, text))) return true;
  for (const [url] of text.matchAll(URL_TEXT)) if (providers.byUrl(url) !== undefined) return true;
  const long = index.longCall(language);
  if (long && occurs(long, text)) return true;
  for (const [, value = ''] of text.matchAll(STRING)) if (index.stem.test(value)) return true;
  for (const [, , , value = ''] of text.matchAll(SETTING)) if (index.stem.test(value)) return true;
  for (const [, words = ''] of language === 'ruby' ? text.matchAll(WORDS) : [])
    if (words.split(/\s+/).some((word) => index.stem.test(word))) return true;
  return (
    (occurs(RUNNER, text) && occurs(SERVER, text)) ||
    ((occurs(RUNS, text) || occurs(HANDS_ON, text)) && (OFFERED.test(text) || HELPER.test(text)))
  );
}

/** An import of a module of the rules, or of a catalogued package. */
function isTelling(knowledge: Knowledge, language: LanguageId, module: string, names: string): boolean {
  const modules = knowledge.get(detectSection).modules(language);
  const path = bareSpecifier(module).replaceAll('::', '.').replaceAll('\\', '.');
  if (modules.has(path) || knownPrefix(modules, path) || names.split(',').some((name) => modules.has(`${path}.${name.trim()}`)))
    return true;
  const ecosystem = IMPORTED_FROM[language];
  return ecosystem !== undefined && isLibrary(knowledge.get(librariesSection), ecosystem, module, names);
}

/** Of a module too common to count by its name, one of the names that tell it apart must be imported. */
function isLibrary(libraries: Libraries, ecosystem: Ecosystem, module: string, names: string): boolean {
  if (module.startsWith('.') || module.startsWith('/')) return false;
  if (ecosystem === 'npm') return libraries.find('npm', /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0] ?? module) !== undefined;
  const found = libraries.byImport(ecosystem, module);
  if (!found?.generic) return found !== undefined;
  const { generic } = found;
  const imported = [module.slice(found.module.length + 1).split('.')[0] ?? '', ...names.split(',')];
  return generic.includes('*') || imported.some((name) => generic.includes(name.trim()));
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
