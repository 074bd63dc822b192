import type { Node, QueryMatch } from 'web-tree-sitter';

type EventKind = 'import' | 'function' | 'class' | 'decorator' | 'call' | 'reference' | 'assign' | 'return' | 'global' | 'namespace';
const EVENT_KINDS: ReadonlySet<string> = new Set<EventKind>([
  'import',
  'function',
  'class',
  'decorator',
  'call',
  'reference',
  'assign',
  'return',
  'global',
  'namespace',
]);

/** One capture of a front-end's query. */
export interface Event {
  readonly kind: EventKind;
  readonly node: Node;
  readonly name: Node | undefined;
}

export function eventOf({ captures }: QueryMatch): Event | undefined {
  let kind: EventKind | undefined;
  let node: Node | undefined;
  let name: Node | undefined;
  for (const capture of captures) {
    if (capture.name === 'name') name = capture.node;
    else if (EVENT_KINDS.has(capture.name)) {
      kind = capture.name as EventKind;
      node = capture.node;
    }
  }
  return kind && node ? { kind, node, name } : undefined;
}
