import type { Finding } from '../../core/finding.ts';
import { canonicalJson } from '../../core/fingerprint.ts';
import type { FactValue } from '../../core/observation.ts';
import { resolveSegments } from '../../knowledge/message.ts';
import type { RuleTexts } from './rule-text.ts';
import { clip, visible } from './visible.ts';

/** A value in a sentence is a name or a short expression; what is longer is in the JSON report. */
const MAX_VALUE = 200;
/** Of a list, the first few tell enough in a sentence. */
const MAX_ITEMS = 5;

/** A message in pieces, so that each reporter escapes values and marks code in its own way. All text is `visible`. */
export interface MessagePart {
  readonly kind: 'text' | 'value' | 'code';
  readonly text: string;
}

function show(value: FactValue | undefined): string {
  if (value === undefined) return 'unknown';
  if (value === null) return 'an expression';
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item: FactValue) => show(item));
    return clip(value.length > MAX_ITEMS ? `${items.join(', ')} and ${value.length - MAX_ITEMS} more` : items.join(', '), MAX_VALUE);
  }
  return clip(typeof value === 'object' ? canonicalJson(value) : String(value), MAX_VALUE);
}

const own = (args: Finding['args'], key: string): FactValue | undefined => (Object.hasOwn(args, key) ? args[key] : undefined);

/** Prose of ours: what stands between backticks is code. */
export const proseParts = (text: string): MessagePart[] =>
  text
    .trim()
    .split('`')
    .map((piece, index): MessagePart => ({ kind: index % 2 === 1 ? 'code' : 'text', text: visible(piece.replaceAll(/\s+/g, ' ')) }))
    .filter((part) => part.text !== '');

/** A template of ours: `{name}` placeholders, `[[…]]` segments that go where they have no value, and backticks. */
function parse(template: string, args: Finding['args']): MessagePart[] {
  return proseParts(resolveSegments(template, args)).flatMap(({ kind, text }): MessagePart[] => {
    if (kind === 'code') return [{ kind, text: text.replaceAll(/\{(\w+)\}/g, (_, key: string) => show(own(args, key))) }];
    return text
      .split(/\{(\w+)\}/)
      .map((bit, position): MessagePart =>
        position % 2 === 1 ? { kind: 'value', text: show(own(args, bit)) } : { kind: 'text', text: bit },
      )
      .filter((part) => part.text !== '');
  });
}

/** Without a text, the facts themselves are the message. */
function facts(finding: Finding): MessagePart[] {
  const parts: MessagePart[] = [{ kind: 'text', text: finding.ruleId }];
  for (const [index, [key, value]] of Object.entries(finding.args)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .entries()) {
    parts.push({ kind: 'text', text: index === 0 ? ': ' : ', ' }, { kind: 'value', text: `${clip(key, MAX_VALUE)} = ${show(value)}` });
  }
  return parts;
}

export function messageParts(finding: Finding, texts: RuleTexts): readonly MessagePart[] {
  const text = texts(finding.ruleId);
  return text === undefined ? facts(finding) : parse(text.message, finding.args);
}

/** The message as one line of plain text. */
export const plainMessage = (finding: Finding, texts: RuleTexts): string =>
  messageParts(finding, texts)
    .map((part) => part.text)
    .join('');
