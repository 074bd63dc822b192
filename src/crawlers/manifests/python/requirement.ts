import type { Requirement, Scope } from '../model.ts';
import { parseRequirement } from './pep508.ts';

/** A PEP 508 text as a requirement of a manifest. */
export function pypiRequirement(text: string, line: number, scope: Scope): Requirement | undefined {
  const parsed = parseRequirement(text);
  if (!parsed) return undefined;
  const { origin, range } = parsed;
  return {
    ecosystem: 'pypi',
    name: parsed.name,
    scope,
    line,
    ...(range === undefined ? {} : { range }),
    ...(origin === 'registry' ? {} : { origin }),
    ...(parsed.extras ? { extras: parsed.extras } : {}),
    ...(parsed.repository ? { repository: parsed.repository } : {}),
  };
}

const DEVELOPMENT =
  /(?:^|[-_./])(?:dev|develop|development|tests?|testing|lint|linting|docs?|documentation|ci|typing|types|typecheck|format|mypy|bench(?:mark)?s?|examples?|notebooks?)(?:[-_./]|$)/i;

/** Scope that the name of a group, an extra or a requirements file speaks of. */
export const scopeOfGroup = (group: string, otherwise: Scope): Scope => (DEVELOPMENT.test(group) ? 'development' : otherwise);
