import { COMPONENT_KINDS, refOf, type Component } from '../../core/component.ts';
import { purlOf } from '../../core/purl.ts';
import type { Report } from '../../core/report.ts';
import { isMain } from '../summary.ts';
import { clip } from '../text/visible.ts';
import { bytes, count, KIND_WORDS } from '../text/words.ts';
import { MAX_TEXT, type Page } from './page.ts';
import { markup, trusted, type Html } from './tag.ts';

const MAX_COMPONENTS = 20_000;
const MAX_PLACES = 30;

/** What stands in columns or says where it was seen. */
const SHOWN = new Set(['kind', 'name', 'occurrences', 'licence', 'verdict']);

function value(key: string, content: unknown): string {
  if (key === 'size') return bytes(Number(content));
  if (Array.isArray(content)) return content.map((item) => value('', item)).join(', ');
  if (typeof content !== 'object' || content === null) return String(content);
  return Object.entries(content)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${name}: ${value(name, item)}`)
    .join(', ');
}

const label = (key: string): string => key.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

function facts(component: Component): Html {
  const purl = purlOf(component);
  const entries = Object.entries(component)
    .filter(([key, content]) => !SHOWN.has(key) && content !== undefined && !(Array.isArray(content) && content.length === 0))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, content]) => [label(key), value(key, content)] as const);
  const all = purl === undefined ? entries : [...entries, ['package URL', purl] as const];
  // One element, not three for each fact: with five thousand components a browser would build a hundred thousand more.
  return markup`<p class="facts">${all
    .map(([key, text]) => `${key}: ${clip(text, MAX_TEXT)}`)
    .map((line, index) => markup`${index > 0 && trusted('\n')}${line}`)}</p>`;
}

function place({ location, symbol, confidence }: Component['occurrences'][number], page: Page): Html {
  const said = [
    symbol === undefined || symbol === '' ? undefined : clip(symbol, 120),
    confidence === 'high' ? undefined : `${confidence} confidence`,
  ];
  return markup`<li>${page.where(location)} ${said.filter((text) => text !== undefined).join(', ')}</li>`;
}

function version(component: Component): string {
  switch (component.kind) {
    case 'model':
    case 'dataset':
      return component.revision ?? '';
    case 'library':
      return component.version ?? component.range ?? '';
    case 'infra':
      return component.version ?? component.digest ?? '';
    case 'mcp-server':
      return component.package?.version ?? '';
    case 'artifact':
      return component.format;
    case 'service':
    case 'vector-store':
    case 'agent':
    case 'prompt':
      return '';
  }
}

function row(component: Component, page: Page, found: ReadonlyMap<string, number>): Html {
  const ref = refOf(component);
  const { occurrences } = component;
  const [first] = occurrences;
  const shown = occurrences.slice(0, MAX_PLACES);
  const open = found.get(ref) ?? 0;
  const licence = 'licence' in component ? (component.licence?.id ?? '') : '';
  const verdict = component.kind === 'artifact' ? component.verdict : undefined;
  return markup`<tr id="${page.anchor.get(ref)}" data-kind="${component.kind}" data-main="${isMain(component) ? 'yes' : 'no'}" tabindex="-1">
    <td>
      <details>
        <summary>${clip(component.name, 120)}</summary>
        ${facts(component)}
        <ul class="places">${shown.map((occurrence) => place(occurrence, page))}</ul>
        ${occurrences.length > shown.length && markup`<p>and ${occurrences.length - shown.length} more</p>`}
      </details>
    </td>
    <td>${KIND_WORDS[component.kind][0]}</td>
    <td>${clip(version(component), 24)}${verdict !== undefined && markup` <span class="verdict ${verdict}">${verdict}</span>`}</td>
    <td>${clip(licence, 60)}</td>
    <td>
      ${first !== undefined && page.where(first.location)}${occurrences.length > 1 && markup` <small>+${occurrences.length - 1}</small>`}
    </td>
    <td>${open > 0 && open}</td>
  </tr> `;
}

function openByComponent(report: Report): Map<string, number> {
  const found = new Map<string, number>();
  for (const { component, status } of report.findings) {
    if (component !== undefined && status === 'open') found.set(component, (found.get(component) ?? 0) + 1);
  }
  return found;
}

export function componentsSection(page: Page): Html {
  const { components } = page.report;
  if (components.length === 0) return markup``;
  const kinds = COMPONENT_KINDS.filter((kind) => components.some((component) => component.kind === kind));
  const found = openByComponent(page.report);
  const sorted = kinds.flatMap((kind) => components.filter((component) => component.kind === kind));
  const shown = sorted.slice(0, MAX_COMPONENTS);
  const hasOthers = components.some((component) => !isMain(component));
  return markup`<section id="components" aria-labelledby="components-title" data-list="components">
    <h2 id="components-title">Components</h2>
    <search class="filters" aria-label="Filter components">
      <label>Search <input type="search" data-filter="text" autocomplete="off" spellcheck="false" /></label>
      <label>Kind
        <select data-filter="kind">
          <option value="">all</option>
          ${kinds.map((kind) => markup`<option value="${kind}">${KIND_WORDS[kind][1]}</option>`)}
        </select></label>
      ${
        hasOthers &&
        markup`<label>Libraries
          <select data-filter="main">
            <option value="yes" selected>AI and direct</option>
            <option value="">all</option>
          </select></label>`
      }
      <output data-count aria-live="polite"></output>
      <button type="button" data-more hidden>Show all</button>
    </search>
    <section class="scroll" tabindex="0" aria-label="Table of components">
      <table class="wide">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Kind</th>
            <th scope="col">Version or format</th>
            <th scope="col">Licence</th>
            <th scope="col">Seen at</th>
            <th scope="col">Open findings</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((component) => row(component, page, found))}
        </tbody>
      </table>
    </section>
    ${sorted.length > shown.length && markup`<p>${count(sorted.length - shown.length, 'more component')} in the JSON report.</p>`}
  </section> `;
}
