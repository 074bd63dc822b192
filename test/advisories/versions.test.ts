import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ecosystem } from '../../src/core/component.ts';
import { atLeastVersion, compareVersions, inRange } from '../../src/core/versions/index.ts';

/** Every pair of a list that stands in ascending order. */
function expectAscending(ecosystem: Ecosystem, versions: readonly string[]): void {
  for (const [i, low] of versions.entries()) {
    for (const high of versions.slice(i + 1)) {
      expect(compareVersions(ecosystem, low, high), `${low} < ${high}`).toBeLessThan(0);
      expect(compareVersions(ecosystem, high, low), `${high} > ${low}`).toBeGreaterThan(0);
    }
  }
}
const expectEqual = (ecosystem: Ecosystem, a: string, b: string): void => {
  expect(compareVersions(ecosystem, a, b), `${a} = ${b}`).toBe(0);
  expect(compareVersions(ecosystem, b, a), `${b} = ${a}`).toBe(0);
};

describe('PEP 440 (vectors of pypa/packaging, tests/test_version.py)', () => {
  const release = `1.0.dev0 1.0.dev456 1.0.dev456+local 1.0a0 1.0a0.post0.dev0 1.0a0.post0 1.0a1.dev1 1.0a1.dev1+local 1.0a1 1.0a1+local
    1.0b0 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0b2-346 1.0rc0 1.0rc1.dev1 1.0c1 1.0rc2 1.0 1.0.post0.dev0 1.0.post0
    1.0.post456.dev34 1.0.post456 1.0.post456+local 1.0.1.dev1 1.0.1a1 1.0.1 1.0.1+local 1.0.1.post1 1.1.dev1 1.2+a 1.2+abc 1.2+abcdef
    1.2+def 1.2+0 1.2+1 1.2+1.abc 1.2+1.1 1.2+1.1.0 1.2+2 1.2+123 1.2+123456 1.2.r32+123456 1.2.rev33+123456`.split(/\s+/);

  it('orders releases, and epochs above all of them', () => {
    expectAscending('pypi', [...release, ...release.map((version) => `1!${version}`)]);
  });

  it('sees through spellings', () => {
    for (const [a, b] of [
      ['1.0', '1.0.0'],
      ['1.0-5', '1.0.post5'],
      ['1.0RC1', '1.0c1'],
      ['v1.0', '1.0'],
      ['1.0.alpha1', '1.0a1'],
      ['1.01', '1.1'],
    ] as const)
      expectEqual('pypi', a, b);
  });

  it('does not compare what is no version', () => {
    for (const text of ['french toast', '1.0+a+', '1.0++', '1. 0', '', '1..0'])
      expect(compareVersions('pypi', text, '1.0'), text).toBeUndefined();
  });
});

describe('semver (vectors of npm/node-semver, test/fixtures/comparisons.js)', () => {
  const pairs = [
    ['0.0.0', '0.0.0-foo'],
    ['0.0.1', '0.0.0'],
    ['1.0.0', '0.9.9'],
    ['0.10.0', '0.9.0'],
    ['0.99.0', '0.10.0'],
    ['2.0.0', '1.2.3'],
    ['v0.0.0', '0.0.0-foo'],
    ['1.2.3', '1.2.3-asdf'],
    ['1.2.3', '1.2.3-4'],
    ['1.2.3', '1.2.3-4-foo'],
    ['1.2.3-5-foo', '1.2.3-5'],
    ['1.2.3-5', '1.2.3-4'],
    ['1.2.3-5-foo', '1.2.3-5-Foo'],
    ['3.0.0', '2.7.2+asdf'],
    ['1.2.3-a.10', '1.2.3-a.5'],
    ['1.2.3-a.b', '1.2.3-a.5'],
    ['1.2.3-a.b', '1.2.3-a'],
    ['1.2.3-a.b.c.10.d.5', '1.2.3-a.b.c.5.d.100'],
    ['1.2.3-r2', '1.2.3-r100'],
    ['1.2.3-r100', '1.2.3-R2'],
  ] as const;

  it.each(['npm', 'cargo', 'golang'] as const)('%s', (ecosystem) => {
    for (const [high, low] of pairs) expectAscending(ecosystem, [low, high]);
    // https://semver.org/#spec-item-11
    expectAscending(ecosystem, [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ]);
    expectEqual(ecosystem, '1.0.0+a', '1.0.0+b');
  });

  it('orders Go pseudo-versions (https://go.dev/ref/mod#pseudo-versions)', () => {
    expectAscending('golang', [
      'v0.0.0-20191109021931-daa7c04131f5',
      'v0.0.0-20200109021931-daa7c04131f5',
      'v1.2.3-pre.0.20200109021931-daa7c04131f5',
      'v1.2.3',
      'v1.2.4-0.20200109021931-daa7c04131f5',
      'v1.2.4',
    ]);
    expectEqual('golang', 'v2.0.0+incompatible', 'v2.0.0');
  });
});

