import { LimitError, ParseError } from '../core/errors.ts';
import { sliceReader } from '../core/byte-reader.ts';
import { Draft } from './draft.ts';
import { judgeFreeText } from './free-text.ts';
import { fromError } from './findings.ts';
import { verdictOf } from './verdict.ts';
import type { ArtifactInput, Format, InspectContext, Sniff } from './format.ts';

/** Bytes of a damaged file that are searched for text. */
const MAX_DAMAGED = 1 << 20;

/** Bytes before the place of an error from which the rest is looked at. */
const BACK = 48;

/**
 * What stands where a reader stopped may be a pickle that was appended. The stop is some bytes
 * behind its beginning, and the name lets the pickle reader search for it.
 */
async function inspectRest({ path, reader }: ArtifactInput, offset: number, context: InspectContext, draft: Draft): Promise<void> {
  const start = Math.max(0, Math.min(offset, reader.size) - BACK);
  const rest = `${path}!rest@${start}.pkl`;
  const nested = await context.inspect({ path: rest, reader: sliceReader(reader, start, Math.min(reader.size - start, MAX_DAMAGED)) });
  if (verdictOf(nested.findings) === 'malicious') draft.absorb(nested, rest);
}

export interface ReaderSpec {
  readonly id: string;
  readonly extensions: readonly string[];
  readonly matches: (sniff: Sniff) => 'yes' | 'maybe' | 'no';
  readonly read: (input: ArtifactInput, context: InspectContext, draft: Draft) => Promise<void>;
}

/**
 * Makes a `Format` of a reader that throws `ParseError` and `LimitError`. As long as the draft is
 * not certain, a parse error means "not this format" and goes to the caller; afterwards it is a
 * finding beside those already made.
 */
export function defineReader(spec: ReaderSpec): Format {
  return {
    id: spec.id,
    extensions: spec.extensions,
    matches: spec.matches,
    async inspect(input, context) {
      const draft = new Draft(spec.id, false);
      try {
        await spec.read(input, context, draft);
      } catch (error) {
        const ours = error instanceof LimitError || (error instanceof ParseError && (draft.certain || draft.findings.length > 0));
        if (!ours) throw error;
        draft.findings.push(fromError(error, spec.id));
        const { reader } = input;
        // Damage hides nothing from whoever reads on: code stands there in plain text.
        if (error instanceof ParseError) {
          judgeFreeText(Buffer.from(await reader.read(0, Math.min(reader.size, MAX_DAMAGED))).toString('latin1'), 'damaged file', draft);
          if (error.offset !== undefined && error.offset > 0) await inspectRest(input, error.offset, context, draft);
        }
      }
      return draft.done();
    },
  };
}

/**
 * Steps that one record of an asynchronous reader costs: twenty million of its own would take
 * half a minute, and no honest file has a million.
 */
export const RECORD = 10;

/** Draws from the shared budget. Throws `LimitError` when it is used up or time is over. */
export function spend(context: InspectContext, steps: number): void {
  context.budget.steps -= steps;
  if (context.budget.steps < 0) throw new LimitError('steps', 'too much work in one artifact');
  if (context.now() > context.budget.deadline) throw new LimitError('deadline', 'time is over');
}

/** Last part of a path, also of a member: `a/b.zip!c/d.json` is `d.json`. Lower case. */
export const baseName = (path: string): string => (path.split(/[/!\\]/).pop() ?? path).toLowerCase();

export const hasExtension = (path: string, ...extensions: readonly string[]): boolean => {
  const name = baseName(path);
  return extensions.some((extension) => name.endsWith(extension));
};

export { printable } from './printable.ts';
