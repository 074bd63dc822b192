import { createHash } from 'node:crypto';
import type { Report } from '../../core/report.ts';
import type { RenderOptions } from '../reporter.ts';
import { aboveFloors } from '../select.ts';
import { noTexts } from '../text/rule-text.ts';
import { clip } from '../text/visible.ts';
import { completenessSection } from './completeness.ts';
import { componentsSection } from './components.ts';
import { findingsSection } from './findings.ts';
import { graphSection } from './graph.ts';
import { coverage, overview } from './overview.ts';
import { MAX_TEXT, pageOf } from './page.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';
import { markup, trusted } from './tag.ts';

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but our style and our script, by their hashes: no request leaves the page, and no text of a report can run. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hash(STYLE)}`,
  `script-src ${hash(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One self-contained page: overview, findings, components, graph, coverage. Reads without its script; filters need it. */
export function render(full: Report, options: RenderOptions): string {
  const report = aboveFloors(full, options);
  const page = pageOf(report, options.texts ?? noTexts, options.showSuppressed === true);
  const { target, tool, timestamp } = report;
  const name = clip(target.name, MAX_TEXT);
  const graph = graphSection(page);
  const sections = [
    ['overview', 'Overview'],
    ['findings', 'Findings'],
    ...(report.components.length > 0 ? [['components', 'Components'] as const] : []),
    ...(graph.markup === '' ? [] : [['graph', 'AI graph'] as const]),
    ...(options.completeness === undefined ? [] : [['completeness', 'Completeness'] as const]),
    ['coverage', 'Coverage'],
  ] as const;
  const at = [target.commit?.slice(0, 12), target.branch]
    .filter((text) => text !== undefined && text !== '')
    .map((text) => clip(text ?? '', MAX_TEXT));
  return markup`${trusted('<!DOCTYPE html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="${tool.name} ${tool.version}" />
        <title>AI supply chain of ${name}</title>
        <style>${trusted(STYLE)}</style>
      </head>
      <body>
        <a class="skip" href="#overview">Skip to the report</a>
        <header>
          <div class="grow">
            <h1>AI supply chain of ${name}</h1>
            <p class="meta">
              ${at.length > 0 && `${at.join(', ')}, `}<time datetime="${timestamp}">${timestamp.slice(0, 16).replace('T', ' ')} UTC</time>
            </p>
          </div>
          <button type="button" id="theme" hidden>Theme</button>
        </header>
        <nav aria-label="Sections">
          <ul>
            ${sections.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>
        <main>${overview(page)}${findingsSection(page)}${componentsSection(page)}${graph}${completenessSection(options.completeness)}${coverage(page)}</main>
        <footer>Made by ${tool.name} ${tool.version}, rules ${tool.rules}. Static analysis: nothing that was scanned has been run.</footer>
        <script>${trusted(SCRIPT)}</script>
      </body>
    </html> `.markup;
}
