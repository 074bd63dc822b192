import { clip } from '../text/visible.ts';
import { fit } from '../text/width.ts';
import { count, KIND_WORDS } from '../text/words.ts';
import { BOX, layOut, type GraphDrawing, type GraphNode } from './layout.ts';
import type { Page } from './page.ts';
import { markup, type Html } from './tag.ts';

/** Characters that a box holds. */
const LABEL = 19;

const nameOf = ({ component }: GraphNode, page: Page): string => component?.name ?? page.report.target.name;
const kindOf = ({ component }: GraphNode): string => (component === undefined ? 'application' : KIND_WORDS[component.kind][0]);

function box(node: GraphNode, index: number, page: Page): Html {
  const name = nameOf(node, page);
  const target = node.component === undefined ? '#overview' : `#${page.anchor.get(node.ref) ?? ''}`;
  return markup`<a
    href="${target}"
    class="node ${node.component?.kind ?? 'application'}"
    data-node="${index}"
    aria-label="${kindOf(node)} ${clip(name, 120)}"
    ><rect x="${node.x}" y="${node.y}" width="${BOX.width}" height="${BOX.height}" rx="6"></rect
    ><text x="${node.x + 10}" y="${node.y + 16}" class="kind">${kindOf(node)}</text
    ><text x="${node.x + 10}" y="${node.y + 31}">${fit(clip(name, 80), LABEL)}</text><title>${kindOf(node)}: ${clip(name, 200)}</title></a
  > `;
}

function line({ nodes }: GraphDrawing, { from, to, type }: GraphDrawing['edges'][number]): Html {
  const [a, b] = [nodes[from], nodes[to]];
  if (a === undefined || b === undefined) return markup``;
  const forward = b.x > a.x;
  const [x1, y1] = [a.x + (forward ? BOX.width : 0), a.y + BOX.height / 2];
  const [x2, y2] = [b.x + (forward ? 0 : BOX.width), b.y + BOX.height / 2];
  const bend = (forward ? 1 : -1) * Math.max(40, Math.abs(x2 - x1) / 2);
  return markup`<path
    class="edge ${type}"
    data-from="${from}"
    data-to="${to}"
    marker-end="url(#arrow)"
    d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"
    ><title>${type}</title></path
  > `;
}

/** The AI graph as inline SVG: each box links to its component, a focused box shows its own lines; the same as a list below. */
export function graphSection(page: Page): Html {
  const drawing = layOut(page.report);
  if (drawing === undefined) return markup``;
  const { nodes, edges, width, height, left } = drawing;
  const said = edges.flatMap(({ from, to, type }) => {
    const [a, b] = [nodes[from], nodes[to]];
    return a === undefined || b === undefined || type === 'contains'
      ? []
      : [markup`<li>${clip(nameOf(a, page), 120)} <em>${type}</em> ${clip(nameOf(b, page), 120)}</li>`];
  });
  return markup`<section id="graph" aria-labelledby="graph-title">
    <h2 id="graph-title">AI graph</h2>
    <p class="hint">Point at a box or move to it with the Tab key to see its relations; Enter goes to the component.</p>
    <div class="scroll canvas">
      <svg
        viewBox="0 0 ${width} ${height}"
        width="${width}"
        height="${height}"
        role="group"
        aria-label="Graph of ${count(nodes.length, 'component')} and ${count(edges.length, 'relation')}"
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
            <path d="M0 0L8 4L0 8Z"></path>
          </marker>
        </defs>
        <g aria-hidden="true">${edges.map((edge) => line(drawing, edge))}</g>
        ${nodes.map((node, index) => box(node, index, page))}
      </svg>
    </div>
    ${left > 0 && markup`<p>${count(left, 'more component')} with relations not drawn.</p>`}
    <details>
      <summary>Relations as a list</summary>
      <ul class="places">
        ${said}
      </ul>
    </details>
  </section> `;
}
