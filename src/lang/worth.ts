import type { CallFact, Expr } from './facts.ts';

/** Last name of a callee; empty where it has none. */
export const nameOf = (callee: Expr): string => (callee.kind === 'name' || callee.kind === 'member' ? callee.name : '');

/** Classes that only hold arguments of another call: `CfnAgent.KnowledgeBaseConfigurationProperty`, `DeploymentArgs`. */
export const ARGUMENT_OBJECT = /^[A-Z]\w*(?:Property|Props|Args)$/;

/** A label that says that a call is given a model, or who serves it. */
export const GIVES_MODEL = /\b(?:\w*[mM]odel\w*|llm|engine|provider|baseU(?:RL|rl)|host)\s*[:=](?!=)/;

/** Whether a method is given something by a model's key, by position or in an object of options. */
export const carriesModel = (args: CallFact['call']['args']): boolean =>
  args.some(
    ({ name, value }, index) =>
      (name !== undefined
        ? MODEL_KEY.test(name)
        : value.kind === 'dict' || value.kind === 'call' || (index < 2 && value.kind !== 'unknown' && value.kind !== 'number')) ||
      (name === undefined && value.kind === 'dict'),
  );
const MODEL_KEY = /model|deployment|engine|parameters|options|repo|config/i;

/** Whether a call hands on something that could be a name of something. */
export const carriesConstant = (args: CallFact['call']['args']): boolean =>
  args.some(({ name, value }) => {
    if (value.kind === 'string') return value.value.length < 200 && !/\s/.test(value.value);
    if (value.kind === 'index' && value.key.kind === 'string')
      return CARRIED.test(value.key.value) || (name !== undefined && CARRIED.test(name));
    if (value.kind === 'name' || value.kind === 'member') return CARRIED.test(value.name) || (name !== undefined && CARRIED.test(name));
    return value.kind === 'env' || value.kind === 'concat' || value.kind === 'dict';
  });
/** Names of variables that hold a name of something, or an object that knows it. */
const CARRIED =
  /model|llm|embed|name|repo|path|file|urls|sources|links|documents|provider|config|cfg|settings|client|agent|role|url|key|engine|deployment|dataset|prompt|size|checkpoint|ckpt|encoder|backbone|tokenizer|pretrained|arch|variant|adapter|rerank|teacher|student|weights|args|opts|command|cmd|code|script|id$/i;

/** Methods that run what they are given, of objects of other files too: `executor.run_command(command)`. */
const RUNS = /^(?:a?run|exec|execute|eval|evaluate|call|invoke|shell|bash|sh)(?:$|_|[A-Z])|_and_(?:run|exec|execute|eval)(?:$|_)/;
/** Methods that are given tools for a model, whosever they are: `registry.register_tool("shell", run_shell)`. */
const OFFERS = /^(?:\w{1,40}_)?(?:register|add|bind|with)_?(?:[tT]ool|[fF]unction)s?$/;
/** Whether a call by its name takes something that could be run, or a tool that does. */
export const handsOn = (name: string): boolean => RUNS.test(name) || OFFERS.test(name);
/** Functions that say by their name that they run code, whatever that is called where it comes from: `execute_code(answer)`. */
const RUNS_CODE =
  /^(?:a?run|exec|execute|eval|evaluate)_?(?:(?:the|my|safe|generated|python|py|shell|bash|llm|ai|model|user|sql)_?){0,2}(?:code|script|commands?|cmd|snippet|python|cell|program)(?:_?(?:blocks?|string|str|safely|locally|snippet))?(?:_and_\w{1,40})?$/i;
/** Whether a call hands on something that could be run. */
export const carriesCommand = (callee: string, args: CallFact['call']['args']): boolean =>
  OFFERS.test(callee) ||
  (RUNS_CODE.test(callee) && args.some(({ value }) => isComputed(value))) ||
  args.some(({ name, value }) => COMMAND.test(name ?? '') || isCommand(value));
const isComputed = ({ kind }: Expr): boolean =>
  kind === 'name' || kind === 'member' || kind === 'call' || kind === 'index' || kind === 'concat';
function isCommand(value: Expr): boolean {
  if (value.kind === 'index') return value.key.kind === 'string' && COMMAND.test(value.key.value);
  // `String(args.command)`
  if (value.kind === 'call') return value.args.some((inner) => COMMAND.test(nameOf(inner.value)));
  return COMMAND.test(nameOf(value));
}
/** Names of what could be run. */
export const COMMAND =
  /^(?:cmd|commands?|command_?line|(?:python_?|source_?|generated_?|llm_?)?code(?:_?(?:str|string|block|snippet|text))?|script|expression|program)$/i;

/** `query_llm(messages)`, `askGPT(question)`: what a function is there for, also one that the tree does not hold. */
export const ASKS_MODEL =
  /^(?:ask|query|call|get|generate|chat|complete|prompt|invoke|request|send|run)(?:_?(?:with|to|from|the))?_?(?:llm|gpt|chat_?gpt|claude|gemini|openai|ollama|groq|mistral)(?:_?(?:api|response|completion|answer|output|reply|result|code|model|chat))?$/i;

/** Whether a returned value can be followed to a name or an object. `wanted` tells which calls can. */
export function isInformative(value: Expr, wanted: (callee: string) => boolean): boolean {
  if (value.kind === 'call') return wanted(nameOf(value.callee));
  if (value.kind === 'list') return value.items.some((item) => item.kind === 'string' || item.kind === 'call');
  return value.kind !== 'unknown' && value.kind !== 'null' && value.kind !== 'number' && value.kind !== 'boolean';
}

/** Types of nodes whose value a function may hand back. */
export const RETURNED =
  /string|call|creation|identifier|attribute|member|field|new|conditional|boolean|binary|await|object|struct|composite|literal|dictionary|expression_list|^name$|scoped|navigation|elvis|when_|if_expression|additive|postfix|indexing|^selector$|^if_null/;
/** Values of shared members worth keeping unasked: strings, calls, collections, names. */
export const SHARED_VALUES =
  /string|call|creation|new|dict|list|array|object|struct|composite|tuple|set|identifier|attribute|member|^field_|binary|boolean|conditional|true|false|literal|await|as_expression|satisfies|subscript|hash|invocation|scoped|template|navigation|elvis|when_|additive|postfix|indexing|^selector$|^if_null/;
