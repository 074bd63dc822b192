import { LimitError, ParseError } from '../core/errors.ts';
import type { InspectContext } from './format.ts';
import type { Draft } from './draft.ts';
import { printable, spend } from './reading.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** OpenVINO graphs of large models have 20 MB. */
export const MAX_XML = 32 * 1024 * 1024;
const MAX_TAG = 1 << 20;

/** UTF-8 or UTF-16 by byte order mark or by the first characters; an entity hides in either. */
export function decodeXml(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return buffer.toString('utf16le').replace(/^\ufeff/, '');
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c))
    return Buffer.from(buffer.subarray(0, buffer.length & ~1))
      .swap16()
      .toString('utf16le')
      .replace(/^\ufeff/, '');
  return buffer.toString('utf8').replace(/^\ufeff/, '');
}

/** The head of an XML document with this element in it. Programs quote such elements in the middle. */
export function beginsWith(head: Uint8Array, element: RegExp): boolean {
  const text = decodeXml(head);
  return text.trimStart().startsWith('<') && element.test(text);
}

/** Bounded, so that a long tag without `=` costs no square of its length. */
const ATTRIBUTE = /([^\s=<>"'/]{1,256})\s{0,64}=\s{0,64}(?:"([^"]*)"|'([^']*)')/g;

const decodeEntities = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/g, (_all, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }[name] ?? '';
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });

/** A document type is never needed by a model; with entities it reads files or exhausts memory. */
function judgeDoctype(declaration: string, offset: number, draft: Draft): void {
  const entities = [...declaration.matchAll(/<!ENTITY\s+(%\s+)?([^\s>]+)/g)];
  const external = /<!ENTITY[^>]{0,300}\b(?:SYSTEM|PUBLIC)\b/.test(declaration) || entities.some((match) => match[1] !== undefined);
  const target = /\b(?:SYSTEM|PUBLIC)\s+(?:"([^"]*)"|'([^']*)')/.exec(declaration);
  const place = target?.[1] ?? target?.[2] ?? '';
  // The document type that PMML of its first versions names; nothing else has a reason to be fetched.
  const foreign =
    /^(?:https?|ftp|file|gopher|jar|netdoc|php|expect):|^[/\\]/i.test(place) && !/^https?:\/\/(?:www\.)?dmg\.org\//.test(place);
  const args = {
    problem: external ? 'external-entity' : entities.length > 0 ? 'entity' : 'doctype',
    ...(target && { target: printable(place) }),
  };
  if (external || entities.length > 1 || foreign) draft.report('xml-external-entity', args, { offset });
  else draft.report('xml-external-entity', args, { offset, severity: 'medium', verdict: 'suspicious' });
}

/** Behind `<!DOCTYPE`: to its `>`, over an internal subset in brackets. */
function doctypeEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1);
      if (end < 0) break;
      at = end;
    } else if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    else if (char === '>' && depth <= 0) return at + 1;
  }
  return text.length;
}

/**
 * Start tags and text of a document in order, without expanding anything. Document types,
 * XInclude and style sheets are reported. Throws `ParseError` where tags do not nest.
 */
export function* walkXml(text: string, context: InspectContext, draft: Draft): Generator<XmlElement | string> {
  let at = 0;
  const open: string[] = [];
  let elements = 0;
  const includes = text.includes('XInclude');
  for (;;) {
    const start = text.indexOf('<', at);
    if (start < 0) break;
    const between = text.slice(at, start).trim();
    if (between !== '' && open.length > 0) yield decodeEntities(between);
    if (text.startsWith('<!--', start)) {
      const end = text.indexOf('-->', start + 4);
      if (end < 0) throw new ParseError('XML comment is not closed', start);
      at = end + 3;
    } else if (text.startsWith('<![CDATA[', start)) {
      const end = text.indexOf(']]>', start + 9);
      if (end < 0) throw new ParseError('XML CDATA is not closed', start);
      yield text.slice(start + 9, end);
      at = end + 3;
    } else if (text.startsWith('<!', start)) {
      at = doctypeEnd(text, start + 2);
      judgeDoctype(text.slice(start, Math.min(at, start + MAX_TAG)), start, draft);
    } else if (text.startsWith('<?', start)) {
      const end = text.indexOf('?>', start + 2);
      if (end < 0) throw new ParseError('XML instruction is not closed', start);
      if (text.startsWith('<?xml-stylesheet', start))
        draft.report('xml-external-entity', { problem: 'style-sheet' }, { offset: start, verdict: 'suspicious', severity: 'medium' });
      at = end + 2;
    } else {
      let end = start + 1;
      for (let quote = ''; end < text.length; end += 1) {
        const char = text[end];
        if (quote !== '') {
          if (char === quote) quote = '';
        } else if (char === '"' || char === "'") quote = char;
        else if (char === '>') break;
        if (end - start > MAX_TAG) throw new LimitError('xml-tag', 'XML tag is too long');
      }
      if (end >= text.length) throw new ParseError('XML tag is not closed', start);
      at = end + 1;
      spend(context, 1 + (end - start) / 64);
      const tag = text.slice(start + 1, end);
      if (tag.startsWith('/')) {
        if (open.pop() !== tag.slice(1).trim()) throw new ParseError('XML tags do not nest', start);
        continue;
      }
      const name = /^[^\s/>]+/.exec(tag)?.[0] ?? '';
      if (name === '') throw new ParseError('XML tag without a name', start);
      const attributes = new Map<string, string>();
      const rest = tag.slice(name.length);
      if (/[^\s/]/.test(rest.replaceAll(ATTRIBUTE, ''))) throw new ParseError('XML attribute without a value', start);
      for (const match of rest.matchAll(ATTRIBUTE)) attributes.set(match[1] ?? '', decodeEntities(match[2] ?? match[3] ?? ''));
      if (includes && /(?:^|:)include$/.test(name))
        draft.report('xml-external-entity', { problem: 'xinclude', target: printable(attributes.get('href') ?? '') }, { offset: start });
      if (!tag.endsWith('/')) open.push(name);
      elements += 1;
      yield { name, attributes };
    }
  }
  if (open.length > 0) throw new ParseError('XML ends before its last tag is closed', text.length);
  if (elements === 0) throw new ParseError('XML without an element', 0);
}
