import type { Severity } from '../../core/severity.ts';
import type { PickleKnowledge, PickleName } from '../../knowledge/pickle.ts';
import type { GlobalValue } from './values.ts';

/** What is known about an imported name before it is seen in use. */
export type Standing =
  /** Listed exactly. */
  | { readonly type: 'known'; readonly entry: PickleName }
  /** Makes or carries code. */
  | { readonly type: 'code'; readonly role: 'code' | 'build' }
  /** Harmful when called. `listed`: by exact name; else by the nature of its module. */
  | {
      readonly type: 'danger';
      readonly category: string;
      readonly severity: Severity;
      readonly listed: boolean;
      readonly classLike: boolean;
      readonly standard: boolean;
    }
  /** Standard library without effects of its own, not listed. */
  | { readonly type: 'plain'; readonly classLike: boolean }
  | { readonly type: 'library'; readonly library: string; readonly classLike: boolean }
  | { readonly type: 'denied'; readonly classLike: boolean }
  /** Defined by the program that loads the file. */
  | { readonly type: 'own'; readonly classLike: boolean }
  | { readonly type: 'unknown'; readonly classLike: boolean };

/** Attributes that lead from an object to the interpreter. Honest module-level names that look alike are listed exactly. */
const DUNDER = /^__\w+__$|^(?:mro|gi_frame|gi_code|f_globals|f_builtins|f_locals|tb_frame|cr_frame|ag_frame|func_globals|im_func)$/;
/** Modules that other modules carry as attributes; as a value they are a way to everything. */
const MODULE_VALUES = new Set([
  'os',
  'sys',
  '_os',
  '_sys',
  'posix',
  'nt',
  'subprocess',
  'builtins',
  '__builtins__',
  'importlib',
  '_importlib',
  'shutil',
  'socket',
  'ctypes',
  'pickle',
  'marshal',
  'runpy',
  'pty',
  'platform',
  'modules',
]);
/** Python names, dots between them. Anything else was made to be misread. */
const ORDINARY = /^[\p{L}_][\p{L}\p{N}_\p{M}]*(?:\.(?:[\p{L}_][\p{L}\p{N}_\p{M}]*|<locals>|<lambda>))*$/u;
const CLASS_LIKE = /^_*[A-Z]/;

const reflection = (standard: boolean): Standing => ({
  type: 'danger',
  category: 'reflection',
  severity: 'critical',
  listed: true,
  classLike: false,
  standard,
});

function dotted(module: string, name: string, knowledge: PickleKnowledge): Standing | undefined {
  const parts = name.split('.');
  const standard = knowledge.isStandardLibrary(module);
  if (parts.some((part) => DUNDER.test(part) || MODULE_VALUES.has(part))) return reflection(standard);
  const last = parts.at(-1) ?? '';
  const outer = parts.slice(0, -1);
  const first = outer[0] ?? '';
  // `torch` + `hub.load`: the outer parts are a module, under its full or its own name.
  if (!CLASS_LIKE.test(first)) {
    for (const holder of [`${module}.${outer.join('.')}`, outer.join('.'), outer.join('.').replaceAll(/(^|\.)_+/g, '$1')]) {
      const standing = plainStanding(holder, last, knowledge);
      // The module under its full name: `numpy.core` + `_multiarray_umath.scalar`.
      if (standing.type === 'known' && holder.startsWith(`${module}.`)) return standing;
      if (standing.type === 'known' && standing.entry.finalizer !== undefined) return standing;
      if (standing.type === 'danger' && (standing.listed || holder.startsWith(module) || knowledge.isStandardLibrary(holder)))
        return { ...standing, standard: standard || knowledge.isStandardLibrary(holder) };
    }
    return undefined;
  }
  // A method of a class whose own call does harm.
  const owner = plainStanding(module, outer.join('.'), knowledge);
  if (owner.type === 'danger' && !CLASS_LIKE.test(last)) return { ...owner, classLike: false };
  if (owner.type === 'known' && owner.entry.danger && !CLASS_LIKE.test(last))
    return { type: 'danger', ...owner.entry.danger, listed: false, classLike: false, standard };
  return undefined;
}

function plainStanding(module: string, name: string, knowledge: PickleKnowledge): Standing {
  const classLike = CLASS_LIKE.test(name.slice(name.lastIndexOf('.') + 1));
  const standard = knowledge.isStandardLibrary(module);
  const role = knowledge.codeRole(module, name);
  if (role) return { type: 'code', role };
  const entry = knowledge.name(module, name);
  if (entry) {
    if (entry.uses.size > 0 || entry.condition !== undefined || !entry.danger) return { type: 'known', entry };
    return { type: 'danger', ...entry.danger, listed: true, classLike, standard };
  }
  const kind = knowledge.module(module);
  if (kind?.kind === 'danger') return { type: 'danger', category: kind.category, severity: 'high', listed: false, classLike, standard };
  if (kind?.kind === 'deny') return { type: 'denied', classLike };
  if (standard) {
    if (knowledge.plain.has(knowledge.canonicalModule(module)) || knowledge.plain.has(module)) return { type: 'plain', classLike };
    return { type: 'danger', category: 'standard-library', severity: 'high', listed: false, classLike, standard };
  }
  if (kind?.kind === 'library') return { type: 'library', library: kind.library, classLike };
  return { type: 'unknown', classLike };
}

/** Default deny: what is not listed exactly is judged by its module, and a module never makes a name safe to call. */
export function standingOf(global: GlobalValue, knowledge: PickleKnowledge): Standing {
  const { module, name } = global;
  const exact = knowledge.name(module, name);
  if (!exact) {
    if (!ORDINARY.test(module) || !ORDINARY.test(name)) return reflection(false);
    // Importing `package.__main__` runs the package as a program.
    if (module.endsWith('.__main__'))
      return { type: 'danger', category: 'code-execution', severity: 'critical', listed: true, classLike: false, standard: false };
    if (name.includes('.')) {
      const standing = dotted(module, name, knowledge);
      if (standing) return standing;
    } else if (DUNDER.test(name) || MODULE_VALUES.has(name)) return reflection(knowledge.isStandardLibrary(module));
  }
  if (module === '__main__' || module === '__mp_main__')
    return { type: 'own', classLike: CLASS_LIKE.test(name.slice(name.lastIndexOf('.') + 1)) };
  return plainStanding(module, name, knowledge);
}
