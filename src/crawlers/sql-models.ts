import { infrastructureSection } from '../knowledge/infrastructure.ts';
import type { SqlFunction, SqlIndex } from '../knowledge/sql.ts';
import type { Sink } from './config/sink.ts';

/** Characters of a call's arguments, or of a statement, that are read. Models stand near their beginning. */
const MAX_BODY = 2_000;
/** Calls and statements of one file; a dump has no more that differ. */
const MAX_FOUND = 200;
/** How far before a function's name of a program a word of SQL may stand. */
const MAX_BEFORE = 600;
const SQL_WORD = /\b(?:select|insert\s+into|update|with|call|match|from|return)\s/i;

/** Models that functions and statements of SQL name. `script`: all of the text is SQL, not strings of a program. */
export function readSqlModels(sink: Sink, text: string, script: boolean): void {
  const { sql } = sink.knowledge.get(infrastructureSection);
  const code = script ? withoutComments(text) : text;
  const lineAt = lineCounter(code);
  let left = MAX_FOUND;
  for (const match of code.matchAll(sql.call)) {
    if (--left < 0) return;
    const [whole, name = ''] = match;
    if (!script && !SQL_WORD.test(code.slice(Math.max(0, match.index - MAX_BEFORE), match.index))) continue;
    const facts = sql.function(name);
    if (facts) readCall(sink, facts, name.replaceAll(/\s/g, '').toLowerCase(), code, match.index + whole.length, lineAt, script);
  }
  for (const statement of sql.statements) {
    for (const match of code.matchAll(statement.begin)) {
      // In a program only what is written as SQL is: "create model" are words of prose.
      if (--left < 0 || (!script && match[0] !== match[0].toUpperCase())) continue;
      readStatement(sink, sql, statement.option, code, match.index, lineAt);
    }
  }
}

function readCall(
  sink: Sink,
  facts: SqlFunction,
  name: string,
  code: string,
  from: number,
  lineAt: (at: number) => number,
  script: boolean,
): void {
  const args = argumentsOf(code, from, script);
  const given = facts.model?.map((item) =>
    args.find((arg) => (typeof item === 'number' ? arg.index === item && arg.key === undefined : arg.key === item)),
  );
  const model = given?.find((arg) => arg?.value !== undefined);
  const line = lineAt(model?.at ?? from);
  const found =
    model?.value === undefined
      ? undefined
      : sink.model(
          model.value,
          { position: 'argument', key: 'model', provider: facts.service, ...(facts.hub && { loader: 'sentence_transformers' }) },
          line,
          name,
        );
  if (facts.service !== undefined && (found || !facts.model)) sink.service(facts.service, line, name);
}

interface Argument {
  readonly index: number;
  readonly key?: string;
  /** Text of a literal; absent for anything else. */
  readonly value?: string;
  readonly at: number;
}

const LITERAL = /^(?:"?(\w+)"?\s*(?:=>|:=|:)\s*)?'((?:[^'\n]|''){0,300})'\s*(?:::\s*\w+\s*)?$/;
const DOUBLE = /^(?:["'`]?(\w+)["'`]?\s*(?:=>|:=|:)\s*)?"([^"\n]{0,300})"\s*$/;

/** Arguments of a call whose parenthesis ends before `from`; entries of an object among them count as named ones. */
function argumentsOf(code: string, from: number, script: boolean): readonly Argument[] {
  const found: Argument[] = [];
  let start = from;
  let depth = 0;
  let index = 0;
  let quote: string | undefined;
  const end = Math.min(code.length, from + MAX_BODY);
  const add = (to: number): void => {
    const written = code.slice(start, to);
    const text = written.trim();
    const at = start + written.length - written.trimStart().length;
    const [, key, value] = LITERAL.exec(text) ?? (script ? DOUBLE.exec(text) : null) ?? [];
    found.push({ index, at, ...(key !== undefined && { key: key.toLowerCase() }), ...(value !== undefined && { value }) });
    index += 1;
  };
  for (let at = from; at < end; at += 1) {
    const char = code[at] ?? '';
    if (quote !== undefined) {
      if (char === quote) quote = undefined;
    } else if (char === "'" || (char === '"' && script)) quote = char;
    else if (char === '(' || char === '[') depth += 1;
    else if (char === '{' && depth === 0) start = at + 1;
    else if (char === ')' || char === ']' || char === '}') {
      if (depth === 0 || char === '}') {
        if (depth === 0) add(at);
        if (char !== '}') return found;
        start = at + 1;
      } else depth -= 1;
    } else if (char === ',' && depth === 0) {
      add(at);
      start = at + 1;
    }
  }
  return found;
}

function readStatement(sink: Sink, sql: SqlIndex, option: RegExp, code: string, from: number, lineAt: (at: number) => number): void {
  const rest = code.slice(from, from + MAX_BODY);
  const body = rest.slice(0, /;|"""|`;/.exec(rest)?.index);
  const provider =
    [...body.matchAll(sql.provider)].map(([, value = '']) => sql.providerOf(value)).find((slug) => slug !== undefined) ??
    sql.providerIn(body);
  for (const match of body.matchAll(option)) {
    const line = lineAt(from + match.index);
    const value = match[1] ?? '';
    if (/^https?:/.test(value)) continue;
    const found = sink.model(value, { position: 'argument', key: 'model', provider }, line, 'create model');
    const service = provider ?? found?.provider;
    if (found && service !== undefined) sink.service(service, line, 'create model');
  }
}

/** SQL with its comments blanked; lines stay where they are. */
const withoutComments = (text: string): string =>
  text.replaceAll(/'(?:[^'\n]|'')*'|--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) =>
    part.startsWith("'") ? part : part.replaceAll(/[^\n]/g, ' '),
  );

/** Lines of ascending or descending offsets, by binary search. */
function lineCounter(text: string): (at: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (at) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}
