import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FRAMEWORKS, findingsSection } from '../../src/knowledge/findings.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { placeholders } from '../../src/knowledge/message.ts';
import { rules } from '../../src/rules/index.ts';

const texts = loadKnowledge().get(findingsSection);
const filesOf = (folder: string, extension: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(extension) && name !== 'rule.ts' && name !== 'index.ts')
    .map((name) => name.slice(0, -extension.length))
    .sort();
const camel = (id: string): string => id.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

describe('rules and their texts', () => {
  it('has one file per rule, named after its id, and one text', () => {
    const ids = rules.map((rule) => rule.id).sort();
    expect(new Set(ids).size).toBe(ids.length);
    expect(filesOf('src/rules', '.ts')).toEqual(ids);
    expect(filesOf('rules/findings', '.yaml')).toEqual(ids);
    expect([...texts.ids]).toEqual(ids);
  });

  it('exports each rule under the camel case of its id', () => {
    for (const { id } of rules) expect(readFileSync(`src/rules/${id}.ts`, 'utf8')).toContain(`export const ${camel(id)} = `);
  });

  it('gives each text a good and a bad example, a reference, and mappings from the list of frameworks', () => {
    for (const id of texts.ids) {
      const text = texts.get(id);
      expect(text.examples.bad.length, id).toBeGreaterThan(0);
      expect(text.examples.good.length, id).toBeGreaterThan(0);
      expect(Object.keys(text.mappings).every((key) => FRAMEWORKS.some((framework) => framework === key)), id).toBe(true);
      for (const items of Object.values(text.mappings)) for (const item of items) expect(item.url, id).toMatch(/^https:\/\//);
      expect(placeholders(text.message).length, id).toBeGreaterThan(0);
    }
  });

  it('knows every id that formats emit', () => {
    const emitted = new Set<string>();
    const visit = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory()) visit(path);
        else for (const match of readFileSync(path, 'utf8').matchAll(/(?:ruleId|rule): '([a-z-]+)'|report\('([a-z-]+)', \{|^ {2}'([a-z-]+)': \{ severity/gm)) emitted.add(match[1] ?? match[2] ?? match[3] ?? '');
      }
    };
    visit('src/formats');
    expect([...emitted].filter((id) => !texts.has(id))).toEqual([]);
  });
});
