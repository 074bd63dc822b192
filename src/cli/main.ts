import { CommanderError } from 'commander';
import { UserError } from '../core/errors.ts';
import { EXIT } from './exit.ts';
import { createProgram } from './program.ts';

/** Runs the command line. Resolves to the exit code; prints errors itself. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram((exitCode) => {
    code = exitCode;
  });
  // A closed pipe (`assay scan | head`) is not an error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(code);
    throw error;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
    if (error instanceof UserError) {
      process.stderr.write(`error: ${error.message}\n`);
      return EXIT.error;
    }
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\nThis is a bug in assay. Please report it, with this output.\n`,
    );
    return EXIT.error;
  }
}
