import { describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { modelTrust } from '../../src/policy/trust.ts';

const trustOf = (signer: string) =>
  modelTrust(
    parsePolicy(`integrity:\n  trusted-signers:\n    - ${signer}\n`, 'assay.yaml', () => true),
    new Map([['k.pub', 'PEM']]),
  );
const matches = (models: string, path: string): boolean | undefined => trustOf(`{ key: k.pub, models: ['${models}'] }`)[0]?.matches(path);

describe('signers that the configuration names', () => {
  it.each([
    ['models/granite', 'models/granite', true],
    ['models/granite/', 'models/granite', true],
    ['models/granite/**', 'models/granite', true],
    ['models/**', 'models/granite', true],
    ['models/*', 'models/granite', true],
    ['**', '', true],
    ['models/granite', 'models/granite2', false],
    ['models/granite/**', 'models/granite2', false],
    ['models/granite', 'other/models/granite', false],
    ['models/granite/**', 'models/granite/sub', true],
  ])('%s for a model in %s: %s', (glob, path, expected) => expect(matches(glob, path)).toBe(expected));

  it('are for all models where no glob is given', () => expect(trustOf('{ key: k.pub }')[0]?.matches('anything')).toBe(true));

  it('are compared as they are written, dots included', () => {
    const [trust] = trustOf("{ identity: 'release@example.com', issuer: 'https://accounts.example.com' }");
    expect(trust?.identities[0]?.identity.test('release@example.com')).toBe(true);
    for (const name of ['release@exampleXcom', 'xrelease@example.com', 'release@example.com.evil', 'Release@example.com'])
      expect(trust?.identities[0]?.identity.test(name)).toBe(false);
  });
});
