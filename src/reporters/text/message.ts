import type { Finding } from '../../core/finding.ts';
import { canonicalJson } from '../../core/fingerprint.ts';
import type { FactValue } from '../../core/observation.ts';
import type { RuleTexts } from './rule-text.ts';
import { clip } from './visible.ts';

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

/** A template of ours: `{name}` placeholders and backticks. */
function parse(template: string, args: Finding['args']): MessagePart[] {
  const parts: MessagePart[] = [];
  for (const [index, piece] of template.split('`').entries()) {
    const code = index % 2 === 1;
    if (code) {
      const text = piece.replaceAll(/\{(\w+)\}/g, (_, key: string) => show(own(args, key)));
      if (text !== '') parts.push({ kind: 'code', text });
      continue;
    }
    for (const [position, bit] of piece.split(/\{(\w+)\}/).entries()) {
      if (position % 2 === 1) parts.push({ kind: 'value', text: show(own(args, bit)) });
      else if (bit !== '') parts.push({ kind: 'text', text: bit });
    }
  }
  return parts;
}

/** Without a text, the facts themselves are the message. */
function facts(finding: Finding): MessagePart[] {
  const parts: MessagePart[] = [{ kind: 'text', text: finding.ruleId }];
  for (const [index, [key, value]] of Object.entries(finding.args).entries()) {
    parts.push({ kind: 'text', text: index === 0 ? ': ' : ', ' }, { kind: 'value', text: `${clip(key, MAX_VALUE)} = ${show(value)}` });
  }
  return parts;
}

export function messageParts(finding: Finding, texts: RuleTexts): readonly MessagePart[] {
  const text = texts(finding.ruleId);
  return text === undefined ? facts(finding) : parse(text.message.trim().replaceAll(/\s+/g, ' '), finding.args);
}

/** The message as one line of plain text. */
export const plainMessage = (finding: Finding, texts: RuleTexts): string =>
  messageParts(finding, texts)
    .map((part) => part.text)
    .join('');
