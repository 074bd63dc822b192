import { recogniseModel } from '../../knowledge/models.ts';
import type { CallExpr, Expr } from '../../lang/facts.ts';
import { ASKS_MODEL } from '../../lang/worth.ts';
import { scopeOf, type Unit } from '../../resolve/unit.ts';
import type { Context } from './context.ts';
import { functionsOf } from './tool-flow.ts';
import { lowerFirst, RUNNABLE, type Offered } from './tool-schemas.ts';
import { pathsOf } from './tools.ts';

/** Names of names, and functions of functions, that are followed. */
const MAX_HOPS = 8;
/** Expressions that are looked at for one argument. Real ones need some dozens. */
const MAX_STEPS = 1_000;
/** Functions that run what a model asks for by the name of its tool. */
const FOR_TOOLS = /tool|dispatch|function_?call|call_?function/i;
/** What only the arguments of a tool call are called. */
const CALLED_WITH = /^(?:arguments|tool_?(?:args|arguments|input|params)|function_?(?:args|arguments)|fn_args|func_args)$/i;
/** What APIs call the arguments of a tool call. */
const ARGUMENTS =
  /^(?:args|arguments|input|inputs|params|parameters|kwargs|tool_?(?:args|input|call|use|params)|block|call|tc|function_args|fn_args|func_args|payload)$/i;

/** Where the names of an expression are read, and the tools that are declared there. */
interface Place {
  readonly unit: Unit;
  readonly scope: number;
  readonly offered: Offered | undefined;
}

/** Whether values come from a model. */
export class Asking {
  readonly #context: Context;
  readonly #offered: (unit: Unit) => Offered | undefined;
  /** Answers for names, by file and scope. */
  readonly #names = new Map<string, boolean>();
  /** Names that are being answered for. */
  readonly #open = new Set<string>();
  #steps = 0;
  /** How often a question was left unanswered: too far, or led back to itself. */
  #left = 0;

  constructor(context: Context, offered: (unit: Unit) => Offered | undefined) {
    this.#context = context;
    this.#offered = offered;
  }

  /** Whether a model gives the value. */
  ask(unit: Unit, scope: number, expr: Expr): boolean {
    this.#steps = 0;
    return this.#asked({ unit, scope, offered: this.#offered(unit) }, expr, 0);
  }

  #asked(place: Place, expr: Expr, hops: number): boolean {
    this.#steps += 1;
    if (hops > MAX_HOPS || this.#steps > MAX_STEPS) {
      this.#left += 1;
      return false;
    }
    const ask = (other: Expr): boolean => this.#asked(place, other, hops);
    switch (expr.kind) {
      case 'list':
        return expr.items.some(ask);
      case 'concat':
        return expr.parts.some(ask);
      case 'either':
        return expr.options.some(ask);
      case 'index':
        return (expr.key.kind === 'string' && isInput(place, expr.key.value, expr.object)) || ask(expr.object);
      case 'member':
        return isInput(place, expr.name, expr.object) || ask(expr.object);
      case 'call':
        return (
          isAnswer(this.#context, place.unit, place.scope, expr) ||
          isLookup(place, expr) ||
          (expr.callee.kind === 'member' && ask(expr.callee.object)) ||
          this.#handsOn(place, expr, hops)
        );
      case 'name':
        return this.#given(place, expr.name, hops);
      default:
        return false;
    }
  }

