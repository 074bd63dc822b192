import type { CallExpr, Expr } from '../../lang/facts.ts';
import { nameOf } from '../../lang/worth.ts';
import type { Unit } from '../../resolve/unit.ts';
import { allCalls, callsOf } from './calls.ts';
import type { Context } from './context.ts';
import { functionsOf, type OwnFunction } from './tool-flow.ts';

/** A function that a program of one's own hands to models, and its name as they are told it. */
export interface HandedFunction extends OwnFunction {
  readonly name: string;
}

/** Tools of one project; more are made by a generator. */
const MAX_FUNCTIONS = 400;
/** Calls in the arguments of calls. */
const MAX_DEPTH = 3;
/** Arguments that take a model's tools. */
const TOOLS = /^(?:tools|functions|tool_functions|available_functions|function_tools|custom_tools)$/;
/** `Tool("shell", run_shell, …)`, `registry.register_tool("shell", run_shell)`, `llm.bind_tools([run_shell])`. */
const TAKES_TOOL = /^(?:\w*Tool|(?:\w+_)?(?:register|add|bind|with|create|make)_?(?:tool|function)s?|bindTools|registerTool|addTool)$/;
/** `@tool`, `@registry.tool("shell")`, `@register_tool`. */
const MARKS_TOOL = /^(?:tool|function_tool|agent_tool|llm_tool|ai_tool|register_?tool|tool_?function|registerTool)$/i;
/** Where the function stands beside the name and the schema that a model is told. */
const BODY = /^(?:func|fn|function|handler|execute|executor|callable|callback|run|call|impl|implementation|action|method|invoke)$/;

const lastName = (expr: Expr): string => (expr.kind === 'call' ? lastName(expr.callee) : nameOf(expr));

/** Expressions of one file that could hold tools, with the scope that their names are read in. */
function* expressions(unit: Unit): Generator<{ readonly expr: Expr; readonly scope: number }> {
  for (const { value, scope } of unit.facts.assigns) yield { expr: value, scope };
  for (const [index, { returns }] of unit.facts.scopes.entries()) for (const expr of returns ?? []) yield { expr, scope: index };
  for (const { call, scope } of unit.facts.calls) for (const { value } of call.args) yield { expr: value, scope };
}

/** Functions in lists, dictionaries and registrations of tools. `names` are those that models are told anywhere in the tree. */
export function handedFunctions(context: Context, unit: Unit, names: ReadonlySet<string>): readonly HandedFunction[] {
  const found: HandedFunction[] = [];
  const add = (expr: Expr, scope: number, name = lastName(expr)): void => {
    if (found.length < MAX_FUNCTIONS) found.push(...functionsOf(context, expr, unit, scope).map((own) => ({ ...own, name })));
  };
  for (const { expr, scope } of expressions(unit)) {
    for (const call of callsIn(expr)) for (const tool of toolsOf(call)) add(tool, scope);
    for (const dict of dictionariesIn(expr)) {
      const told = dict.entries.some(
        ({ key, value }) => key.kind === 'string' && key.value === 'name' && value.kind === 'string' && names.has(value.value),
      );
      for (const { key, value } of dict.entries) {
        if (key.kind !== 'string') continue;
        // `{"run_shell": run_shell}`, and a function beside the name of its tool.
        if (names.has(key.value) || (told && BODY.test(key.value))) add(value, scope, names.has(key.value) ? key.value : undefined);
      }
    }
  }
  for (const { call, scope } of unit.facts.calls) for (const expr of toolsOf(call)) add(expr, scope);
  for (const [index, { kind, name, decorators }] of unit.facts.scopes.entries())
    if (kind === 'function' && decorators?.some((decorator) => MARKS_TOOL.test(lastName(decorator))))
      found.push({ unit, scope: index, name });
  for (const { call, scope } of handlersIn(unit)) add(call.callee, scope);
  return found;
}

/** `handleGitTool(parameters)`, `run_shell_tool(args)`: where a program hands the arguments of a call on by the name of the tool. */
const HANDLER = /^(?!register|add|bind|with|create|make|define|new)(?:\w*[a-z]Tool|\w+_tool)$/;
const HANDED = /^(?:args|arguments|input|params|parameters|tool_?(?:args|arguments|input|params|parameters))$/i;
/** The name of the tool, where it is read. */
const TOOL_NAME = /^tool_?(?:name|id|call|use)$/i;
/** One function of such a name may be anything's; programs with tools have several. */
const MIN_HANDLERS = 2;

function handlersIn(unit: Unit): readonly { readonly call: CallExpr; readonly scope: number }[] {
  const { assigns, scopes } = unit.facts;
  const names = [...assigns.map(({ target }) => target), ...scopes.flatMap(({ params = [] }) => params.map(({ name }) => name))];
  if (!names.some((name) => TOOL_NAME.test(name))) return [];
  const assigned = assigns.flatMap(({ value, scope }) => callsOf(value).map((call) => ({ call, scope })));
  const found = [...allCalls(unit), ...assigned].filter(
    ({ call }) => HANDLER.test(nameOf(call.callee)) && call.args.some(({ value }) => HANDED.test(nameOf(value))),
  );
  return new Set(found.map(({ call }) => nameOf(call.callee))).size < MIN_HANDLERS ? [] : found;
}

/** Tools that a call is given, and the calls in its arguments: `config=GenerateContentConfig(tools=[shell])`. */
function toolsOf(call: CallExpr, depth = 0): readonly Expr[] {
  const takes = TAKES_TOOL.test(lastName(call.callee));
  return call.args.flatMap(({ name, value }) => {
    if (value.kind === 'call' && depth < MAX_DEPTH) return toolsOf(value, depth + 1);
    if (value.kind === 'list' && (TOOLS.test(name ?? '') || (takes && name === undefined))) return value.items;
    if (value.kind === 'dict')
      return value.entries.flatMap((entry) =>
        entry.key.kind === 'string' && TOOLS.test(entry.key.value) && entry.value.kind === 'list' ? entry.value.items : [],
      );
    return takes ? [value] : [];
  });
}

/** `TOOLS = [Tool("shell", shell)]`. */
function callsIn(expr: Expr): readonly CallExpr[] {
  if (expr.kind === 'list') return expr.items.flatMap(callsIn);
  return expr.kind === 'call' ? [expr] : [];
}

function dictionariesIn(expr: Expr): readonly Extract<Expr, { readonly kind: 'dict' }>[] {
  if (expr.kind === 'list') return expr.items.flatMap(dictionariesIn);
  if (expr.kind !== 'dict') return [];
  return [expr, ...expr.entries.flatMap(({ value }) => dictionariesIn(value))];
}
