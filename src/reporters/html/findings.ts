import type { Finding } from '../../core/finding.ts';
import { SEVERITIES, severityRank } from '../../core/severity.ts';
import { byRule, type RuleGroup } from '../summary.ts';
import { messageParts, proseParts } from '../text/message.ts';
import { titleOf } from '../text/rule-text.ts';
import { clip } from '../text/visible.ts';
import { count } from '../text/words.ts';
import { MARKS } from './overview.ts';
import { MAX_TEXT, parts, type Page } from './page.ts';
import { markup, type Html } from './tag.ts';

/** Rows of the page; more than this nobody reads, and a browser becomes slow. */
const MAX_FINDINGS = 5000;
const MAX_RELATED = 20;

function status({ status: word, suppression }: Finding): Html {
  if (suppression === undefined) return markup`${word}`;
  const until = suppression.expires === undefined ? '' : `, until ${suppression.expires}`;
  const note = `${clip(suppression.reason, MAX_TEXT)} (${clip(suppression.source, MAX_TEXT)}${until})`;
  return markup`${word}<br /><small>${note}</small>`;
}

function row(finding: Finding, page: Page): Html {
  const anchor = finding.component === undefined ? undefined : page.anchor.get(finding.component);
  const name = finding.component === undefined ? undefined : clip(finding.component.slice(finding.component.indexOf(':') + 1), 80);
  const related = finding.related.slice(0, MAX_RELATED);
  return markup`<tr data-rank="${severityRank(finding.severity)}" data-status="${finding.status === 'open' ? 'open' : 'suppressed'}">
    <td>
      ${page.where(finding.location)}${
        related.length > 0 &&
        markup`<details>
          <summary>${count(finding.related.length, 'related place')}</summary>
          <ul class="places">
            ${related.map((location) => markup`<li>${page.where(location)}</li>`)}
          </ul>
        </details>`
      }
    </td>
    <td>
      ${parts(messageParts(finding, page.texts))}${anchor !== undefined && markup` <a class="jump" href="#${anchor}">Component ${name}</a>`}
    </td>
    <td>${finding.severity}<br /><small>${finding.confidence} confidence</small></td>
    <td>${status(finding)}</td>
  </tr> `;
}

function prose(ruleId: string, page: Page): Html {
  const text = page.texts(ruleId);
  if (text === undefined) return markup``;
  const mappings = Object.values(text.mappings).flat();
  return markup`<div class="prose">
    ${text.remediation !== '' && markup`<p><strong>What to do:</strong> ${parts(proseParts(text.remediation))}</p>`}
    <details>
      <summary>Why it matters</summary>
      ${text.why !== '' && markup`<p>${parts(proseParts(text.why))}</p>`}
      ${text.cwe.length > 0 && markup`<p>${text.cwe.map((cwe) => `CWE-${cwe}`).join(', ')}</p>`}
      <ul>
        ${mappings.map(({ id, title, url }) => markup`<li><a href="${url}" rel="noopener noreferrer">${id} ${title}</a></li>`)}${text.references.map((url) => markup`<li><a href="${url}" rel="noopener noreferrer">${url}</a></li>`)}
      </ul>
    </details>
  </div>`;
}

function group({ ruleId, severity, findings }: RuleGroup, index: number, page: Page): Html {
  const id = `r${index}`;
  return markup`<article class="rule ${severity}" aria-labelledby="${id}">
    <h3 id="${id}">
      <span class="badge ${severity}"><span class="mark" aria-hidden="true">${MARKS[severity]}</span> ${severity}</span>
      ${titleOf(ruleId, page.texts)} <small><code>${ruleId}</code> ${findings.length > 1 && `(${findings.length})`}</small>
    </h3>
    ${prose(ruleId, page)}
    <section class="scroll" tabindex="0" aria-label="Places of ${ruleId}">
      <table>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">What</th>
            <th scope="col">Severity</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          ${findings.map((finding) => row(finding, page))}
        </tbody>
      </table>
    </section>
  </article> `;
}

export function findingsSection(page: Page): Html {
  const { report, showSuppressed } = page;
  if (report.findings.length === 0)
    return markup`<section id="findings" aria-labelledby="findings-title">
      <h2 id="findings-title">Findings</h2>
      <p>Nothing found.</p>
    </section> `;
  const groups = byRule(report.findings);
  let room = MAX_FINDINGS;
  const shown = groups.flatMap((each) => {
    const findings = each.findings.slice(0, room);
    room -= findings.length;
    return findings.length === 0 ? [] : [{ ...each, findings }];
  });
  const left = report.findings.length - (MAX_FINDINGS - room);
  return markup`<section id="findings" aria-labelledby="findings-title" data-list="findings">
    <h2 id="findings-title">Findings</h2>
    <search class="filters" aria-label="Filter findings">
      <label>Search <input type="search" data-filter="text" autocomplete="off" spellcheck="false" /></label>
      <label>Severity
        <select data-filter="rank">
          <option value="0">all</option>
          ${SEVERITIES.slice(0, -1).map((severity) => markup`<option value="${severityRank(severity)}">${severity}${severity !== 'critical' && ' and worse'}</option>`)}
        </select></label>
      <label>Status
        <select data-filter="status">
          <option value="open"${!showSuppressed && markup` selected`}>open</option>
          <option value="suppressed">suppressed</option>
          <option value=""${showSuppressed && markup` selected`}>all</option>
        </select></label>
      <output data-count aria-live="polite"></output>
      <button type="button" data-more hidden>Show all</button>
    </search>
    ${shown.map((each, index) => group(each, index, page))}${left > 0 && markup`<p>${count(left, 'more finding')} in the JSON report.</p>`}
  </section> `;
}