  /** What a call makes of an answer (`json.loads(answer)`, `re.search(FENCE, answer)`), and what a function of the tree answers with. */
  #handsOn(place: Place, call: CallExpr, hops: number): boolean {
    const { callee, args } = call;
    if (args.some(({ value }) => this.#asked(place, value, hops + 1))) return true;
    const own = functionsOf(this.#context, callee, place.unit, place.scope);
    if (own.length === 0) return saysThatItAsks(this.#context, call);
    return own.some(({ unit, scope }) =>
      (scopeOf(unit, scope)?.returns ?? []).some((value) => this.#asked({ unit, scope, offered: undefined }, value, hops + 1)),
    );
  }

  /** A variable of the function or of those around it, or a parameter that is an input of a tool. */
  #given(place: Place, name: string, hops: number): boolean {
    const { unit, offered } = place;
    for (let current = place.scope; current >= 0; current = scopeOf(unit, current)?.parent ?? -1) {
      const assigned = unit.assigns.get(current)?.get(name);
      if (assigned) {
        const key = `${unit.path}\0${current}\0${name}\0${offered === undefined ? '' : 'offered'}`;
        const known = this.#names.get(key);
        if (known !== undefined) return known;
        // What refers to itself is no model's by that.
        if (this.#open.has(key)) {
          this.#left += 1;
          return false;
        }
        this.#open.add(key);
        const left = this.#left;
        const answer = assigned.some(({ value }) => this.#asked(place, value, hops + 1));
        this.#open.delete(key);
        // A nearer question may get further.
        if (answer || this.#left === left) this.#names.set(key, answer);
        return answer;
      }
      const fact = scopeOf(unit, current);
      if (fact?.kind === 'function' && fact.params?.some((param) => param.name === name))
        return (
          offered !== undefined &&
          offered.inputs.has(name) &&
          [...offered.names].some((tool) => fact.name === tool || fact.name.endsWith(`_${tool}`))
        );
    }
    return false;
  }
}

/** What a model gave under this name: an input of a tool that the folder declares, or of whatever tool was called. */
function isInput({ unit, scope, offered }: Place, name: string, from: Expr): boolean {
  if ((from.kind === 'name' || from.kind === 'member') && CALLED_WITH.test(from.name) && RUNNABLE.test(name)) return true;
  return (offered?.inputs.has(name) === true || offered?.inputs.has(lowerFirst(name)) === true) && isArguments(unit, scope, from);
}

/** The arguments of a tool call, by their name; a function that is there for tools has them as its parameters. */
function isArguments(unit: Unit, scope: number, expr: Expr): boolean {
  if (expr.kind === 'name' && isParameterOfTools(unit, scope, expr.name)) return true;
  return expr.kind === 'name' || expr.kind === 'member'
    ? ARGUMENTS.test(expr.name)
    : expr.kind === 'index' || expr.kind === 'call' || expr.kind === 'unknown';
}

/** `async function execTool(name, a)` */
function isParameterOfTools(unit: Unit, scope: number, name: string): boolean {
  for (let current = scope; current > 0; current = scopeOf(unit, current)?.parent ?? -1) {
    const fact = scopeOf(unit, current);
    if (fact?.params?.some((param) => param.name === name)) return FOR_TOOLS.test(fact.name);
  }
  return false;
}

/** `args.get("command")` */
function isLookup(place: Place, { callee, args }: CallExpr): boolean {
  const key = args[0]?.value;
  return callee.kind === 'member' && callee.name === 'get' && key?.kind === 'string' && isInput(place, key.value, callee.object);
}

/** A function of elsewhere that says that it asks a model, or is given the id of one: `run_request(question, "gpt-4")`. */
function saysThatItAsks({ knowledge }: Context, { callee, args }: CallExpr): boolean {
  const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
  if (ASKS_MODEL.test(name)) return true;
  // `config.get("model", "gpt-4")` reads a setting.
  return (
    args.length > 1 &&
    /ask|request|query|chat|complet|generat|llm|gpt|prompt|respon|answer|infer|predict/i.test(name) &&
    args.some(({ value }) => {
      const found = value.kind === 'string' ? recogniseModel(knowledge, value.value, { position: 'string' }) : undefined;
      return found?.family !== undefined && found.confidence === 'high' && (found.role === 'chat' || found.role === 'completion');
    })
  );
}

/** Functions and methods that a rule knows by themselves. */
const ANSWERS = /[.#](?:create|parse|a?completions?|complete|chat|a?invoke\w*|predict|converse\w*|(?:generate|stream)\w*)$/i;
/** Methods of an object that is made with a model. */
const ANSWERS_OF_MADE = /\(\)\.(?:a?invoke|a?stream|a?predict|a?complete|a?chat|ask|send_?message\w*|generate\w*)$/i;

/** The call asks a model. */
function isAnswer(context: Context, unit: Unit, scope: number, call: CallExpr): boolean {
  const { language } = unit.facts;
  return pathsOf(context, unit, call, scope).some((path) => {
    const maker = path.slice(0, path.lastIndexOf('.'));
    const asks = (rule: { readonly model?: { readonly load?: boolean } }): boolean => rule.model !== undefined && rule.model.load !== true;
    return (
      (ANSWERS.test(path) && context.index.match(language, path).some(asks)) ||
      (ANSWERS_OF_MADE.test(path) && context.index.match(language, maker.replace(/\(\)$/, '')).some(asks))
    );
  });
}
