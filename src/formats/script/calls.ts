/** Names that an import statement binds, and what they stand for. */
export interface Imports {
  /** `sp.run` with `import subprocess as sp` is `subprocess.run`. */
  resolve(name: string): string;
  /** Modules of `from module import *`: a bare name may be theirs. */
  readonly stars: readonly string[];
}

export interface Call {
  readonly name: string;
  readonly at: number;
  readonly line: number;
  /** Text after the opening bracket, bounded. */
  readonly args: string;
}

/** Arguments that are looked through for a decoder. */
const MAX_ARGS = 400;
/** Modules whose names a file takes whole: each is tried for each bare call. */
const MAX_STARS = 32;
/** Calls of one file that are looked at. */
const MAX_CALLS = 50_000;

export function importsOf(code: string): Imports {
  const bound = new Map<string, string>();
  for (const [, list = ''] of code.matchAll(/^[ \t]*import[ \t]+([\w., \t]+)/gm)) {
    for (const item of list.split(',')) {
      const [, module = '', alias] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(item) ?? [];
      if (alias !== undefined) bound.set(alias, module);
    }
  }
  for (const [, module = '', list = ''] of code.matchAll(/^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]+(\([^)]{0,4000}\)|[^\n]{0,4000})/gm)) {
    for (const item of list.replaceAll(/[()\\\n]/g, ' ').split(',')) {
      const [, name = '', alias = name] = /^\s*(\w+)(?:\s+as\s+(\w+))?/.exec(item) ?? [];
      if (name !== '') bound.set(alias, `${module}.${name}`);
    }
  }
  const stars = new Set<string>();
  for (const [, module = ''] of code.matchAll(/^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*\*/gm))
    if (stars.size < MAX_STARS) stars.add(module);
  // `f = os.system` binds a name as an import does.
  for (const [, alias = '', target = ''] of code.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*([A-Za-z_][\w.]{0,100})[ \t]*$/gm)) {
    if (!bound.has(alias) && alias !== target) bound.set(alias, target);
  }
  return {
    stars: [...stars],
    resolve(name) {
      let resolved = name;
      for (let step = 0; step < 4; step += 1) {
        const dot = resolved.indexOf('.');
        const first = dot < 0 ? resolved : resolved.slice(0, dot);
        const target = bound.get(first);
        if (target === undefined || target === first) return resolved;
        resolved = target + (dot < 0 ? '' : resolved.slice(dot));
      }
      return resolved;
    },
  };
}

/** Every call by a dotted name; definitions are no calls. */
export function* callsOf(code: string): Generator<Call> {
  let line = 1;
  let counted = 0;
  let calls = 0;
  for (const match of code.matchAll(/(?<![\w.])([A-Za-z_]\w{0,100}(?:\s{0,8}\.\s{0,8}\w{1,100}){0,10})[ \t]?\(/g)) {
    if ((calls += 1) > MAX_CALLS) return;
    const before = code.slice(Math.max(0, match.index - 6), match.index);
    if (/\b(?:def|class)\s+$/.test(before)) continue;
    for (; counted < match.index; counted += 1) if (code.charCodeAt(counted) === 10) line += 1;
    const start = match.index + match[0].length;
    yield { name: (match[1] ?? '').replaceAll(/\s/g, ''), at: match.index, line, args: code.slice(start, start + MAX_ARGS) };
  }
}

/** Names of decorators without arguments: `@exec` above a definition calls it. */
export function* decoratorsOf(code: string): Generator<{ readonly name: string; readonly at: number }> {
  for (const match of code.matchAll(/^[ \t]{0,40}@[ \t]?([A-Za-z_][\w.]{0,100})[ \t]*$/gm)) yield { name: match[1] ?? '', at: match.index };
}

/** Functions whose result, given to `exec`, is hidden code. */
const DECODERS = new Set([
  'base64.b64decode',
  'base64.b32decode',
  'base64.b16decode',
  'base64.b85decode',
  'base64.decodebytes',
  'zlib.decompress',
  'gzip.decompress',
  'bz2.decompress',
  'lzma.decompress',
  'codecs.decode',
  'binascii.unhexlify',
  'binascii.a2b_base64',
  'bytes.fromhex',
  'marshal.loads',
  'requests.get',
  'urllib.request.urlopen',
  '__import__',
]);

/** Of these, the ones that take it from elsewhere. */
const FETCHERS = new Set(['requests.get', 'urllib.request.urlopen', 'httpx.get']);

/** The first argument, as far as it is at hand: what follows is where it runs, not what runs. */
export function firstArgument(args: string): string {
  let depth = 0;
  for (let at = 0; at < args.length; at += 1) {
    const char = args[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char) && (depth -= 1) < 0) return args.slice(0, at);
    else if (char === ',' && depth === 0) return args.slice(0, at);
  }
  return args;
}

function callsAny(args: string, imports: Imports, wanted: ReadonlySet<string>): boolean {
  for (const match of firstArgument(args).matchAll(/([A-Za-z_]\w{0,100}(?:\.\w{1,100}){0,6})[ \t]?\(/g)) {
    if (wanted.has(imports.resolve(match[1] ?? ''))) return true;
  }
  return false;
}

/** Whether the arguments of an `exec` decode or fetch what is executed. */
export const isDecoded = (args: string, imports: Imports): boolean => callsAny(args, imports, DECODERS);

/** Whether the arguments of a loader fetch what is loaded. */
export const isFetched = (args: string, imports: Imports): boolean => callsAny(args, imports, FETCHERS);
