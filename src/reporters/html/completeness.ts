import type { Completeness } from '../../completeness/index.ts';
import { gapsIn, scoreLines } from '../text/completeness.ts';
import { count } from '../text/words.ts';
import { markup, type Html } from './tag.ts';

/** How much of the minimum elements the report says, and what fills the rest. */
export function completenessSection(completeness: Completeness | undefined): Html | undefined {
  if (!completeness) return undefined;
  const gaps = gapsIn(completeness);
  return markup`<section id="completeness" aria-labelledby="completeness-title">
    <h2 id="completeness-title">Completeness</h2>
    <ul>
      ${scoreLines(completeness).map((line) => markup`<li>${line}</li>`)}
    </ul>
    ${
      gaps.length > 0 &&
      markup`<details open>
        <summary>${count(gaps.length, 'element')} that nothing says</summary>
        <ul class="places">
          ${gaps.map(({ title, share, todo }) => markup`<li><strong>${title}</strong>${share !== undefined && ` (${share})`}: ${todo}</li>`)}
        </ul>
      </details>`
    }
  </section> `;
}
