import { installs } from '../install/commands.ts';
import type { Requirement } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { pypiRequirement } from './requirement.ts';
import { pythonTokens, type PythonToken } from './tokens.ts';
import { occurs } from '../../../text/sieve.ts';

/** Tokens of one list or call that are looked at. */
const MAX_ARGUMENTS = 1000;
/** Characters of a program that are searched for an installation. */
const MAX_SEARCHED = 200_000;
/** Keywords and keys whose list names what a job, a function or an image is run with: Kubeflow, MLflow, Ray, Airflow, Vertex AI. */
const LISTS =
  /^(?:packages_to_install|requirements|(?:extra_)?(?:pip_)?requirements|(?:pip|python|conda|extra)_(?:packages|dependencies)|pip|additional_python_modules|package_dependencies)$/;
/** Variables of programs that install what they need themselves. */
const VARIABLES = /^(?:[A-Za-z_]*_)?(?:requirements?|dependencies|packages|deps|reqs?|modules_to_install)(?:_list)?$/i;
const IMAGE_INSTALLS = /\.(?:uv_)?pip_install\s*\(/;
const LISTED =
  /\b(?:packages_to_install|(?:pip_)?requirements|python_packages|pip_packages|additional_python_modules)\s*=\s*\[|["']pip["']\s*(?::\s*\[|,\s*["']install["'])/i;
/** A list that only names modules is believed as little as its names. */
const INSTALLS = /\bpip3?\b[\s\S]{0,400}?\binstall\b|\binstall\b[\s\S]{0,400}?\bpip3?\b/;
/** Tells apart at once what holds no such call. */
const INSTALLER = /\bpip3?\b/;
/** `torch>=2.5`, as a variable is given it. */
const SPECIFIER = /^[A-Za-z][\w.-]{0,80}(?:\[[\w,-]{0,80}\])?\s*(?:[=<>~!]=|[<>])\s*\d/;

const OPEN = '([{';
const CLOSE = ')]}';

/** Strings between the bracket at `start` and its end, with what stands before each. */
function* stringsIn(tokens: readonly PythonToken[], start: number): Generator<PythonToken> {
  let depth = 0;
  for (let index = start; index < Math.min(tokens.length, start + MAX_ARGUMENTS); index += 1) {
    const token = tokens[index] as PythonToken;
    if (token.type === 'op' && OPEN.includes(token.text)) depth += 1;
    else if (token.type === 'op' && CLOSE.includes(token.text)) depth -= 1;
    if (depth === 0) return;
    // `extra_index_url="…"` is an option, `read("…")` a file, `"…": […]` a key.
    const before = tokens[index - 1]?.text;
    if (token.type === 'string' && before !== '=' && tokens[index + 1]?.text !== ':') yield token;
  }
}

const listed = (tokens: readonly PythonToken[], start: number): Requirement[] =>
  [...stringsIn(tokens, start)].flatMap(({ text, line }) => pypiRequirement(text, line, 'runtime') ?? []);

/** `modal.Image.debian_slim().pip_install("vllm==0.5", "torch")`: an image defined in Python. */
export const imageCodeReader: ManifestReader = {
  id: 'image-code',
  matches: (_path, name) => name.endsWith('.py'),
  prefilter: (latin1) => occurs(IMAGE_INSTALLS, latin1),
  read: (text) => {
    const tokens = pythonTokens(text);
    const requirements = tokens.flatMap(({ type, text: word }, index) =>
      type === 'name' && /\.(?:uv_)?pip_install$/.test(word) && tokens[index + 1]?.text === '(' ? listed(tokens, index + 1) : [],
    );
    return { reader: 'image-code', requirements };
  },
};

/** `[sys.executable, "-m", "pip", "install", "torch"]`: the words of a command, from its first string on. */
function commandAt(tokens: readonly PythonToken[], index: number): Requirement[] {
  const words: PythonToken[] = [];
  for (let next = index; next < Math.min(tokens.length, index + MAX_ARGUMENTS); next += 1) {
    const token = tokens[next] as PythonToken;
    if (token.type === 'op' && token.text !== ',') break;
    if (token.type === 'string') words.push(token);
  }
  if (words[1]?.text !== 'install') return [];
  const command = words.map(({ text }) => `'${text.replaceAll("'", '')}'`).join(' ');
  return installs(command, words[0]?.line ?? 1, 'runtime').map((found) => ({
    ...found,
    line: words.find(({ text }) => text.startsWith(found.name))?.line ?? found.line,
  }));
}

/** What a program or a pipeline written in Python installs: lists of packages, commands as words, whole specifiers in variables. */
export const codeInstallsReader: ManifestReader = {
  id: 'python-installs',
  matches: (_path, name) => name.endsWith('.py') && name !== 'setup.py',
  prefilter: (latin1) => occurs(LISTED, latin1) || (occurs(INSTALLER, latin1) && INSTALLS.test(latin1.slice(0, MAX_SEARCHED))),
  read: (text) => {
    const tokens = pythonTokens(text);
    const installer = INSTALLS.test(text.slice(0, MAX_SEARCHED));
    const requirements: Requirement[] = [];
    for (const [index, { type, text: word, line }] of tokens.entries()) {
      const next = tokens[index + 1]?.text;
      const list = tokens[index + 2]?.text === '[';
      if (type === 'name' && next === '=' && list && (LISTS.test(word) || (installer && VARIABLES.test(word))))
        requirements.push(...listed(tokens, index + 2));
      else if (type === 'string' && word === 'pip' && next === ':' && list) requirements.push(...listed(tokens, index + 2));
      else if (type === 'string' && /^(?:pip3?|uv)$/.test(word) && next === ',') requirements.push(...commandAt(tokens, index));
      else if (type === 'string' && installer && tokens[index - 1]?.text === '=' && SPECIFIER.test(word)) {
        const requirement = pypiRequirement(word, line, 'runtime');
        if (requirement) requirements.push(requirement);
      }
    }
    return { reader: 'python-installs', requirements: requirements.map((found) => ({ ...found, confidence: 'medium' })), casual: true };
  },
};
