/** A word of a command line and the line it stands on. */
export interface Word {
  readonly text: string;
  readonly line: number;
}
