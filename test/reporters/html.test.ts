import { createHash } from 'node:crypto';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';
import { describe, expect, test } from 'vitest';
import { hostileReport } from '../../fixtures/reports/hostile.ts';
import { emptyReport, richReport } from '../../fixtures/reports/rich.ts';
import { fixtureTexts } from '../../fixtures/reports/texts.ts';
import { render } from '../../src/reporters/html/index.ts';
import { markup } from '../../src/reporters/html/tag.ts';
import { expectTame } from './tame.ts';

const options = { texts: fixtureTexts };

const validator = new HtmlValidate(
  new StaticConfigLoader({
    extends: ['html-validate:standard', 'html-validate:a11y'],
    rules: {
      // One trailing blank before an end of line is nothing to a reader.
      'no-trailing-whitespace': 'off',
      // A script and a style that the CSP admits by their hash.
      'no-inline-style': 'error',
      'require-sri': 'off',
      // XHTML's `/>` of void elements is allowed in HTML.
      'void-style': 'off',
      // Buttons, links and landmarks are named by what stands in them.
      'long-title': 'off',
      'tel-non-breaking': 'off',
    },
  }),
);

async function problems(page: string): Promise<string[]> {
  const { results } = await validator.validateString(page);
  return results.flatMap((result) => result.messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId}: ${message}`));
}

describe('HTML page', () => {
  test.each([
    ['rich', richReport],
    ['empty', emptyReport],
    ['hostile', hostileReport],
  ])('of a %s report is valid and accessible HTML', async (_, report) => {
    expect((await problems(render(report, options))).slice(0, 10)).toEqual([]);
  });

  test('the validator is at work', async () => {
    expect(await problems(render(richReport, options).replace('<main>', '<main><p><div></div></p><img src="x">'))).not.toEqual([]);
  });

  test('only its own style and script may run: their hashes are in the policy, and nothing else is allowed', () => {
    const page = render(hostileReport, options);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]+='; script-src 'sha256-[\w+/]+='; base-uri 'none'; form-action 'none'$/,
    );
    for (const name of ['style', 'script']) {
      const bodies = [...page.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))].map((match) => match[1] ?? '');
      expect(bodies).toHaveLength(1);
      expect(policy).toContain(
        `'sha256-${createHash('sha256')
          .update(bodies[0] ?? '')
          .digest('base64')}'`,
      );
    }
    const tags = [...page.replaceAll(/"[^"]*"/g, '""').matchAll(/<[a-z][^>]*>/g)].join('\n');
    expect(tags).not.toMatch(/<(?:img|iframe|object|embed|link|base)\b|\son\w+=|\sstyle=/);
    expect(page).not.toMatch(/(?:href|src)="(?!https:\/\/|#)/);
  });

  test('no name becomes markup or acts on what shows the source', () => {
    const page = render(hostileReport, options);
    expectTame(page);
    expect(page).not.toContain('<script>alert');
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
  });

  test('links lead to the line at the scanned commit', () => {
    expect(render(richReport, options)).toContain(
      'href="https://github.com/acme/support-bot/blob/1a2b3c4d5e6f708192a3b4c5d6e7f80912345678/train.py#L8"',
    );
    const { remote: _, ...target } = richReport.target;
    expect(render({ ...richReport, target }, options)).not.toContain('blob/');
  });

  test('suppressed findings are there with their reason', () => {
    const page = render(richReport, options);
    expect(page).toMatch(/internal sandbox only \(assay\.yaml, until 2027-01-31\)/);
    expect(page.match(/data-status="suppressed"/g)).toHaveLength(3);
  });

  test('the graph of a large report is bounded, and has no boxes on top of each other', () => {
    const components = Array.from({ length: 1000 }, (_, index) => ({
      ...(richReport.components[13] as (typeof richReport.components)[number]),
      name: `lib-${index}`,
    }));
    const relations = components.flatMap((each, index) => [
      { from: 'application:root', to: `library:pypi/lib-${index}`, type: 'uses' as const },
      { from: `library:pypi/${each.name}`, to: `library:pypi/lib-${(index * 7 + 1) % 1000}`, type: 'uses' as const },
    ]);
    const page = render({ ...richReport, components, relations }, options);
    const boxes = [...page.matchAll(/<rect x="([\d.]+)" y="([\d.]+)"/g)].map((match) => `${match[1]},${match[2]}`);
    expect(boxes).toHaveLength(150);
    expect(new Set(boxes).size).toBe(150);
    expect((page.match(/class="edge/g) ?? []).length).toBeLessThanOrEqual(650);
    expect(page).toContain('851 more components with relations not drawn');
  });
});

describe('the template', () => {
  test('white space of the source goes beside blocks, and stays between words', () => {
    const made = markup`<ul>
      <li>
        <b>a</b>
        ${'b'} <i>c</i>
      </li>
    </ul>`;
    expect(made.markup).toBe('<ul><li><b>a</b>\nb <i>c</i></li></ul>');
  });

  test('escapes text and attributes, joins lists, leaves out what is not there', () => {
    const evil = `"'><&\u0000`;
    expect(markup`<a title="${evil}">${evil}${undefined}${false}${[1, markup`<b>${'<'}</b>`]}</a>`.markup).toBe(
      '<a title="&quot;&#39;&gt;&lt;&amp;\\u{0}">&quot;&#39;&gt;&lt;&amp;\\u{0}1<b>&lt;</b></a>',
    );
  });
});
