import { refOf, type ComponentRef } from '../../core/component.ts';
import type { Location } from '../../core/evidence.ts';
import type { Report } from '../../core/report.ts';
import type { MessagePart } from '../text/message.ts';
import type { RuleTexts } from '../text/rule-text.ts';
import { clip } from '../text/visible.ts';
import { place } from '../text/words.ts';
import { fileOf, permalink } from '../uri.ts';
import { markup, type Html } from './tag.ts';

/** Nothing longer helps a reader; the JSON report has it whole. */
export const MAX_TEXT = 300;

/** What the parts of the page share. */
export interface Page {
  readonly report: Report;
  readonly texts: RuleTexts;
  readonly showSuppressed: boolean;
  /** `id` attribute of a component's row. */
  readonly anchor: ReadonlyMap<ComponentRef, string>;
  readonly where: (location: Location) => Html;
}

export function pageOf(report: Report, texts: RuleTexts, showSuppressed: boolean): Page {
  const locate = fileOf(report);
  return {
    report,
    texts,
    showSuppressed,
    anchor: new Map(report.components.map((component, index) => [refOf(component), `c${index}`])),
    where(location) {
      const text = clip(place(location), MAX_TEXT);
      const url = permalink(report.target, locate(location).file, location.line);
      return url === undefined ? markup`<code>${text}</code>` : markup`<a class="code" href="${url}" rel="noopener noreferrer">${text}</a>`;
    },
  };
}

export const parts = (all: readonly MessagePart[]): Html =>
  markup`${all.map(({ kind, text }) => (kind === 'text' ? markup`${text}` : markup`<code>${text}</code>`))}`;
