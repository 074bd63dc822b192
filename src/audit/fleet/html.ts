import { SEVERITIES } from '../../core/severity.ts';
import { STYLE } from '../../reporters/html/style.ts';
import { markup, trusted, type Html } from '../../reporters/html/tag.ts';
import { clip } from '../../reporters/text/visible.ts';
import type { Fleet, FleetTarget } from './view.ts';
import { calmNote, driftOf, freshOf, isCalm, short, stateOf, summaryOf, timeOf, wordOf } from './words.ts';

/** Nothing longer helps a reader; the JSON has it whole. */
const MAX_TEXT = 300;
/** Rows of one table: what a browser shows at once. */
const MAX_ROWS = 2000;

const OWN_STYLE = `
.n{text-align:right;font-variant-numeric:tabular-nums;width:90px}
.word{width:116px}.name{width:30%}.spark{width:132px}.rule-id{width:230px}
.trend{color:var(--link)}.zero{color:var(--dim)}
details{margin:14px 0}
.counts{min-width:1080px}.counts small{display:block}
`;

const text = (value: string): string => clip(short(value), MAX_TEXT);
const badge = (word: string): Html => markup`<span class="badge ${word}">${word}</span>`;
const number = (value: number): Html => (value === 0 ? markup`<td class="n zero">0</td>` : markup`<td class="n">${value}</td>`);

/** Open findings over the audits as a line; drawn, so that the page needs no script. */
function chart(values: readonly number[], label: string, [width, height]: readonly [number, number]): Html {
  if (values.length < 2) return markup``;
  const top = Math.max(1, ...values);
  const points = values
    .map(
      (value, i) => `${((i / (values.length - 1)) * (width - 4) + 2).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`,
    )
    .join(' ');
  return markup`<svg class="trend" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><polyline fill="none" stroke="currentColor" stroke-width="2" points="${points}"></polyline></svg>`;
}

const tile = (name: string, value: number, tone = ''): Html =>
  markup`<li class="tile${tone === '' ? '' : ` ${tone}`}${tone !== '' && value === 0 ? ' none' : ''}"><strong>${value}</strong> <small>${name}</small></li>`;

function targetRow(target: FleetTarget): Html {
  const { latest, trend } = target;
  const state = stateOf(target);
  return markup`<tr>
    <td>${target.worst === undefined ? wordOf(target) : badge(target.worst)}</td>
    <td><code>${text(target.target)}</code>${state !== '' && markup` <small>${text(state)}</small>`}</td>
    ${SEVERITIES.map((name) => number(latest.open[name]))}
    ${number(latest.drift)}
    <td>${chart(trend, `open findings: ${trend.join(', ')}`, [110, 22])}</td>
  </tr>
  `;
}

const head = (cells: Html): Html => markup`<thead><tr>${cells}</tr></thead>`;
const severities = markup`${SEVERITIES.map((name) => markup`<th class="n" scope="col">${name}</th>`)}<th class="n" scope="col">changes</th>`;

const targetTable = (targets: readonly FleetTarget[]): Html => markup`<div class="scroll"><table class="counts">
  ${head(markup`<th class="word" scope="col">Worst</th><th class="name" scope="col">Target</th>${severities}<th class="spark" scope="col">Trend</th>`)}
  <tbody>${targets.slice(0, MAX_ROWS).map(targetRow)}</tbody></table></div>
  ${targets.length > MAX_ROWS && markup`<p class="hint">and ${targets.length - MAX_ROWS} more, in the JSON</p>`}`;

function freshTable(fleet: Fleet): Html {
  const fresh = freshOf(fleet);
  if (fresh.length === 0) return markup`<p>Nothing changed since the audit before.</p>`;
  return markup`<div class="scroll"><table>
    ${head(markup`<th class="word" scope="col">Severity</th><th class="name" scope="col">Target</th><th scope="col">What</th><th class="rule-id" scope="col">Rule</th>`)}
    <tbody>${fresh.slice(0, MAX_ROWS).map(
      ({ target, finding }) =>
        markup`<tr><td>${badge(finding.severity)}</td><td><code>${text(target.target)}</code></td><td>${text(finding.message)}</td><td><code>${finding.ruleId}</code></td></tr>
        `,
    )}</tbody></table></div>
    ${fresh.length > MAX_ROWS && markup`<p class="hint">and ${fresh.length - MAX_ROWS} more, in the JSON</p>`}`;
}

/** One page that needs no network and no script: what is new first, worst first. */
export function fleetHtml(fleet: Fleet): string {
  const open = fleet.targets.filter((target) => !isCalm(target));
  const calm = fleet.targets.filter(isCalm);
  const values = fleet.trend.map((audit) => audit.open);
  const page = markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AI fleet</title>
<style>${trusted(STYLE + OWN_STYLE)}</style>
</head>
<body>
<header><div class="grow"><h1>AI fleet</h1><p class="meta">${timeOf(fleet)}: ${summaryOf(fleet)}.</p></div></header>
<main>
<ul class="tiles">
${SEVERITIES.map((name) => tile(name, fleet.open[name], name))}
${tile('changes', driftOf(fleet))}
${tile('targets', fleet.targets.length)}
${tile('not audited', fleet.notAudited)}
</ul>
${
  values.length > 1 &&
  markup`<p>Open findings after ${values.length} audits, ${fleet.trend[0]?.time.slice(0, 10)} to ${fleet.trend.at(-1)?.time.slice(0, 10)}: ${values[0]} to ${values.at(-1)}.</p>
  ${chart(values, `open findings after ${values.length} audits: ${values.join(', ')}`, [480, 64])}`
}
<section><h2>What is new</h2>
${freshTable(fleet)}
</section>
<section><h2>Worst first</h2>
${open.length === 0 ? markup`<p>Nothing is open.</p>` : targetTable(open)}
${calm.length > 0 && markup`<details><summary>${calmNote(calm.length)}</summary>${targetTable(calm)}</details>`}
</section>
<section><h2>By owner</h2>
<div class="scroll"><table>
${head(markup`<th scope="col">Owner</th><th class="n" scope="col">targets</th>${severities}`)}
<tbody>${fleet.owners.map(
    ({ owner, targets, open: counts, drift }) =>
      markup`<tr><td><code>${text(owner)}</code></td><td class="n">${targets}</td>${SEVERITIES.map((name) => number(counts[name]))}${number(drift)}</tr>
      `,
  )}</tbody></table></div>
</section>
</main>
</body>
</html>
`;
  return `<!doctype html>\n${page.markup}`;
}
