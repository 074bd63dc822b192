import { describe, expect, it } from 'vitest';
import { compileSection } from '../../src/knowledge/compile.ts';
import { sections } from '../../src/knowledge/sections.ts';

describe('rules/', () => {
  it.each(sections.map((section) => section.id))('section %s compiles', (id) => {
    const section = sections.find((item) => item.id === id);
    expect(section && compileSection(section as Parameters<typeof compileSection>[0], 'rules')).toBeTruthy();
  });
});
