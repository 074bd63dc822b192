import type { Location } from '../../core/evidence.ts';
import type { IntegrityResult } from '../../core/report.ts';

export interface IntegrityProblem {
  readonly result: IntegrityResult;
  readonly problem: IntegrityResult['problems'][number];
  readonly location: Location;
}

/** Problems with one of the codes. The place is the file that differs, else where the claim stands. */
export const problemsOf = (results: readonly IntegrityResult[], codes: ReadonlySet<string>): readonly IntegrityProblem[] =>
  results.flatMap((result) =>
    result.problems
      .filter((problem) => codes.has(problem.code))
      .map((problem) => ({ result, problem, location: result.location ?? { path: problem.path ?? result.source } })),
  );
