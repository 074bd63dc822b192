/**
 * Whether a path in a model leads out of the folder of the model: absolute on any system, a URL,
 * a home directory, a `..` anywhere (CVE-2022-25882, CVE-2024-27318), a null byte.
 */
export function escapes(path: string): boolean {
  if (/^(?:[/\\~]|[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]+:\/\/|file:)/.test(path) || path.includes('\0')) return true;
  return path.split(/[/\\]/).some((part) => part.trim() === '..');
}
