import { firstArgument } from './calls.ts';

/** Ways to write a call so that nobody finds it. No honest program spells its names so. */

/** `'sys' + 'tem'`: two or three short literals in one sum. */
const SUM = /(["'])(\w{1,12})\1\s{0,4}\+\s{0,4}(["'])(\w{1,12})\3(?:\s{0,4}\+\s{0,4}(["'])(\w{1,12})\5)?/g;
/** `__import__('os').system(`: no statement imports the module, and the call follows at once. */
const INLINE =
  /(?:__import__|\bimport_module)\s{0,4}\(\s{0,4}["'](?:os|subprocess|pty|posix|nt|commands)["']\s{0,4}\)\s{0,4}\.\s{0,4}(?:system|popen\w?|exec\w+|spawn\w*|Popen|run|call|check_\w+|get\w*output)\s{0,4}\(/g;
/** `exec(''.join(chr(x) …))`, `exec(bytes([…]))`. */
const SPELLED = /\bchr\s{0,4}[(,]|\bbytes(?:array)?\s{0,4}\(\s{0,4}\[/;
/** `__builtins__.__dict__['exec'](`, `globals()['__builtins__']['eval'](`. */
const TABLE =
  /(?:__builtins__|__dict__|\bglobals\s{0,4}\(\s{0,4}\)|\bvars\s{0,4}\([^()\n]{0,40}\))(?:\s{0,4}\[[^\][\n]{1,40}\]){0,3}\s{0,4}\[\s{0,4}["'](?:exec|eval|system|popen|__import__|compile)["']\s{0,4}\]\s{0,4}\(/g;
/** `getattr(os, 'system')(`: a name that could be written as it is. */
const FETCHED =
  /\bgetattr\s{0,4}\(\s{0,4}[\w.]{1,60}\s{0,4},\s{0,4}["'](?:system|popen\w?|exec[lv]\w*|spawn\w+|check_output|getoutput|Popen|__import__|__builtins__)["']\s{0,4}\)\s{0,4}\(/g;
/** Encodings of a source file in which text does not look like what it means (PEP 263). */
const ENCODING =
  /^(?:[^\n]{0,200}\n)?[ \t\f]{0,20}#[^\n]{0,80}?coding[:=][ \t]{0,4}(utf[-_]?7|(?:raw[-_])?unicode[-_]escape|rot[-_]?13|punycode|idna)\b/i;
/** Everything that the environment holds, or keys and passwords of the user. */
const SECRETS = /\bos\.environ\b(?!\s{0,4}[.[])|\/\.(?:ssh|aws|kube|gnupg|docker)\/|\bid_(?:rsa|ed25519)\b|\/etc\/shadow\b/;
/** Functions that send what they are given. */
const SENDERS = /^(?:requests|httpx|aiohttp)\.(?:post|put|request|get)$|^urllib\.request\.(?:urlopen|Request)$/;
/** Names of which `parts` are written apart for a reason. */
const HIDDEN = new Set(
  'system popen exec eval compile subprocess Popen __import__ import_module check_output b64decode builtins __builtins__ marshal loads spawn globals getattr'.split(
    ' ',
  ),
);

export interface Hidden {
  readonly callee: string;
  readonly at: number;
}

/** Names put together of literals, and calls on a module imported in the same breath. `text` is source with its strings. */
export function* hiddenNames(text: string): Generator<Hidden> {
  for (const match of text.matchAll(SUM)) {
    const name = `${match[2] ?? ''}${match[4] ?? ''}${match[6] ?? ''}`;
    if (HIDDEN.has(name)) yield { callee: name, at: match.index };
  }
  for (const pattern of [INLINE, TABLE, FETCHED])
    for (const match of text.matchAll(pattern)) yield { callee: match[0].replaceAll(/\s/g, '').slice(0, -1), at: match.index };
}

/** An encoding that hides what the source says, if it names one. */
export const hidingEncoding = (text: string): string | undefined => ENCODING.exec(text)?.[1];

/** Whether the arguments of an `exec` spell its text letter by letter. */
export const isSpelled = (args: string): boolean => SPELLED.test(firstArgument(args));

/** Whether a call sends away what no program has a reason to send. `text` is the call with its strings. */
export const sendsSecrets = (callee: string, text: string): boolean => SENDERS.test(callee) && SECRETS.test(text);
