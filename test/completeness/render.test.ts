import { describe, expect, it } from 'vitest';
import type { Completeness } from '../../src/completeness/index.ts';
import { gapsIn, scoreLines } from '../../src/reporters/text/completeness.ts';
import { completenessSection } from '../../src/reporters/html/completeness.ts';

const completeness: Completeness = {
  entries: [
    { id: 'g7-a', framework: 'g7', cluster: 'metadata', title: 'Author', status: 'declared' },
    {
      id: 'g7-b',
      framework: 'g7',
      cluster: 'models',
      title: 'Model <licence>',
      status: 'unknown',
      share: { known: 1, total: 3 },
      todo: 'add a model card',
    },
    { id: 'owasp-b', framework: 'owasp', cluster: 'models', title: 'Model <licence>', status: 'unknown', todo: 'add a model card' },
    { id: 'g7-c', framework: 'g7', cluster: 'datasets', title: 'Dataset name', status: 'not-applicable' },
  ],
  score: { g7: { known: 1, total: 2 }, owasp: { known: 0, total: 1 } },
};

describe('completeness for people', () => {
  it('counts what is said by each list', () => {
    expect(scoreLines(completeness)).toEqual(['G7 minimum elements: 1 of 2', 'OWASP AIBOM fields: 0 of 1']);
  });

  it('names what nothing says and what fills it, once', () => {
    expect(gapsIn(completeness)).toEqual([{ id: 'g7-b', title: 'Model <licence>', todo: 'add a model card', share: '1 of 3' }]);
  });

  it('escapes titles in HTML and says nothing without the option', () => {
    expect(completenessSection(completeness)?.markup).toContain('Model &lt;licence&gt;</strong> (1 of 3): add a model card');
    expect(completenessSection(undefined)).toBeUndefined();
  });
});
