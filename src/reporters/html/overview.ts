import { SEVERITIES } from '../../core/severity.ts';
import { byKind, gapsOf, splitFindings } from '../summary.ts';
import { clip } from '../text/visible.ts';
import { bytes, count, KIND_WORDS } from '../text/words.ts';
import { MAX_TEXT, type Page } from './page.ts';
import { markup, type Html } from './tag.ts';

/** Shapes beside the words, so that severity is told without colour. */
export const MARKS = { critical: '◆', high: '▲', medium: '●', low: '■', info: '○' } as const;

export function overview({ report }: Page): Html {
  const { open, suppressed } = splitFindings(report.findings);
  const severities = SEVERITIES.map((severity) => {
    const n = open.filter((finding) => finding.severity === severity).length;
    return markup`<li class="tile ${severity}${n === 0 ? ' none' : ''}">
      <strong>${n}</strong> <span><span class="mark" aria-hidden="true">${MARKS[severity]}</span> ${severity}</span>
    </li>`;
  });
  const kinds = byKind(report.components).map(
    ({ kind, main, others }) =>
      markup`<li class="tile">
        <strong>${main.length}</strong>
        <span>${KIND_WORDS[kind][main.length === 1 ? 0 : 1]}${others > 0 && markup` <small>+ ${others} not AI or transitive</small>`}</span>
      </li>`,
  );
  return markup`<section id="overview" aria-labelledby="overview-title">
    <h2 id="overview-title">Overview</h2>
    <h3>
      ${open.length === 0 ? 'No open findings' : count(open.length, 'open finding')}${suppressed.length > 0 && `, ${suppressed.length} suppressed`}
    </h3>
    <ul class="tiles">
      ${severities}
    </ul>
    <h3>${report.components.length === 0 ? 'No AI components found' : count(report.components.length, 'component')}</h3>
    ${
      kinds.length > 0 &&
      markup`<ul class="tiles">
        ${kinds}
      </ul>`
    }
  </section> `;
}

/** What was looked at and what was not: without it, nothing said above can be trusted. */
export function coverage({ report }: Page): Html {
  const { skipped, crawlers } = gapsOf(report);
  const { coverage: seen } = report;
  const files = seen.skipped.filter((file) => file.reason !== 'excluded');
  const listed = files.slice(0, 500);
  const summary = skipped.map(([reason, n]) => `${n} ${reason}`).join(', ');
  return markup`<section id="coverage" aria-labelledby="coverage-title">
    <h2 id="coverage-title">Coverage</h2>
    <p>
      ${count(seen.filesSeen, 'file')}, ${bytes(seen.bytesSeen)} looked at.
      ${files.length === 0 && crawlers.length === 0 ? 'Everything that was wanted could be read.' : 'Not everything could be read: what follows may hide more.'}
    </p>
    ${
      crawlers.length > 0 &&
      markup`<ul>
        ${crawlers.map(({ id, status, reason }) => markup`<li><code>${id}</code>: ${status}${reason !== undefined && ` (${clip(reason, MAX_TEXT)})`}</li>`)}
      </ul>`
    }
    ${
      files.length > 0 &&
      markup`<details>
        <summary>${count(files.length, 'file')} not read (${summary})</summary>
        <ul class="places">
          ${listed.map(({ path, reason, detail }) => markup`<li><code>${clip(path, MAX_TEXT)}</code> ${reason}${detail !== undefined && `: ${clip(detail, MAX_TEXT)}`}</li>`)}
        </ul>
        ${files.length > listed.length && markup`<p>and ${files.length - listed.length} more</p>`}
      </details>`
    }
  </section> `;
}
