import type { Expr } from '../../lang/facts.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, observe, placeIn, type Context } from './context.ts';

const SWITCH = /(?:^|[._])trust_?remote_?code$/i;

/** On as written, or where nobody says otherwise: `kwargs.get("trust_remote_code", True)`. */
function isOn(value: Expr): boolean {
  if (value.kind === 'boolean') return value.value;
  if (value.kind === 'either') return value.options.some(isOn);
  return (
    value.kind === 'call' &&
    value.callee.kind === 'member' &&
    value.callee.name === 'get' &&
    value.args[1] !== undefined &&
    isOn(value.args[1].value)
  );
}

/** Settings of a program that let code from a hub run: fields of a class of settings, in Python. */
export function detectSwitches(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    if (unit.facts.language !== 'python' || isTest(unit)) continue;
    for (const { target, value, scope, line } of unit.facts.assigns) {
      if (!SWITCH.test(target) || !isOn(value)) continue;
      const field = target.startsWith('self.') || unit.facts.scopes[scope]?.kind === 'class';
      if (field) observe(context, 'remote-code-switch', placeIn(unit, line, 1), { via: target.replace(/^self\./, '') });
    }
  }
}