describe('Maven (vectors of apache/maven, ComparableVersionTest)', () => {
  it('orders qualifiers', () => {
    expectAscending(
      'maven',
      '1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT 1 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123'.split(
        ' ',
      ),
    );
  });

  it('orders numbers', () => {
    expectAscending(
      'maven',
      '2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 11 11.a 11b 11c 11m'.split(
        ' ',
      ),
    );
  });

  it('knows what is equal', () => {
    for (const other of ['1', '1.0', '1.0.0', '1-0', '1.0-0', '1ga', '1release', '1FINAL', '1RELeaSE', '01', '0000000000000000001'])
      expectEqual('maven', '1', other);
    for (const other of ['1-a', '1.0-a', '1.0.0-a', '1.0a', '1.0.0a']) expectEqual('maven', '1a', other);
    for (const [a, b] of [
      ['1x', '1.0.0-x'],
      ['1cr', '1rc'],
      ['1a1', '1-alpha-1'],
      ['1b2', '1-beta-2'],
      ['1m3', '1-MileStone-3'],
      ['1X', '1x'],
      ['0', '000'],
    ] as const)
      expectEqual('maven', a, b);
  });

  it('compares pairs', () => {
    for (const pair of [
      ['1', '2'],
      ['1.5', '2'],
      ['1', '2.5'],
      ['1.0.1', '1.1'],
      ['1.1', '1.2.0'],
      ['1.0-alpha-1', '1.0'],
      ['1.0-alpha-1', '1.0-alpha-2'],
      ['1.0-alpha-1', '1.0-beta-1'],
      ['1.0-beta-1', '1.0-SNAPSHOT'],
      ['1.0-SNAPSHOT', '1.0'],
      ['1.0-alpha-1-SNAPSHOT', '1.0-alpha-1'],
      ['1.0', '1.0-1'],
      ['1.0-1', '1.0-2'],
      ['1.0.0', '1.0-1'],
      ['2.0-1', '2.0.1'],
      ['2.0.1-klm', '2.0.1-lmn'],
      ['2.0.1', '2.0.1-xyz'],
      ['2.0.1', '2.0.1-123'],
      ['2.0.1-xyz', '2.0.1-123'],
      ['0.7', '2'],
      ['c', '7'],
      ['aardvark', 'zebra'],
      ['6.1.0rc3', '6.1.0'],
      ['6.1.0rc3', '6.1H.5-beta'],
      ['6.1.0', '6.1H.5-beta'],
      ['20190126.230843', '1234567890.12345'],
      ['123456789012345.1H.5-beta', '12345678901234567890.1H.5-beta'],
      ['1-0.alpha', '1'],
      ['1-0.beta', '1'],
      ['1-0.alpha', '1-0.beta'],
    ])
      expectAscending('maven', pair);
  });
});

describe('NuGet (https://learn.microsoft.com/nuget/concepts/package-versioning)', () => {
  it('has four numbers and labels without case', () => {
    expectAscending('nuget', [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-beta',
      '1.0.0-rc.9',
      '1.0.0-rc.10',
      '1.0.0',
      '1.0.0.1',
      '1.0.1',
      '1.10',
    ]);
    for (const [a, b] of [
      ['1.0', '1.0.0.0'],
      ['1.0.0-RC', '1.0.0-rc'],
      ['1.0.0+x', '1.0.0'],
    ] as const)
      expectEqual('nuget', a, b);
  });
});

describe('any two texts', () => {
  it.each(['pypi', 'npm', 'maven', 'nuget', 'golang'] as const)('%s: comparing is antisymmetric and never throws', (ecosystem) => {
    const version = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.stringMatching(/^[0-9a-c.+!-]{0,12}$/),
      fc.stringMatching(/^\d{1,3}(\.\d{1,3}){0,3}(-?(alpha|rc|b|post|dev|SNAPSHOT)\d?)?$/),
    );
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [forth, back] = [compareVersions(ecosystem, a, b), compareVersions(ecosystem, b, a)];
        if (forth === undefined || back === undefined) expect(forth).toBe(back);
        else expect(Math.sign(forth)).toBe(-Math.sign(back) + 0);
      }),
      { numRuns: 500 },
    );
  });

  it('takes hostile lengths without time', () => {
    const start = performance.now();
    for (const ecosystem of ['pypi', 'npm', 'maven', 'nuget'] as const) {
      expect(compareVersions(ecosystem, '1.'.repeat(100_000), '1')).toBeUndefined();
      compareVersions(ecosystem, '1-'.repeat(120), '1a'.repeat(120));
    }
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('ranges', () => {
  it('include the start, exclude the fix, and include the last affected', () => {
    const cases = [
      [{ introduced: '0', fixed: '2.6.0' }, '2.5.1', true],
      [{ introduced: '0', fixed: '2.6.0' }, '2.6.0', false],
      [{ introduced: '0', fixed: '2.6.0' }, '2.6.0rc1', true],
      [{ introduced: '1.2', fixed: '1.4' }, '1.2', true],
      [{ introduced: '1.2', fixed: '1.4' }, '1.1', false],
      [{ introduced: '0', lastAffected: '1.4' }, '1.4.0', true],
      [{ introduced: '0', lastAffected: '1.4' }, '1.4.post1', false],
      [{ introduced: '0' }, '99', true],
      [{ introduced: '0', fixed: '1.0' }, 'not a version', undefined],
    ] as const;
    for (const [range, version, expected] of cases)
      expect(inRange('pypi', version, range), `${version} in ${JSON.stringify(range)}`).toBe(expected);
    expect(atLeastVersion('pypi', '2.6.0+cu124', '2.6.0')).toBe(true);
    expect(atLeastVersion('pypi', 'nightly', '2.6.0')).toBe(false);
  });
});
