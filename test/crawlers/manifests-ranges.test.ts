import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rangeFacts } from '../../src/crawlers/manifests/ranges.ts';
import { ECOSYSTEMS } from '../../src/knowledge/libraries.ts';

describe('rangeFacts', () => {
  it.each([
    ['pypi', '==1.2.3', '1.2.3', true],
    ['pypi', '===1.2.3+cu118', '1.2.3+cu118', true],
    ['pypi', '==1.*', undefined, true],
    ['pypi', '~=1.4', undefined, true],
    ['pypi', '>=1,<2', undefined, true],
    ['pypi', '<2', undefined, true],
    ['pypi', '>=1', undefined, false],
    ['pypi', '>=1,!=1.5', undefined, false],
    ['pypi', '^1.3', undefined, true],
    ['pypi', '1.3.0', '1.3.0', true],
    ['pypi', '==${VERSION}', undefined, true],
    ['pypi', undefined, undefined, false],
    ['conda', '=1.13', undefined, true],
    ['conda', '==1.13', '1.13', true],
    ['conda', '=1.13.1', '1.13.1', true],
    ['conda', '>=1.13', undefined, false],
    ['npm', '1.2.3', '1.2.3', true],
    ['npm', '^1.2.3', undefined, true],
    ['npm', '~1.2', undefined, true],
    ['npm', '1.x', undefined, true],
    ['npm', '1', undefined, true],
    ['npm', '>=1 <2', undefined, true],
    ['npm', '>=1', undefined, false],
    ['npm', '*', undefined, false],
    ['npm', 'latest', undefined, false],
    ['npm', '^1 || ^2', undefined, true],
    ['npm', '^1 || >=2', undefined, false],
    ['npm', '1.0.0 - 2.0.0', undefined, true],
    ['cargo', '1.2.3', undefined, true],
    ['cargo', '=1.2.3', '1.2.3', true],
    ['cargo', '>=1, <2', undefined, true],
    ['cargo', '>=1', undefined, false],
    ['maven', '1.2.3', '1.2.3', true],
    ['maven', '[1.2]', '1.2', true],
    ['maven', '[1.2,2.0)', undefined, true],
    ['maven', '[1.2,)', undefined, false],
    ['maven', '1.+', undefined, true],
    ['maven', '+', undefined, false],
    ['maven', 'LATEST', undefined, false],
    ['maven', 'latest.release', undefined, false],
    ['nuget', '1.2.3', '1.2.3', true],
    ['nuget', '1.*', undefined, true],
    ['nuget', '*', undefined, false],
    ['nuget', '[1,2)', undefined, true],
    ['golang', 'v1.2.3', 'v1.2.3', true],
    ['golang', 'latest', undefined, false],
    ['gem', '~> 1.2', undefined, true],
    ['gem', '>= 1.2', undefined, false],
    ['gem', '1.2.3', '1.2.3', true],
    ['composer', '^1.2', undefined, true],
    ['composer', 'dev-main', undefined, false],
    ['pub', '^1.2.0', undefined, true],
    ['pub', 'any', undefined, false],
    ['swift', 'from 1.2.0', undefined, true],
    ['swift', '== 1.2.0', '1.2.0', true],
    ['swift', 'branch main', undefined, false],
    ['cran', '>= 0.11', undefined, false],
  ] as const)('%s %s', (ecosystem, range, version, bounded) => {
    expect(rangeFacts(ecosystem, range)).toEqual(version === undefined ? { bounded } : { version, bounded });
  });

  it('does not backtrack without end', () => {
    const started = performance.now();
    for (const ecosystem of ECOSYSTEMS)
      for (const piece of ['a', '1.', '-1', '~1', ' ', '1 ', ',1']) rangeFacts(ecosystem, `1${piece.repeat(190 / piece.length)}!`);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ECOSYSTEMS),
        fc.string(),
        (ecosystem, text) => typeof rangeFacts(ecosystem, text).bounded === 'boolean',
      ),
    );
  });
});
