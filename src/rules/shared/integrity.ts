import type { Location } from '../../core/evidence.ts';
import type { IntegrityResult } from '../../core/report.ts';
import type { RuleInput } from '../rule.ts';

export interface IntegrityProblem {
  readonly result: IntegrityResult;
  readonly problem: IntegrityResult['problems'][number];
  readonly location: Location;
}

/** Problems with one of the codes. The place is where the claim stands, else the file that differs. */
export const problemsOf = (results: readonly IntegrityResult[], codes: ReadonlySet<string>): readonly IntegrityProblem[] =>
  results.flatMap((result) =>
    result.problems
      .filter((problem) => codes.has(problem.code))
      .map((problem) => ({ result, problem, location: result.location ?? { path: problem.path ?? result.source } })),
  );

/** Path of a file of a signed model as the target knows it: problems name files relative to the model's root. */
export const pathInTarget = ({ result, problem }: Pick<IntegrityProblem, 'result' | 'problem'>): string =>
  result.subject === '.' ? (problem.path ?? '.') : `${result.subject}/${problem.path ?? ''}`;

/** What runs, or becomes code when it is loaded. */
const CODE = /\.(?:py|pyc|pyd|sh|bash|js|mjs|so|dll|dylib|exe|bat|cmd|ps1|jar|class|wasm|pkl|pickle|pt|pth|bin|ckpt|joblib|dill|npy|npz|h5|keras|mar|msgpack)$/i;
const LOADS_CODE = /^(?:pickle|torch|joblib|numpy|keras|native)/;

/** Whether a file can run: by its ending, or by what inspection found in it. */
export const isCode = (input: RuleInput, path: string): boolean => CODE.test(path) || input.artifacts.some((artifact) => artifact.path === path && LOADS_CODE.test(artifact.format));
