import { LimitError, ParseError } from '../../core/errors.ts';
import type { InspectContext } from '../format.ts';
import type { Draft } from '../draft.ts';
import { printable, spend } from '../reading.ts';
import { vocabularySection, type Vocabulary } from '../../knowledge/vocabulary.ts';
import { TemplateJudge } from './judge.ts';
import { assignedNames, judgeTag } from './statements.ts';
import { lexTemplate, type Tag } from './tokens.ts';

export interface TemplateOrigin {
  /**
   * `chat`: rendered by an inference server, so everything beyond the ordinary is reported.
   * `general`: a template of some application; only ways to the interpreter are.
   */
  readonly kind: 'chat' | 'general';
  /** Key or file that holds it. */
  readonly name: string;
}

/** The largest chat template in use has 25 kB. */
export const MAX_TEMPLATE = 1024 * 1024;

/** What can be said of a tag that does not parse: names are names whatever stands around them. */
function judgeTokens(tag: Tag, judge: TemplateJudge): void {
  judge.line = tag.line;
  for (const [i, token] of tag.tokens.entries()) {
    const before = tag.tokens[i - 1];
    if (token.type === 'name' && before?.value === '.' && token.value.startsWith('__')) judge.report('injection', 'attribute', token.value);
    else if (token.type === 'name' && before?.value === '|' && token.value === 'attr') judge.report('injection', 'attr-filter', 'unparsed');
    else if (token.type === 'string') judge.visit({ type: 'string', value: token.value, escaped: token.escaped ?? false });
    else if (token.type === 'name') judge.visit({ type: 'name', name: token.value });
  }
}

/** `{% set x %}text{% endset %}`, short enough to be a name. */
const CAPTURED = /\{%[-+]?\s*set\s+(\w{1,100})\s*[-+]?%\}([^%]{1,200})\{%[-+]?\s*endset/g;
/** Texts that such a block prints. */
const QUOTED = /\{\{[-+]?\s*(?:'([^'{}]{0,100})'|"([^"{}]{0,100})")\s*[-+]?\}\}/g;

/**
 * Reads a Jinja template and reports what it could reach beside its messages. Nothing is
 * rendered. A part that cannot be understood is reported as incomplete (chat templates only: a
 * general template may be of another language).
 */
export function judgeTemplate(text: string, origin: TemplateOrigin, context: InspectContext, draft: Draft): void {
  const chat = origin.kind === 'chat';
  const source = printable(origin.name, 80);
  if (text.length > MAX_TEMPLATE) {
    draft.report('incomplete-artifact', { reason: 'limit', detail: `template ${source} is longer than ${MAX_TEMPLATE}` });
    return;
  }
  const vocabulary: Vocabulary = context.knowledge.get(vocabularySection);
  const { tags, error } = lexTemplate(text);
  const judge = new TemplateJudge(vocabulary, assignedNames(tags), chat);
  for (const [, name = '', captured = ''] of text.matchAll(CAPTURED)) judge.assignText(name, captured.replaceAll(QUOTED, '$1$2'));
  let problem: Error | undefined = error;
  for (const tag of tags) {
    spend(context, tag.tokens.length + 1);
    if (tag.broken) {
      judgeTokens(tag, judge);
      continue;
    }
    try {
      judgeTag(tag, judge, vocabulary);
    } catch (failure) {
      if (!(failure instanceof ParseError || failure instanceof LimitError)) throw failure;
      problem ??= failure;
      judgeTokens(tag, judge);
    }
  }
  for (const { severity, construct, name, line } of judge.problems) {
    draft.report(severity === 'injection' ? 'template-injection' : 'unusual-template', {
      template: source,
      construct,
      value: printable(name, 80),
      line,
    });
  }
  if (problem && chat) {
    draft.report('incomplete-artifact', {
      reason: problem instanceof LimitError ? 'limit' : 'malformed',
      detail: problem.message,
      template: source,
    });
  }
}
