const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$_]*/uy;

/** Identifier that starts at an offset: cheaper than asking the engine for the node's end. */
export function identifierAt(text: string, offset: number): string {
  IDENTIFIER.lastIndex = offset;
  return IDENTIFIER.exec(text)?.[0] ?? '';
}
