import type { Completeness, CompletenessEntry } from '../../completeness/index.ts';

/** Names of the lists that elements come from. */
const FRAMEWORKS: readonly (readonly [CompletenessEntry['framework'], string])[] = [
  ['g7', 'G7 minimum elements'],
  ['owasp', 'OWASP AIBOM fields'],
];

/** `G7 minimum elements: 24 of 42`. */
export const scoreLines = (completeness: Completeness): string[] =>
  FRAMEWORKS.map(([framework, name]) => `${name}: ${completeness.score[framework].known} of ${completeness.score[framework].total}`);

export interface Gap {
  readonly id: string;
  readonly title: string;
  /** What fills it. */
  readonly todo: string;
  /** `3 of 7`, where some say it already. */
  readonly share?: string;
}

/** Elements that nothing says, in the order of their list; one that both lists ask for in the same words stands once. */
export function gapsIn(completeness: Completeness): Gap[] {
  const seen = new Set<string>();
  return completeness.entries.flatMap(({ id, title, status, share, todo }) => {
    const key = `${title.toLowerCase()}\0${todo ?? ''}`;
    if (status !== 'unknown' || seen.has(key)) return [];
    seen.add(key);
    return [
      {
        id,
        title,
        todo: todo ?? 'declare it in assay.yaml',
        ...(share === undefined ? {} : { share: `${share.known} of ${share.total}` }),
      },
    ];
  });
}
