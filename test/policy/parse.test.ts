import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import schema from '../../assay.schema.json' with { type: 'json' };
import { UserError } from '../../src/core/errors.ts';
import { findingsSection } from '../../src/knowledge/findings.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { parsePolicy, parseWaivers } from '../../src/policy/parse.ts';

const rules = loadKnowledge().get(findingsSection);
const parse = (text: string) => parsePolicy(text, 'assay.yaml', rules.has);
const problemsOf = (text: string): string[] => {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.split('\n');
  }
  throw new Error('was accepted');
};

describe('assay.yaml', () => {
  it('reads every setting', () => {
    const policy = parse(`
fail-on: medium
min-severity: low
min-confidence: medium
exclude: [vendor/**]
rules:
  unpinned-revision: { severity: high }
  restricted-licence: { disable: true }
models: { allow: [google/*], deny: ["pkg:huggingface/acme/*"] }
providers: { deny: [openai] }
licences: { allow: [apache-2.0] }
registries: { allow: [huggingface.co] }
integrity:
  require-signatures: true
  trusted-signers:
    - { identity: release@acme.com, issuer: "https://accounts.acme.com" }
    - { identity-regexp: ".*@acme[.]com", issuer: "https://accounts.acme.com" }
    - { key: keys/release.pem }
waivers:
  - rule: trust-remote-code
    reason: reviewed at this commit
    expires: 2027-01-31
    paths: [src/**]
    digest: sha256:${'0'.repeat(64)}
declarations:
  intended-use: internal search
`);
    expect(policy.failOn).toBe('medium');
    expect(policy.rules.get('restricted-licence')).toEqual({ disable: true });
    expect(policy.models).toEqual({ allow: ['google/*'], deny: ['pkg:huggingface/acme/*'] });
    expect(policy.trustedSigners[1]).toEqual({ identityRegexp: '.*@acme[.]com', issuer: 'https://accounts.acme.com' });
    expect(policy.requireSignatures).toBe(true);
    expect(policy.waivers).toEqual([
      {
        rule: 'trust-remote-code',
        reason: 'reviewed at this commit',
        expires: '2027-01-31',
        paths: ['src/**'],
        digest: '0'.repeat(64),
        source: 'assay.yaml:20',
      },
    ]);
    expect(policy.declarations['intendedUse']).toBe('internal search');
  });

  it('is empty where the file is', () => {
    expect(parse('').waivers).toEqual([]);
    expect(parse('# nothing yet\n').rules.size).toBe(0);
  });

  it('names file and line of every problem', () => {
    expect(problemsOf('fail-on: high\nfailon: low\n')).toEqual(['assay.yaml:2: failon is not a setting']);
    expect(problemsOf('rules:\n  no-such-rule: { disable: true }\n')).toEqual(['assay.yaml:2: rules.no-such-rule there is no such rule']);
    expect(problemsOf('waivers:\n  - rule: unsafe-format\n    expires: 2027-01-01\n')).toEqual(['assay.yaml:2: waivers[0] needs "reason"']);
    expect(problemsOf('waivers:\n  - rule: unsafe-format\n    reason: because\n    expires: 2027-02-30\n')).toEqual([
      'assay.yaml:4: waivers[0].expires "2027-02-30" is no day',
    ]);
    expect(problemsOf('waivers:\n  - { rule: unsafe-fromat, reason: because, expires: 2027-02-03 }\n')).toEqual([
      'assay.yaml:2: waivers[0].rule there is no rule "unsafe-fromat"',
    ]);
    expect(problemsOf('fail-on: severe\n')[0]).toBe('assay.yaml:1: fail-on must be one of critical, high, medium, low, info, none');
    expect(problemsOf('exclude: [a\n')[0]).toMatch(/^assay\.yaml:\d: /);
    expect(problemsOf('rules: {}\nrules: {}\n')[0]).toMatch(/^assay\.yaml:2: Map keys must be unique/);
  });

  it('does not follow a bomb of aliases', () => {
    const bomb = [
      'a: &a [x, x]',
      ...'bcdefghij'
        .split('')
        .map((key, index) => `${key}: &${key} [${Array.from({ length: 9 }, () => `*${'abcdefghi'.charAt(index)}`).join(', ')}]`),
    ].join('\n');
    expect(problemsOf(bomb)[0]).toMatch(/alias|not a setting/i);
  });

  it('treats attacker keys as names only', () => {
    expect(problemsOf('__proto__: { polluted: true }\n')[0]).toContain('is not a setting');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads waivers from a file of their own, as a list or as a configuration', () => {
    const entry = 'rule: unsafe-format\n  reason: because\n  expires: 2027-01-01\n';
    expect(parseWaivers(`# ours\n- ${entry}`, 'waivers.yaml', rules.has)[0]).toMatchObject({
      rule: 'unsafe-format',
      source: 'waivers.yaml:2',
    });
    expect(parseWaivers(`waivers:\n- ${entry}`, 'waivers.yaml', rules.has)[0]).toMatchObject({
      rule: 'unsafe-format',
      source: 'waivers.yaml:2',
    });
  });

  it('ships a schema that is valid and describes every setting of the type', () => {
    const ajv = new Ajv();
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining([
        'fail-on',
        'rules',
        'models',
        'providers',
        'licences',
        'registries',
        'integrity',
        'waivers',
        'exclude',
        'declarations',
      ]),
    );
  });
});
