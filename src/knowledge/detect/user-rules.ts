import { UserError } from '../../core/errors.ts';
import type { RuleFile } from '../section.ts';
import { readEntries } from './compile.ts';
import { canonicalPath } from './paths.ts';
import type { DetectRule } from './shapes.ts';

/**
 * Detection rules of a user's own (`--rules DIR`), in the form of `rules/detect`.
 * @throws UserError with the file's name for what the compiler does not accept.
 */
export function compileUserRules(files: readonly RuleFile[]): DetectRule[] {
  const ids = new Set<string>();
  return files.flatMap((file) => {
    try {
      return readEntries(file).map(({ good, bad, title, ...rule }) => {
        void [good, bad, title];
        if (ids.has(rule.id)) throw new Error(`${rule.id} stands twice`);
        ids.add(rule.id);
        return { ...rule, calls: rule.calls.map(canonicalPath) };
      });
    } catch (error) {
      throw new UserError(`${file.path}: ${error instanceof Error ? error.message.replace(/^rules\//, '') : String(error)}`);
    }
  });
}
