import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { compileSection } from '../../src/knowledge/compile.ts';
import { pickleSection } from '../../src/knowledge/pickle.ts';
import { at, call, dict, dumps, type Expression } from '../../fixtures/artifacts/pickle/expression.ts';
import { inspectBytes } from './pickle-harness.ts';

const rows = (name: string): string[][] =>
  readFileSync(`rules/pickle/${name}.tsv`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t'));

const verdictOf = async (value: Expression): Promise<string> => (await inspectBytes(dumps(value), { raw: null })).verdict;

describe('rules/pickle', () => {
  it('finds every safe pair clean in its own use', async () => {
    const wrong: string[] = [];
    for (const [use, module = '', names = ''] of rows('safe')) {
      for (const name of names.split(' ')) {
        const target = at(module, name);
        const value: Expression =
          use === 'call' ? call(target, 1) : use === 'new' ? { is: 'new', cls: target, args: [], state: dict({ a: 1 }) } : [target];
        const verdict = await verdictOf(value);
        if (verdict !== 'clean') wrong.push(`${use} ${module}.${name}: ${verdict}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('finds no dangerous pair clean when it is called, and nearly all malicious', async () => {
    const mild: string[] = [];
    const clean: string[] = [];
    let count = 0;
    for (const [category, , module = '', names = ''] of rows('dangerous')) {
      for (const name of names.split(' ')) {
        const entry = loadKnowledge().get(pickleSection).name(module, name);
        // Honest pairs with a condition are tested by their conditions; code is a rule of its own.
        if (entry?.condition !== undefined || loadKnowledge().get(pickleSection).codeRole(module, name) !== undefined) continue;
        count += 1;
        const verdict = await verdictOf(call(at(module, name), 'x', 'y'));
        if (verdict === 'clean') clean.push(`${module}.${name}`);
        else if (verdict !== 'malicious' && category !== 'denial-of-service') mild.push(`${module}.${name}: ${verdict}`);
      }
    }
    expect(clean).toEqual([]);
    expect(mild.length / count).toBeLessThan(0.01);
  });

  it('reports with file and line what it does not accept', () => {
    expect(() =>
      pickleSection.compile([
        { path: 'pickle/safe.tsv', text: 'call\tmodule\n' },
        { path: 'pickle/stdlib.txt', text: 'os' },
      ]),
    ).toThrow('pickle/safe.tsv:1: 2 columns');
    expect(() =>
      pickleSection.compile([
        { path: 'pickle/safe.tsv', text: '# x\nmaybe\tmodule\tname\n' },
        { path: 'pickle/stdlib.txt', text: 'os' },
      ]),
    ).toThrow('unknown use maybe');
  });

  it('is small and quick to load', () => {
    const text = JSON.stringify(compileSection(pickleSection, 'rules'));
    expect(text.length).toBeLessThan(500_000);
    const started = performance.now();
    pickleSection.index(JSON.parse(text)).name('os', 'system');
    expect(performance.now() - started).toBeLessThan(100);
  });
});
