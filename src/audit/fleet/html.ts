import { SEVERITIES } from '../../core/severity.ts';
import type { Fleet, FleetTarget } from './view.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const text = (value: string): string =>
  value.replaceAll(/[&<>"']/g, (char) => ENTITIES[char] ?? char).replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1f2328;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}code{overflow-wrap:anywhere}.critical{color:#a40e26}.high{color:#bc4c00}.medium{color:#7d4e00}.low{color:#0550ae}.info,.clean{color:#57606a}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}.critical{color:#ff7b72}.high{color:#ffa657}.medium{color:#e3b341}.low{color:#79c0ff}.info,.clean{color:#8b949e}}`;

/** Open findings over the audits as a line; drawn, so that the page needs no script. */
function chart(values: readonly number[], label: string): string {
  if (values.length < 2) return '';
  const [width, height] = [240, 48];
  const top = Math.max(1, ...values);
  const points = values
    .map(
      (value, i) => `${((i / (values.length - 1)) * (width - 4) + 2).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`,
    )
    .join(' ');
  return `<svg role="img" aria-label="${text(label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><polyline fill="none" stroke="currentColor" stroke-width="2" points="${points}"></polyline></svg>`;
}

const severity = (name: string): string => `<strong class="${name}">${name}</strong>`;

function targetRow(target: FleetTarget): string {
  const { latest } = target;
  const state = latest.status === 'ok' ? 'ok' : `${latest.status}${latest.reason === undefined ? '' : `: ${latest.reason}`}`;
  return `<tr><td>${severity(target.worst ?? 'clean')}</td><td><code>${text(target.target)}</code></td>${SEVERITIES.map((name) => `<td class="n">${latest.open[name]}</td>`).join('')}<td class="n">${latest.drift}</td><td>${text(state)}</td></tr>`;
}

/** One page that needs no network and no script: what is new first, worst first. */
export function fleetHtml(fleet: Fleet): string {
  const fresh = fleet.targets.flatMap((target) => target.fresh.map((finding) => ({ target, finding })));
  const head = SEVERITIES.map((name) => `<th class="n" scope="col">${name}</th>`).join('');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AI fleet</title>
<style>${STYLE}</style>
</head>
<body>
<h1>AI fleet</h1>
<p>${text(fleet.time)}: ${fleet.targets.length} targets; ${SEVERITIES.map((name) => `${fleet.open[name]} ${severity(name)}`).join(', ')}; ${fleet.notAudited} could not be audited.</p>
${chart(
  fleet.trend.map(({ open }) => open),
  `open findings over ${fleet.trend.length} audits: ${fleet.trend.map(({ open }) => open).join(', ')}`,
)}
<h2>What is new</h2>
${
  fresh.length === 0
    ? '<p>Nothing changed since the audit before.</p>'
    : `<table><thead><tr><th scope="col">Severity</th><th scope="col">Target</th><th scope="col">What</th></tr></thead><tbody>${fresh
        .map(
          ({ target, finding }) =>
            `<tr><td>${severity(finding.severity)}</td><td><code>${text(target.target)}</code></td><td>${text(finding.message)} <code>${text(finding.ruleId)}</code></td></tr>`,
        )
        .join('\n')}</tbody></table>`
}
<h2>By owner</h2>
<table><thead><tr><th scope="col">Owner</th><th class="n" scope="col">Targets</th>${head}<th class="n" scope="col">Changes</th></tr></thead><tbody>
${fleet.owners.map(({ owner, targets, open, drift }) => `<tr><td><code>${text(owner)}</code></td><td class="n">${targets}</td>${SEVERITIES.map((name) => `<td class="n">${open[name]}</td>`).join('')}<td class="n">${drift}</td></tr>`).join('\n')}
</tbody></table>
<h2>Worst first</h2>
<table><thead><tr><th scope="col">Worst</th><th scope="col">Target</th>${head}<th class="n" scope="col">Changes</th><th scope="col">State</th></tr></thead><tbody>
${fleet.targets.map(targetRow).join('\n')}
</tbody></table>
</body>
</html>
`;
}
