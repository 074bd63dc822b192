/**
 * The page's only script: filters, theme, graph focus, print. Everything is in the document without it; it
 * builds no markup from data, and asks for nothing. Plain ES2020, run as it stands here (its hash is in the CSP).
 */
export const SCRIPT = `
(() => {
  'use strict';
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  const root = document.documentElement;
  const toggle = document.getElementById('theme');
  const dark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const name = () => { toggle.textContent = dark() ? 'Light theme' : 'Dark theme'; };
  toggle.hidden = false;
  toggle.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; name(); });
  name();

  for (const section of all('[data-list]')) {
    const controls = all('[data-filter]', section);
    const rows = all('tbody tr', section);
    const groups = all('.rule', section);
    const count = section.querySelector('[data-count]');
    const more = section.querySelector('[data-more]');
    // Rows beyond the first are laid out when they are asked for: a browser needs a second for five thousand.
    let limit = 500;
    let texts;
    const apply = () => {
      const wanted = Object.fromEntries(controls.map((control) => [control.dataset.filter, control.value]));
      const words = (wanted.text || '').toLowerCase().split(/\\s+/).filter(Boolean);
      if (words.length > 0 && !texts) texts = rows.map((row) => ((row.closest('.rule') || row).querySelector('h3')?.textContent + ' ' + row.textContent).toLowerCase());
      let found = 0;
      rows.forEach((row, index) => {
        const data = row.dataset;
        const fits = (!wanted.kind || data.kind === wanted.kind)
          && (!wanted.main || data.main === wanted.main)
          && (!wanted.status || data.status === wanted.status)
          && (!wanted.rank || Number(data.rank) >= Number(wanted.rank))
          && words.every((word) => texts[index].includes(word));
        if (fits) found += 1;
        const keep = fits && found <= limit;
        if (row.hidden === keep) row.hidden = !keep;
      });
      const shown = Math.min(found, limit);
      more.hidden = found <= limit;
      more.textContent = 'Show all ' + found;
      for (const group of groups) group.hidden = !group.querySelector('tbody tr:not([hidden])');
      count.textContent = shown === rows.length ? rows.length + ' shown' : shown + ' of ' + rows.length + ' shown';
    };
    for (const control of controls) control.addEventListener('input', apply);
    more.addEventListener('click', () => { limit = Infinity; apply(); });
    apply();
    // A link to a row that a filter hides takes the filter away.
    const reveal = () => {
      const row = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      if (!row || !section.contains(row) || row.tagName !== 'TR') return;
      if (row.hidden) { limit = Infinity; for (const control of controls) control.value = control.dataset.filter === 'rank' ? '0' : ''; apply(); }
      row.querySelector('details').open = true;
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: 'start' });
    };
    addEventListener('hashchange', reveal);
    reveal();
  }

  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const search = document.querySelector('input[type=search]');
    if (search) { event.preventDefault(); search.focus(); }
  });

  const svg = document.querySelector('#graph svg');
  if (svg) {
    const nodes = all('.node', svg);
    const edges = all('.edge', svg);
    const show = (node) => {
      const own = node && node.dataset.node;
      svg.classList.toggle('active', Boolean(node));
      const near = new Set([own]);
      for (const edge of edges) {
        const on = Boolean(node) && (edge.dataset.from === own || edge.dataset.to === own);
        edge.classList.toggle('on', on);
        if (on) near.add(edge.dataset.from).add(edge.dataset.to);
      }
      for (const each of nodes) each.classList.toggle('on', Boolean(node) && near.has(each.dataset.node));
    };
    for (const node of nodes) {
      node.addEventListener('focus', () => show(node));
      node.addEventListener('blur', () => show());
      node.addEventListener('mouseenter', () => show(node));
      node.addEventListener('mouseleave', () => show(document.activeElement && document.activeElement.dataset.node ? document.activeElement : undefined));
    }
  }

  let closed = [];
  addEventListener('beforeprint', () => { for (const more of all('[data-more]:not([hidden])')) more.click(); closed = all('.prose details:not([open]), #coverage details:not([open]), #graph details:not([open])'); for (const each of closed) each.open = true; });
  addEventListener('afterprint', () => { for (const each of closed) each.open = false; });
})();
`;
