import type { Requirement, Scope } from '../model.ts';

/** Conda packages that are the language or the system, not libraries of it. */
const NAME = /^(?:[A-Za-z0-9_./-]+::)?([A-Za-z0-9_][A-Za-z0-9_.-]*)$/;

/**
 * A conda match specification: `channel::name=1.2=build`, `name >=1,<2`, `name[version='>=1']`.
 * https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html
 */
export function condaRequirement(spec: string, line: number, scope: Scope): Requirement | undefined {
  const text = spec.trim();
  const bracket = /^([^\s[\]]+)\[.*version\s*=\s*['"]?([^'"\]]+)/.exec(text);
  const split = bracket ? [bracket[1] as string, bracket[2] as string] : /^([^\s=<>!~[\]]+)\s*(.*)$/.exec(text)?.slice(1);
  if (!split) return undefined;
  const name = NAME.exec(split[0] as string)?.[1];
  const range = (split[1] as string).trim().split(/\s+/).join(' ');
  if (!name || range.length > 200 || (range !== '' && !/^[=<>!~0-9*|v]/.test(range))) return undefined;
  // `=1.2=py39_0`: the third part is the build.
  const version = /^=?=?([^=\s<>!~]+)=[^=]+$/.test(range) && !range.startsWith('==') ? range.replace(/=[^=]+$/, '') : range;
  return { ecosystem: 'conda', name, line, scope, ...(version === '' ? {} : { range: version }) };
}
