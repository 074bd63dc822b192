import type { Expr } from '../../lang/facts.ts';
import { namedArg, positionalArg } from '../../lang/frontend.ts';
import { newQuery } from '../../resolve/bound.ts';
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

/** What a user ticks in a form (Streamlit, Gradio). */
const TICKED = /^(?:checkbox|toggle|Checkbox|Switch)$/;

/** `st.checkbox("trust_remote_code", True)`: on unless the user takes it off. */
function isTicked(target: string, value: Expr): boolean {
  if (value.kind !== 'call' || (value.callee.kind !== 'member' && value.callee.kind !== 'name') || !TICKED.test(value.callee.name))
    return false;
  const label = namedArg(value.args, 'label') ?? positionalArg(value.args, 0);
  const state = namedArg(value.args, 'value') ?? positionalArg(value.args, 1);
  const said = SWITCH.test(target) || (label?.kind === 'string' && SWITCH.test(label.value.trim().replaceAll(/[\s-]+/g, '_')));
  // `gr.Checkbox(True, label="…")`
  return said && [state, positionalArg(value.args, 0)].some((expr) => expr?.kind === 'boolean' && expr.value);
}

/** `model_class.from_pretrained(name, trust_remote_code=True)`: whatever the class, the call runs code from the Hub. No rule knows the class. */
function detectOpenLoads(context: Context, unit: Unit): void {
  const { program } = context.resolver;
  for (const { call, scope, reference } of unit.facts.calls) {
    const { callee } = call;
    if (reference || callee.kind !== 'member' || callee.name !== 'from_pretrained') continue;
    const given = call.args.find(({ name, value }) => name !== undefined && SWITCH.test(name) && value.kind === 'boolean' && value.value);
    if (!given) continue;
    const known = context.observations.some(
      ({ type, location }) => type === 'model-load' && location.path === unit.path && location.line === call.line,
    );
    // A class of the tree hands it on, and is looked at where it does.
    const own = program.expand(callee, unit, scope, newQuery()).some((bound) => bound.kind === 'local');
    if (!known && !own) observe(context, 'remote-code-switch', placeIn(unit, given.line ?? call.line, 1), { via: 'from_pretrained' });
  }
}

/** Settings of a program that let code from a hub run: fields of a class of settings and boxes of a form, in Python. */
export function detectSwitches(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    if (unit.facts.language !== 'python' || isTest(unit)) continue;
    detectOpenLoads(context, unit);
    for (const { target, value, scope, line } of unit.facts.assigns) {
      if (isTicked(target, value)) observe(context, 'remote-code-switch', placeIn(unit, line, 1), { via: target.replace(/^self\./, '') });
      if (!SWITCH.test(target) || !isOn(value)) continue;
      const field = target.startsWith('self.') || unit.facts.scopes[scope]?.kind === 'class';
      if (field) observe(context, 'remote-code-switch', placeIn(unit, line, 1), { via: target.replace(/^self\./, '') });
    }
  }
}
