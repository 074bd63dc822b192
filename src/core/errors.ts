/** The user asked for something that cannot be: one clear line, exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** Bytes do not follow their format. Parsers throw nothing else; it becomes a finding, never a crash. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`);
    this.offset = offset;
  }
}

/** A named limit was reached. The content is `incomplete`, not wrong. */
export class LimitError extends Error {
  override readonly name = 'LimitError';
  readonly limit: string;

  constructor(limit: string, message: string) {
    super(message);
    this.limit = limit;
  }
}
