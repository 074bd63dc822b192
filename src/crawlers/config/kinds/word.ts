/** A word of a command line and the line it stands on. */
export interface Word {
  readonly text: string;
  readonly line: number;
}

/** What ends a command in a shell. */
export const SEPARATORS: ReadonlySet<string> = new Set(['&&', '||', ';', '|', '&']);
