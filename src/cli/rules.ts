import { UserError } from '../core/errors.ts';
import { findingsSection } from '../knowledge/findings.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { explainRule, listRules } from '../reporters/rules.ts';
import type { RulesFlags } from './flags.ts';
import { EXIT } from './exit.ts';

/** `assay rules [id]`. */
export async function runRules(id: string | undefined, flags: RulesFlags): Promise<number> {
  const rules = loadKnowledge().get(findingsSection);
  const all = rules.ids.map((item) => rules.get(item));
  const width = process.stdout.columns ?? 80;
  if (id === undefined) {
    process.stdout.write(flags.format === 'json' ? `${JSON.stringify(all, null, 2)}\n` : listRules(all, width));
    return EXIT.ok;
  }
  if (!rules.has(id)) {
    const near = rules.ids.filter((other) => other.includes(id) || id.includes(other));
    throw new UserError(
      `no rule ${JSON.stringify(id)}${near.length > 0 ? `; did you mean ${near.join(', ')}?` : '; "assay rules" lists them'}`,
    );
  }
  const rule = rules.get(id);
  process.stdout.write(flags.format === 'json' ? `${JSON.stringify(rule, null, 2)}\n` : explainRule(rule, width));
  return EXIT.ok;
}
