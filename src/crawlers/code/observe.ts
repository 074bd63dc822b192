import type { FactValue } from '../../core/observation.ts';
import type { DetectRule } from '../../knowledge/detect.ts';
import { isOpen, newQuery } from '../../resolve/bound.ts';
import { isFixedUrl } from '../config/kinds/weights.ts';
import { argumentOf, type CallSite, type Given } from './arguments.ts';
import { observe, placeOf, symbolOf, values, type Context } from './context.ts';

/** Value of an argument as a fact: boolean, text, the name of a class, `null` for an expression. */
function factOf(context: Context, given: Given | undefined): FactValue | undefined {
  if (!given) return undefined;
  const bounds = context.resolver.program.expand(given.expr, given.unit, given.scope, newQuery());
  // What one call computes says nothing of what another one writes, or of the default.
  const bound = bounds.find((item) => !isOpen(item)) ?? bounds[0];
  if (bound?.kind === 'expr' && (bound.expr.kind === 'boolean' || bound.expr.kind === 'string')) return bound.expr.value;
  if (bound?.kind === 'external' && !bound.path.includes('?')) return bound.path.split('.').at(-1) ?? bound.path;
  const [value] = values(context, given);
  return value?.exact ? value.text : null;
}

/** A class of the tree that chooses what may be loaded: https://docs.python.org/3/library/pickle.html#restricting-globals */
const isRestricted = (context: Context, { call, unit, scope }: CallSite): boolean =>
  context.resolver.program
    .expand(call.callee, unit, scope, newQuery())
    .some((bound) => bound.kind === 'local' && bound.unit.defs.get(bound.index)?.has('find_class') === true);

/** `pickle.loads(pickle.dumps(x))` copies what the program holds, also where a name stands between the two. */
function isOwnDump(context: Context, { call, unit, scope }: CallSite): boolean {
  const value = call.args[0]?.value;
  if (!value) return false;
  const paths = context.resolver.program.paths(value, unit, scope);
  return paths.length > 0 && paths.every((path) => /(?:^|\.)dumps\(\)$/.test(path));
}

/** Loading of data that may carry code. */
export function detectDeserialize(context: Context, rule: DetectRule, site: CallSite, path: string): void {
  if (!rule.deserializes || isRestricted(context, site) || isOwnDump(context, site)) return;
  const facts: Record<string, FactValue | undefined> = { callee: path.replaceAll('()', '') };
  for (const [name, spec] of Object.entries(rule.args ?? {}))
    facts[name] = factOf(context, argumentOf(context.resolver.program, site, spec));
  // A name that nothing is known of is no file.
  const [file] = values(context, argumentOf(context.resolver.program, site, rule.args?.['argument']));
  if (!file?.exact) delete facts['argument'];
  if (typeof facts['argument'] === 'string') facts['argument'] = facts['argument'].slice(0, 120);
  observe(context, 'deserialize', placeOf(site), facts);
}

const WEIGHTS =
  /\.(?:pt|pth|bin|ckpt|safetensors|onnx|gguf|ggml|h5|hdf5|keras|pkl|pickle|joblib|tflite|pb|caffemodel|mlmodel|npz|weights|task|engine|tar\.gz|zip)(?:[?#]|$)/i;

const DATA = /\.(?:csv|tsv|data|jsonl?|parquet|arff|xlsx?|txt|gz|tgz|tar|bz2|xz)(?:[?#]|$)/i;
/** Calls that fetch files, and read no API. */
const FILES = /^(?:pandas|polars|keras|tensorflow|wget|gdown|pooch|torchvision)\b|urlretrieve$/;

/** Fetching of weights and data over the network. */
export function detectDownload(context: Context, rule: DetectRule, site: CallSite, path: string): void {
  if (!rule.fetches) return;
  const program = context.resolver.program;
  const verify = factOf(context, argumentOf(program, site, rule.args?.['verifyTls']));
  for (const value of values(context, argumentOf(program, site, rule.args?.['url'])).slice(0, 6)) {
    if (!/^(?:https?|ftp):\/\//.test(value.text)) continue;
    if (!WEIGHTS.test(value.text) && !(value.text.startsWith('http://') && DATA.test(value.text) && FILES.test(path))) continue;
    observe(context, 'download', placeOf(site), {
      url: value.text.replace(/\/\/[^@/]*@/, '//').replace(/[?#].*$/, ''),
      via: symbolOf(path),
      digest: argumentOf(program, site, rule.args?.['digest']) !== undefined || isFixedUrl(value.text),
      verifyTls: verify === false ? false : undefined,
    });
  }
}
