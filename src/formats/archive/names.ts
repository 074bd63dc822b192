/** What the name of an archive member would do when the archive is unpacked. */
export type NameProblem = 'parent' | 'absolute' | 'drive' | 'backslash' | 'nul' | 'empty';

/**
 * Problems of a member's name. `parent`: leaves the folder by `..` (names that only wander inside
 * it, `a/../b`, are not reported: unpackers agree on them).
 */
export function nameProblems(name: string): NameProblem[] {
  const problems: NameProblem[] = [];
  if (name === '') problems.push('empty');
  if (name.includes('\0')) problems.push('nul');
  if (name.startsWith('/') || name.startsWith('\\')) problems.push('absolute');
  if (/^[A-Za-z]:/.test(name)) problems.push('drive');
  if (escapes(name.replaceAll('\\', '/'))) problems.push('parent');
  else if (name.includes('\\')) problems.push('backslash');
  return problems;
}

/** Whether a relative path climbs above where it starts. */
function escapes(path: string): boolean {
  let depth = 0;
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Whether a link that stands at `name` leads out of the archive's folder. */
export function linkEscapes(name: string, target: string): boolean {
  const clean = target.replaceAll('\\', '/');
  if (clean.startsWith('/') || /^[A-Za-z]:/.test(clean)) return true;
  const folder = name.replaceAll('\\', '/').split('/').slice(0, -1).join('/');
  return escapes(folder === '' ? clean : `${folder}/${clean}`);
}

/** A hostile name for people: control characters shown as escapes, bounded. */
export function shownName(name: string): string {
  const shown = name.replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown;
}
