import { pickleSection, type PickleKnowledge } from '../knowledge/pickle.ts';
import type { InspectContext } from './format.ts';
import { vocabularySection } from '../knowledge/vocabulary.ts';

export type TargetStanding =
  /** Calling it harms: process, code, import, file write, native. */
  | { readonly kind: 'dangerous'; readonly category: string }
  /** Reads files or the network, loads other models, or is standard library without a known use here. */
  | { readonly kind: 'doubtful'; readonly category: string }
  /** A library of the field, or a harmless part of the standard library. */
  | { readonly kind: 'known' }
  /** Code of the project that loads the file. */
  | { readonly kind: 'unknown' };

/** Categories of `rules/pickle` that a configuration has no honest reason to call. */
const HARMFUL = new Set([
  'process',
  'code-execution',
  'code',
  'import',
  'file-write',
  'file-delete',
  'native-code',
  'reflection',
  'debugger',
  'package-install',
  'deserialisation',
]);
/** Modules of which no function is harmless in a configuration. */
const HARMFUL_MODULES = new Set(['process', 'code-execution', 'import', 'native-code', 'package-install']);
const REFLECTION = /^__\w+__$/;

function standingOf(module: string, name: string, knowledge: PickleKnowledge): TargetStanding {
  if (knowledge.codeRole(module, name)) return { kind: 'dangerous', category: 'code' };
  const entry = knowledge.name(module, name);
  if (entry?.danger && !entry.uses.has('call')) {
    const { category, severity } = entry.danger;
    return {
      kind: HARMFUL.has(category) && (severity === 'critical' || knowledge.isStandardLibrary(module)) ? 'dangerous' : 'doubtful',
      category,
    };
  }
  if (entry) return { kind: 'known' };
  const kind = knowledge.module(module);
  if (kind?.kind === 'danger') return { kind: HARMFUL_MODULES.has(kind.category) ? 'dangerous' : 'doubtful', category: kind.category };
  if (knowledge.isStandardLibrary(module)) {
    return knowledge.plain.has(knowledge.canonicalModule(module)) || knowledge.plain.has(module)
      ? { kind: 'known' }
      : { kind: 'doubtful', category: 'standard-library' };
  }
  return kind?.kind === 'library' ? { kind: 'known' } : { kind: 'unknown' };
}

const RANK = { dangerous: 3, doubtful: 2, known: 1, unknown: 0 } as const;

/** What a dotted name does that a configuration has Python import and call: `os.system`, `torch.nn.Linear`. */
export function judgeTarget(dotted: string, context: InspectContext): TargetStanding {
  const knowledge = context.knowledge.get(pickleSection);
  if (context.knowledge.get(vocabularySection).names('python', 'harmlessTargets').has(dotted)) return { kind: 'known' };
  const parts = dotted
    .trim()
    .split(/[.:]/)
    .filter((part) => part !== '');
  if (parts.some((part) => REFLECTION.test(part) && part !== '__main__' && part !== '__init__'))
    return { kind: 'dangerous', category: 'reflection' };
  let worst: TargetStanding = { kind: 'unknown' };
  // `a.B.method`: where the module ends cannot be seen, so every split counts.
  for (let cut = parts.length - 1; cut >= 1 && cut >= parts.length - 3; cut -= 1) {
    const [module, name] = [parts.slice(0, cut).join('.'), parts.slice(cut).join('.')];
    const standing = standingOf(module, name, knowledge);
    if (RANK[standing.kind] > RANK[worst.kind]) worst = standing;
  }
  if (parts.length === 1) worst = standingOf('builtins', parts[0] ?? '', knowledge);
  return worst;
}

/** The same where a project's settings name it: what they build is wider than what a model is made of. */
export function judgeSetting(dotted: string, context: InspectContext): TargetStanding {
  const words = context.knowledge.get(vocabularySection);
  if (words.names('python', 'settingTargets').has(dotted)) return { kind: 'known' };
  return words.names('python', 'settingLoaders').has(dotted) ? { kind: 'doubtful', category: 'loader' } : judgeTarget(dotted, context);
}

/** A name in code that models have no honest reason to use: `system`, `__import__`. */
export function hostileName(text: string, context: InspectContext): string | undefined {
  const { hostileNames } = context.knowledge.get(pickleSection);
  for (const match of text.matchAll(/[A-Za-z_][A-Za-z0-9_]{2,40}/g)) if (hostileNames.has(match[0])) return match[0];
  return undefined;
}

/** Whether a module of this name belongs to Python itself. */
export const isStandardModule = (module: string, context: InspectContext): boolean =>
  context.knowledge.get(pickleSection).isStandardLibrary(module);

/** Whether a function of this name acts, whatever library it comes from: `run_command`, `py_func`. */
export const isHostileCallee = (name: string, context: InspectContext): boolean =>
  context.knowledge.get(pickleSection).isHostileCallee(name);
