import { LimitError, ParseError } from '../../../core/errors.ts';
import { MAX_DEPTH, MAX_NODES } from '../limits.ts';

/** An element of an XML file. Names are without namespace prefix. */
export interface XmlElement {
  readonly name: string;
  readonly line: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Text directly inside, trimmed. */
  readonly text: string;
}

const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
/** Only the five of XML itself: a DTD's entities are never expanded. */
const decode = (text: string): string => text.replaceAll(/&([a-z]{2,4});/g, (whole, name: string) => ENTITIES.get(name) ?? whole);
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const NAME = /[^\s=/>"']+/y;

interface Open {
  readonly name: string;
  readonly line: number;
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Reads elements, attributes and text. DTDs, comments and processing instructions are passed over. Throws ParseError. */
export function readXml(source: string): XmlElement {
  let position = 0;
  let line = 1;
  let nodes = 0;
  const top: Open = { name: '', line: 1, attributes: new Map(), children: [], text: '' };
  const stack: Open[] = [top];
  const fail = (message: string): never => {
    throw new ParseError(`${message} in line ${line}`);
  };
  function advance(to: number): void {
    for (let index = position; index < to; index += 1) if (source.charCodeAt(index) === 10) line += 1;
    position = to;
  }
  function until(end: string, from: number): void {
    const found = source.indexOf(end, from);
    if (found < 0) fail(`${end} expected`);
    advance(found + end.length);
  }
  function white(): void {
    let to = position;
    while (to < source.length && source.charCodeAt(to) <= 32) to += 1;
    advance(to);
  }
  function word(): string {
    NAME.lastIndex = position;
    const found = NAME.exec(source)?.[0] ?? fail('name expected');
    position += found.length;
    return found;
  }
  function close(): void {
    const open = stack.pop() as Open;
    (stack.at(-1) ?? fail('unexpected end tag')).children.push({ ...open, text: open.text.trim() });
  }
  function start(): void {
    const at = line;
    position += 1;
    const open: Open = { name: local(word()), line: at, attributes: new Map(), children: [], text: '' };
    nodes += 1;
    if (nodes > MAX_NODES || stack.length > MAX_DEPTH) throw new LimitError('MAX_DEPTH', 'too many or too deep elements');
    for (;;) {
      white();
      if (source.startsWith('/>', position)) {
        position += 2;
        stack.push(open);
        close();
        return;
      }
      if (source[position] === '>') {
        position += 1;
        stack.push(open);
        return;
      }
      const key = local(word());
      white();
      if (source[position] !== '=') fail('= expected');
      position += 1;
      white();
      const quote = source[position];
      if (quote !== '"' && quote !== "'") fail('quote expected');
      const from = position + 1;
      until(quote as string, from);
      open.attributes.set(key, decode(source.slice(from, position - 1)));
    }
  }
  while (position < source.length) {
    const next = source.indexOf('<', position);
    const end = next < 0 ? source.length : next;
    const open = stack.at(-1) as Open;
    if (open !== top) open.text += decode(source.slice(position, end));
    advance(end);
    if (next < 0) break;
    if (source.startsWith('<!--', position)) until('-->', position + 4);
    else if (source.startsWith('<![CDATA[', position)) {
      const from = position + 9;
      until(']]>', from);
      open.text += source.slice(from, position - 3);
    } else if (source.startsWith('<?', position)) until('?>', position + 2);
    else if (source.startsWith('<!', position)) until('>', position + 2);
    else if (source.startsWith('</', position)) {
      const from = position + 2;
      until('>', from);
      const name = local(source.slice(from, position - 1).trim());
      if (stack.length < 2 || stack.at(-1)?.name !== name) fail(`unexpected </${name.slice(0, 60)}>`);
      close();
    } else start();
  }
  if (stack.length !== 1) fail('unclosed element');
  return top.children[0] ?? fail('no element');
}

/** Text of the first child of that name. */
export const childText = (element: XmlElement, name: string): string | undefined =>
  element.children.find((child) => child.name === name)?.text;

export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);

/** Every element below, in the order of the file. */
export function descendantsOf(element: XmlElement): XmlElement[] {
  const found: XmlElement[] = [];
  const visit = (parent: XmlElement): void => {
    for (const child of parent.children) {
      found.push(child);
      visit(child);
    }
  };
  visit(element);
  return found;
}
