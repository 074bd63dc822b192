import { ParseError } from '../../core/errors.ts';
import type { Vocabulary } from '../../knowledge/vocabulary.ts';
import { ExpressionParser, type Expression } from './expression.ts';
import type { TemplateJudge } from './judge.ts';
import type { Tag } from './tokens.ts';

/** Tags without an expression, of Jinja and of transformers (`generation` marks the assistant's turn). */
const BARE = new Set(
  'else endif endfor endset endmacro endcall endfilter endwith endblock endautoescape endtrans endgeneration generation break continue raw endraw pluralize'.split(
    ' ',
  ),
);
const LOADERS = new Set(['import', 'from', 'include', 'extends']);

interface Target {
  readonly name: string;
  readonly path: string;
}

/** Assignment targets: `a`, `a, b`, `(a, b)`, `ns.a`. */
function targets(parser: ExpressionParser): Target[] {
  const found: Target[] = [];
  const close = parser.accept('(');
  do {
    if (parser.isName('in') || parser.isOperator('=') || parser.isOperator(')')) break;
    if (parser.isOperator('(')) {
      found.push(...targets(parser));
      continue;
    }
    const name = parser.expectName();
    let path = name;
    while (parser.accept('.')) path += `.${parser.expectName()}`;
    found.push({ name, path });
  } while (parser.accept(','));
  if (close) parser.expect(')');
  return found;
}

function parameters(parser: ExpressionParser, judge: TemplateJudge): void {
  parser.expect('(');
  while (!parser.accept(')')) {
    const name = parser.expectName();
    if (parser.accept('=')) {
      const value = parser.expression();
      judge.visit(value);
      judge.assign(name, value);
    }
    if (!parser.isOperator(')')) parser.expect(',');
  }
}

function finish(parser: ExpressionParser): void {
  if (!parser.done) throw new ParseError(`unexpected ${parser.peek().value} in template tag`);
}

function visitFilters(parser: ExpressionParser, judge: TemplateJudge): void {
  let value: Expression | undefined;
  do value = parser.filter(value);
  while (parser.accept('|'));
  judge.visit(value);
}

function loader(tag: string, parser: ExpressionParser, judge: TemplateJudge, vocabulary: Vocabulary): void {
  const token = parser.peek();
  const target = token.value;
  const python = vocabulary.names('jinja', 'modules').has(target);
  const escapes = token.type === 'string' && (/^[/\\~]|^[a-z]+:/i.test(target) || target.split(/[/\\]/).includes('..'));
  judge.report(python || escapes ? 'injection' : 'unusual', tag, target.slice(0, 60));
  judge.visit(parser.expression());
}

/** Judges one tag. Throws `ParseError` or `LimitError` where it cannot be understood. */
export function judgeTag(tag: Tag, judge: TemplateJudge, vocabulary: Vocabulary): void {
  judge.line = tag.line;
  const parser = new ExpressionParser(tag.tokens);
  if (parser.done) return;
  if (tag.kind === 'output') {
    judge.visit(parser.tuple());
    finish(parser);
    return;
  }
  const keyword = parser.expectName();
  if (keyword === 'endfor') judge.leaveLoop();
  if (BARE.has(keyword)) return;
  if (LOADERS.has(keyword)) return loader(keyword, parser, judge, vocabulary);
  switch (keyword) {
    case 'if':
    case 'elif':
    case 'do':
      judge.visit(parser.tuple());
      break;
    case 'for': {
      const names = targets(parser);
      if (!parser.acceptName('in')) throw new ParseError('expected in in for tag');
      const list = parser.tuple(false);
      judge.visit(list);
      for (const { path } of names) judge.assignItems(path, list);
      judge.enterLoop(list);
      if (parser.acceptName('if')) judge.visit(parser.expression());
      parser.acceptName('recursive');
      break;
    }
    case 'set': {
      const names = targets(parser);
      if (parser.accept('|')) visitFilters(parser, judge);
      if (parser.accept('=')) {
        const value = parser.tuple();
        judge.visit(value);
        if (names.length > 1)
          judge.assignEach(
            names.map(({ path }) => path),
            value,
          );
        else for (const { path } of names) judge.assign(path, value);
      }
      break;
    }
    case 'with':
      while (!parser.done) {
        const name = parser.expectName();
        parser.expect('=');
        const value = parser.expression();
        judge.visit(value);
        judge.assign(name, value);
        if (!parser.done) parser.expect(',');
      }
      break;
    case 'macro':
      parser.expectName();
      parameters(parser, judge);
      break;
    case 'call':
      if (parser.isOperator('(')) parameters(parser, judge);
      judge.visit(parser.expression());
      break;
    case 'filter':
      visitFilters(parser, judge);
      break;
    case 'block':
      parser.expectName();
      while (parser.acceptName('scoped') || parser.acceptName('required'));
      break;
    case 'autoescape':
      judge.visit(parser.expression());
      break;
    default:
      judge.report('unusual', 'tag', keyword);
      if (!parser.done) judge.visit(parser.tuple());
  }
  finish(parser);
}

/** Names that the template defines anywhere; scoping only ever makes fewer of them visible. */
export function assignedNames(tags: readonly Tag[]): Set<string> {
  const names = new Set<string>();
  for (const { kind, tokens } of tags) {
    if (kind !== 'statement') continue;
    const keyword = tokens[0]?.value;
    if (keyword === 'macro' || keyword === 'call') {
      for (const [i, token] of tokens.entries()) {
        const opens = i === 1 || ['(', ','].includes(tokens[i - 1]?.value ?? '');
        if (keyword === 'macro' && token.type === 'name' && opens) names.add(token.value);
      }
    } else if (keyword === 'for' || keyword === 'set' || keyword === 'with') {
      for (let i = 1; i < tokens.length; i += 1) {
        const token = tokens[i];
        if (!token || (keyword === 'for' && token.value === 'in' && token.type === 'name') || (keyword === 'set' && token.value === '='))
          break;
        // `set ns.x = …` gives no name a new meaning.
        if (token.type === 'name' && tokens[i + 1]?.value !== '.' && tokens[i - 1]?.value !== '.') names.add(token.value);
        if (keyword === 'with' && token.value === '=') while (i < tokens.length && tokens[i]?.value !== ',') i += 1;
      }
    }
  }
  return names;
}
