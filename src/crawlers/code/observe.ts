import type { FactValue } from '../../core/observation.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import { newQuery } from '../../resolve/bound.ts';
import { argumentOf, type CallSite, type Given } from './arguments.ts';
import { observe, placeOf, symbolOf, values, type Context } from './context.ts';

/** Value of an argument as a fact: boolean, text, the name of a class, `null` for an expression. */
function factOf(context: Context, given: Given | undefined): FactValue | undefined {
  if (!given) return undefined;
  const [bound] = context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery());
  if (bound?.kind === 'expr' && (bound.expr.kind === 'boolean' || bound.expr.kind === 'string')) return bound.expr.value;
  if (bound?.kind === 'external' && bound.path !== '?') return bound.path.split('.').at(-1) ?? bound.path;
  const [value] = values(context, given);
  return value?.exact ? value.text : null;
}

/** Loading of data that may carry code. */
export function detectDeserialize(context: Context, rule: DetectRule, site: CallSite, path: string): void {
  if (!rule.deserializes) return;
  const facts: Record<string, FactValue | undefined> = { callee: path.replaceAll('()', '') };
  for (const [name, spec] of Object.entries(rule.args ?? {}))
    facts[name] = factOf(context, argumentOf(context.resolver.program, site, spec));
  if (typeof facts['argument'] === 'string') facts['argument'] = facts['argument'].slice(0, 120);
  observe(context, 'deserialize', placeOf(site), facts);
}

const WEIGHTS =
  /\.(?:pt|pth|bin|ckpt|safetensors|onnx|gguf|ggml|h5|hdf5|keras|pkl|pickle|joblib|tflite|pb|caffemodel|mlmodel|npz|weights|task|engine|tar\.gz|zip)(?:[?#]|$)/i;

/** Fetching of weights over the network. */
export function detectDownload(context: Context, rule: DetectRule, site: CallSite, path: string): void {
  if (!rule.fetches) return;
  const program = context.resolver.program;
  const verify = factOf(context, argumentOf(program, site, rule.args?.['verifyTls']));
  for (const value of values(context, argumentOf(program, site, rule.args?.['url'])).slice(0, 6)) {
    if (!/^(?:https?|ftp):\/\//.test(value.text) || !WEIGHTS.test(value.text)) continue;
    observe(context, 'download', placeOf(site), {
      url: value.text.replace(/\/\/[^@/]*@/, '//').replace(/[?#].*$/, ''),
      via: symbolOf(path),
      digest: argumentOf(program, site, rule.args?.['digest']) !== undefined,
      verifyTls: verify === false ? false : undefined,
    });
  }
}
