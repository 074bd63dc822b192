import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import type { Report } from '../../src/core/report.ts';
import { render } from '../../src/reporters/html/index.ts';

/** 5,000 components, 4,000 findings, 6,000 relations: a large monorepo. */
const largeReport: Report = {
  ...richReport,
  components: Array.from({ length: 5000 }, (_, index) => {
    const base = richReport.components[index % richReport.components.length] as (typeof richReport.components)[number];
    return { ...base, name: `${base.name}-${index}` };
  }),
  findings: Array.from({ length: 4000 }, (_, index) => ({
    ...(richReport.findings[index % 9] as (typeof richReport.findings)[number]),
    fingerprint: String(index),
  })),
  relations: Array.from({ length: 6000 }, (_, index) => ({
    from: 'application:root',
    to: `library:pypi/torch-${(index * 25 + 9) % 5000}`,
    type: 'uses' as const,
  })),
};

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-html-'));
  browser = await chromium.launch({ executablePath: process.env['ASSAY_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

interface Opened {
  readonly page: Page;
  /** Console messages, page errors, dialogs and requests other than the page itself. */
  readonly noise: readonly string[];
}

async function open(report: Report, options: BrowserContextOptions = {}): Promise<Opened> {
  const path = join(folder, 'report.html');
  writeFileSync(path, render(report, { texts: fixtureTexts }));
  const url = pathToFileURL(path).href;
  const page = await (await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })).newPage();
  const noise: string[] = [];
  page.on('console', (message) => noise.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    noise.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url) noise.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, noise };
}

const shown = (page: Page, list: string): Promise<number> => page.locator(`#${list} tbody tr:visible`).count();
const active = (page: Page, attribute: string): Promise<string | null> =>
  page.evaluate(`document.activeElement.getAttribute(${JSON.stringify(attribute)})`);

describe('the page in Chromium', () => {
  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('%s: no console message, no request, no dialog, in both themes', async (_, report) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, noise } = await open(report, { colorScheme });
      await page.locator('#theme').click();
      for (const summary of await page.locator('summary:visible').all()) await summary.click();
      expect(noise).toEqual([]);
    }
  });

  test('filters work by keyboard alone', async () => {
    const { page } = await open(richReport);
    expect(await shown(page, 'findings')).toBe(6);
    await page.keyboard.press('/');
    expect(await active(page, 'data-filter')).toBe('text');
    await page.keyboard.type('torch');
    expect(await shown(page, 'findings')).toBe(1);
    expect(await page.locator('#findings output').textContent()).toBe('1 of 9 shown');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Tab');
    expect(await active(page, 'data-filter')).toBe('rank');
    await page.keyboard.type('high');
    expect(await shown(page, 'findings')).toBe(3);
    await page.keyboard.press('Tab');
    await page.keyboard.type('all');
    expect(await shown(page, 'findings')).toBe(4);
    expect(await page.locator('#findings article:visible').count()).toBe(4);
  });

  test('components: by kind, by word, ordinary libraries on demand', async () => {
    const { page } = await open(richReport);
    expect(await shown(page, 'components')).toBe(23);
    await page.locator('#components [data-filter=main]').selectOption('');
    expect(await shown(page, 'components')).toBe(25);
    await page.locator('#components').getByLabel('Kind').selectOption('model');
    expect(await shown(page, 'components')).toBe(5);
    await page.locator('#components').getByLabel('Search').fill('LLAMA serve/load.py:5');
    expect(await shown(page, 'components')).toBe(1);
  });

  test('the graph: a focused box shows its relations, Enter goes to the component', async () => {
    const { page } = await open(richReport);
    const node = page.getByRole('link', { name: 'model acme/lora-support' });
    await node.focus();
    expect(await page.locator('#graph .edge.on').count()).toBe(4);
    expect(await page.locator('#graph .node.on').count()).toBe(5);
    await page.keyboard.press('Enter');
    await page.locator('#components tr:focus').waitFor();
    expect(await page.locator('#components tr:focus summary').textContent()).toBe('acme/lora-support');
    // The row has the focus a moment before it is open.
    await page.locator('#components tr:focus details[open]').waitFor();
  });

  test('a link to a component that a filter hides takes the filter away', async () => {
    const { page } = await open(richReport);
    await page.locator('#components').getByLabel('Kind').selectOption('agent');
    await page.locator('#findings').getByRole('link', { name: 'Component pypi/torch' }).click();
    await page.locator('#components tr:focus').waitFor();
    expect(await page.locator('#components tr:focus summary').textContent()).toBe('torch');
  });

  test('5,000 components and 4,000 findings open in less than two seconds', async () => {
    const { page, noise } = await open(emptyReport);
    const session = await page.context().newCDPSession(page);
    // Time of the page's own thread: on a machine that does other things too, the clock on the wall says nothing.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const path = join(folder, 'large.html');
    writeFileSync(path, render(largeReport, { texts: fixtureTexts }));
    await page.goto(pathToFileURL(path).href);
    expect(await page.locator('#components output').textContent()).toBe('500 of 5000 shown');
    const { metrics } = await session.send('Performance.getMetrics');
    expect(metrics.find((metric) => metric.name === 'TaskDuration')?.value).toBeLessThan(2);
    expect(noise.filter((text) => !text.endsWith('large.html'))).toEqual([]);
    await page.locator('#components [data-more]').click();
    expect(await page.locator('#components output').textContent()).toBe('4600 of 5000 shown');
    await page.locator('#components').getByLabel('Search').fill('gpt-4o-17');
    expect(await page.locator('#components output').textContent()).toBe('5 of 5000 shown');
  });

  test('without scripts everything is there to read', async () => {
    const { page } = await open(richReport, { javaScriptEnabled: false });
    expect(await shown(page, 'findings')).toBe(9);
    expect(await shown(page, 'components')).toBe(25);
    expect(await page.locator('#theme').isVisible()).toBe(false);
  });

  test('on paper: light, without controls, with the prose', async () => {
    const { page } = await open(richReport, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('#findings search').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('.prose details').first().getAttribute('open')).not.toBeNull();
  });

  test('text stands out from its ground by 4.5:1 in both themes', async () => {
    const measure = `(() => {
      const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
      const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255]; };
      const ground = (element) => {
        const stack = [];
        for (let each = element; each; each = each.parentElement) stack.push(rgba(getComputedStyle(each).backgroundColor));
        return stack.reverse().reduce((under, [r, g, b, a]) => a === 0 ? under : [r * a + under[0] * (1 - a), g * a + under[1] * (1 - a), b * a + under[2] * (1 - a)], [255, 255, 255]);
      };
      const light = ([r, g, b]) => { const f = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }; return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
      const bad = [];
      for (const element of document.querySelectorAll('body *:not(script):not(svg *)')) {
        if (!element.checkVisibility() || ![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
        const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 4.5) bad.push(element.tagName + '.' + element.className + ' ' + ratio.toFixed(2));
      }
      return [...new Set(bad)];
    })()`;
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(richReport, { colorScheme });
      expect(await page.evaluate(measure), colorScheme).toEqual([]);
    }
  });

  test('a narrow window scrolls in its tables, not as a whole', async () => {
    const { page } = await open(hostileReport, { viewport: { width: 400, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
  });
});
