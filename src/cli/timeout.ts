import { UserError } from '../core/errors.ts';

/** `--timeout`: the work's result, or a user error after so many seconds. The caller ends what still runs. */
export async function withTimeout<T>(work: Promise<T>, seconds: number | undefined): Promise<T> {
  if (seconds === undefined) return work;
  if (!(seconds > 0)) throw new UserError('--timeout takes a positive number of seconds');
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UserError(`gave up after ${seconds} seconds (--timeout)`)), seconds * 1000);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
