import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { code } from '../../src/reporters/markdown/escape.ts';
import { render } from '../../src/reporters/markdown/index.ts';
import { expectTame } from './tame.ts';

const options = { texts: fixtureTexts };

/** What is left when code spans (CommonMark 6.1: equal runs of backticks) are taken out of a line. */
function withoutCode(line: string): string {
  let out = '';
  let rest = line;
  for (;;) {
    const open = /`+/.exec(rest);
    if (open === null) return out + rest;
    const after = rest.slice(open.index + open[0].length);
    const close = [...after.matchAll(/`+/g)].find(([run]) => run.length === open[0].length);
    if (close === undefined) return out + rest;
    out += rest.slice(0, open.index);
    rest = after.slice(close.index + close[0].length);
  }
}

describe('Markdown', () => {
  test('tells findings with links to the lines at the commit, advice, inventory, graph and gaps', () => {
    const text = render(richReport, options);
    expect(text).toContain('6 open findings: **1 critical**, **2 high**, **2 medium**, **1 info**, 3 suppressed.');
    expect(text).toContain('### CRITICAL: Model file runs code when it is loaded (`unsafe-artifact`)');
    expect(text).toContain('[`train.py:8`](https://github.com/acme/support-bot/blob/1a2b3c4d5e6f708192a3b4c5d6e7f80912345678/train.py#L8)');
    expect(text).toContain('**What to do:** Pin the full commit: `revision="<40 hexadecimal digits>"`.');
    expect(text).toContain('| `mcp-unpinned-server` |');
    expect(text).toContain('-->|adapter-of|');
    expect(text).toContain('- 1 file not read: syntax-error');
  });

  test('without a known remote there are no links', () => {
    const { remote: _, ...target } = richReport.target;
    expect(render({ ...richReport, target }, options)).not.toContain('https://github.com');
  });

  test('says that nothing was found', () => {
    const text = render(emptyReport, options);
    expect(text).toContain('No open findings. 0 components');
    expect(text).toContain('No AI components found.');
  });

  test.each([65_536, 20_000, 5000, 1000])('fits %i characters', (maxLength) => {
    const findings = Array.from({ length: 3000 }, (_, index) => ({
      ...(richReport.findings[index % 9] as (typeof richReport.findings)[number]),
      ruleId: `rule-${index % 40}`,
    }));
    const text = render({ ...richReport, findings }, { ...options, maxLength });
    expect(text.length).toBeLessThanOrEqual(maxLength);
    expect(text.startsWith('# AI supply chain')).toBe(true);
  });

  test('hostile text stands in code spans only', () => {
    const text = render(hostileReport, options);
    expectTame(text);
    const [before = '', rest = ''] = text.split('```mermaid');
    expect(rest).toBe('');
    for (const line of before.split('\n')) {
      const outside = withoutCode(line);
      expect(outside).not.toMatch(/evil|onerror|<script|<img|javascript|@team|pwned|HYPERLINK|calc/);
      expect(outside).not.toContain('`');
    }
  });

  test('rows keep their columns, whatever a name holds', () => {
    const rows = render(hostileReport, options)
      .split('\n')
      .filter((line) => line.startsWith('| '));
    const columns = (line: string): number => line.replaceAll(/\\\|/g, '').split('|').length;
    for (const [index, line] of rows.entries()) {
      if (line.startsWith('| ---')) expect(columns(rows[index - 1] ?? '')).toBe(columns(line));
      else if (index > 0 && rows[index - 1]?.startsWith('| ') && !rows[index + 1]?.startsWith('| ---'))
        expect(columns(line)).toBe(columns(rows[index - 1] ?? ''));
    }
    expect(rows.length).toBeGreaterThan(100);
  });

  test('labels of the graph are plain text', () => {
    const [model, artifact] = hostileReport.components;
    if (model === undefined || artifact === undefined) throw new Error('fixture');
    const named = hostileReport.components.filter((each) => each.kind === 'model');
    const relations = named.map((each) => ({ from: 'application:root', to: `model:${each.name.toLowerCase()}`, type: 'uses' as const }));
    const graph = /```mermaid\n([\s\S]*?)\n```/.exec(render({ ...hostileReport, relations }, options))?.[1] ?? '';
    expect(graph.split('\n')).toHaveLength(1 + 17 + 16);
    for (const line of graph.split('\n').slice(1)) {
      expect(line).toMatch(/^ {2}n\d+(?: -->\|uses\| n\d+|[([{>/]+"(?:[\p{L}\p{N} ./_@:+-]|#\d+;)*"[)\]}/]+)$/u);
    }
  });

  test.each(['a`b', '``', '`', ' x ', '', 'a|b', 'x`` `y'])('%j as code span comes back', (text) => {
    const span = code(text);
    expect(withoutCode(span)).toBe('');
    const inner = /^(`+)([\s\S]*)\1$/.exec(span)?.[2] ?? '';
    expect(inner.trim()).toBe(text.trim() === '' ? '' : text.trim());
  });
});
