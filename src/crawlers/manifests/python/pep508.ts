import { MAX_NAME, MAX_RANGE } from '../limits.ts';
import type { Origin } from '../model.ts';

/** A dependency specification of PEP 508, read tolerantly as pip does. */
export interface PythonRequirement {
  readonly name: string;
  readonly extras?: readonly string[];
  readonly range?: string;
  readonly origin: Origin;
  /** `owner/name` of a repository that it is installed from. */
  readonly repository?: string;
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;
const CLAUSE = /^(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9._*+!-]+$/;
const REPOSITORY = /^(?:(?:git|hg|svn|bzr)\+)?(?:https?|ssh|git|file)(?::\/\/|:)(?:[^@/\s]+@)?[^/:\s]+[/:]([^?#\s]+)/i;

/** `https://github.com/owner/name/archive/refs/heads/main.zip`: what a forge packs of a branch, a tag or a commit. */
const ARCHIVE =
  /^https?:\/\/(?:www\.)?(?:github\.com|codeload\.github\.com)\/([\w.-]+)\/([\w.-]+)\/(?:archive|zip|tar\.gz|legacy\.\w+)\/(?:refs\/(?:heads|tags)\/)?([^?#]{1,200}?)(?:\.zip|\.tar\.gz)?(?:[?#]|$)/i;
const FIXED = /^(?:[0-9a-f]{40}|v?\d+(?:\.\d+)+[\w.+-]*)$/;

function requirementOfArchive(url: string): PythonRequirement | undefined {
  const [, owner, name, ref = ''] = ARCHIVE.exec(url) ?? [];
  if (owner === undefined || name === undefined) return undefined;
  return { name, origin: 'url', repository: `${owner}/${name}`, ...(FIXED.test(ref) && { range: ref.replace(/^v(?=\d)/, '') }) };
}

/** Name of what a URL installs: `#egg=`, the wheel's name, or the repository. */
export function requirementOfUrl(url: string): PythonRequirement | undefined {
  if (url.length > 2000) return undefined;
  const packed = requirementOfArchive(url);
  if (packed) return packed;
  const egg = /[#&]egg=([A-Za-z0-9._-]+)/.exec(url)?.[1];
  const origin: Origin = /^(?:git|hg|svn|bzr)\+/i.test(url) || /\.git(?:@|#|$)/.test(url) ? 'vcs' : 'url';
  const path = REPOSITORY.exec(url)?.[1]
    ?.replace(/@[^/]*$/, '')
    .replace(/\.git$/, '')
    .replace(/\/$/, '');
  const repository = path && /^[\w.-]+\/[\w.-]+$/.test(path) ? path : undefined;
  const file = /([^/?#]+)\.(?:whl|tar\.gz|zip|tar\.bz2)(?:[?#]|$)/.exec(url)?.[1];
  const archive = file ? /^([A-Za-z0-9._]+?)-\d/.exec(file)?.[1] : undefined;
  const pinned =
    origin === 'vcs'
      ? (/@([0-9a-f]{40})(?:#|$)/.exec(url)?.[1] ?? /@v?(\d+(?:\.\d+)+)[\w.+-]*(?:#|$)/.exec(url)?.[1])
      : archive
        ? /^[^-]+-([0-9][^-]*)/.exec(file as string)?.[1]
        : undefined;
  const name = egg ?? archive ?? (origin === 'vcs' ? path?.split('/').at(-1) : undefined);
  if (!name || !NAME.test(name)) return undefined;
  return { name, origin, ...(pinned ? { range: pinned } : {}), ...(repository ? { repository } : {}) };
}

/** `[openvino, nncf]` */
const extrasOf = (text: string | undefined): { readonly extras?: readonly string[] } =>
  text === undefined
    ? {}
    : {
        extras: text
          .slice(1, -1)
          .split(',')
          .flatMap((name) => name.trim() || []),
      };

/**
 * Reads `name[extra] >= 1, < 2 ; marker` or `name @ url`. Returns nothing for text that is no
 * requirement, prose above all.
 */
export function parseRequirement(source: string): PythonRequirement | undefined {
  const text = source.trim();
  if (/^(?:(?:git|hg|svn|bzr)\+|https?:\/\/|ssh:\/\/)/i.test(text)) return requirementOfUrl(text);
  const name = NAME.exec(text.slice(0, MAX_NAME))?.[0];
  if (!name) return undefined;
  let rest = text.slice(name.length).trimStart();
  const extras = /^\[[^[\]]{0,500}\]/.exec(rest)?.[0];
  const asked = extrasOf(extras);
  if (extras) rest = rest.slice(extras.length).trimStart();
  if (rest.startsWith('@')) {
    const url = rest.slice(1).trim().split(/\s/)[0] ?? '';
    const found = requirementOfUrl(url);
    return {
      name,
      ...asked,
      origin: found?.origin ?? (/^[\w+]+:\/\//.test(url) ? 'url' : 'path'),
      ...(found?.range ? { range: found.range } : {}),
      ...(found?.repository ? { repository: found.repository } : {}),
    };
  }
  const marker = rest.indexOf(';');
  let range = (marker < 0 ? rest : rest.slice(0, marker)).trim();
  if (range.startsWith('(') && range.endsWith(')')) range = range.slice(1, -1).trim();
  if (range === '') return { name, ...asked, origin: 'registry' };
  if (range.length > MAX_RANGE) return undefined;
  const clauses = range.replace(/,\s*$/, '').split(',');
  if (!clauses.every((clause) => CLAUSE.test(clause.trim()))) return undefined;
  return { name, ...asked, range: range.replaceAll(/\s+/g, ''), origin: 'registry' };
}
