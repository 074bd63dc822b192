import { MAX_CHAIN } from '../limits.ts';
import type { Requirement, Scope } from '../model.ts';
import type { ManifestReader } from '../reader.ts';
import { pypiRequirement, scopeOfGroup } from './requirement.ts';
import { pythonTokens, type PythonToken } from './tokens.ts';

const KEYS = new Map<string, Scope>([
  ['install_requires', 'runtime'],
  ['extras_require', 'optional'],
  ['tests_require', 'development'],
  ['setup_requires', 'build'],
]);
const OPEN = new Set(['[', '(', '{']);
const CLOSE = new Set([']', ')', '}']);

/** Index of the first token of what each name was last given. */
function assignments(tokens: readonly PythonToken[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (let index = 0; index < tokens.length - 2; index += 1) {
    if (tokens[index]?.type === 'name' && tokens[index + 1]?.text === '=' && tokens[index + 2]?.text !== '=')
      found.set(tokens[index]?.text as string, index + 2);
  }
  return found;
}

interface Expression {
  readonly tokens: readonly PythonToken[];
  readonly assigned: ReadonlyMap<string, number>;
  /** Expressions already read: a name counts once, and a circle ends. */
  readonly read: Set<number>;
}

/** Strings of the expression at `start`: literals, and names that literals were assigned to. Nothing is evaluated. */
function strings(expression: Expression, start: number, scope: Scope, extras: boolean): Requirement[] {
  const { tokens, assigned, read } = expression;
  if (read.has(start) || read.size > MAX_CHAIN * MAX_CHAIN) return [];
  read.add(start);
  const found: Requirement[] = [];
  let depth = 0;
  let group = '';
  for (let index = start; index < tokens.length; index += 1) {
    const { type, text, line } = tokens[index] as PythonToken;
    const next = tokens[index + 1]?.text;
    if (type === 'op') {
      if (OPEN.has(text)) depth += 1;
      else if (CLOSE.has(text)) depth -= 1;
      if (depth < 0 || (depth === 0 && (text === ',' || (CLOSE.has(text) && next !== '+')))) break;
    } else if (type === 'string') {
      if (extras && next === ':') group = text;
      // The argument of a call such as read("requirements.txt") is no requirement.
      else if (tokens[index - 1]?.text !== '(' || tokens[index - 2]?.type !== 'name') {
        const requirement = pypiRequirement(text, line, extras ? scopeOfGroup(group, scope) : scope);
        if (requirement) found.push(requirement);
      }
    } else {
      const known = next === '(' || next === '=' ? undefined : assigned.get(text);
      if (known !== undefined)
        found.push(...strings(expression, known, extras ? scopeOfGroup(group, scope) : scope, extras && depth === 0));
      if (depth === 0 && next !== '+' && next !== '(') break;
    }
  }
  return found;
}

/** setup.py, read as text: `install_requires`, `extras_require`, and the lists that they name. */
export const setupPyReader: ManifestReader = {
  id: 'setup-py',
  matches: (_path, name) => name === 'setup.py',
  prefilter: (latin1) => /(?:install|extras|tests|setup)_requires?/.test(latin1),
  read: (text) => {
    const tokens = pythonTokens(text);
    const assigned = assignments(tokens);
    const requirements: Requirement[] = [];
    for (const [index, token] of tokens.entries()) {
      const scope = KEYS.get(token.text);
      if (scope === undefined) continue;
      const after = tokens[index + 1]?.text;
      const start = token.type === 'name' && after === '=' ? index + 2 : token.type === 'string' && after === ':' ? index + 2 : undefined;
      if (start !== undefined)
        requirements.push(...strings({ tokens, assigned, read: new Set() }, start, scope, token.text === 'extras_require'));
    }
    const seen = new Set<string>();
    const unique = requirements.filter(({ name, line, scope }) => {
      const key = `${name}\0${line}\0${scope}`;
      return !seen.has(key) && seen.add(key);
    });
    return { reader: 'setup-py', requirements: unique, library: true };
  },
};
