import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readContext } from '../../src/action/context.ts';
import { readInputs } from '../../src/action/inputs.ts';
import { runAction } from '../../src/action/run.ts';
import { MAX_SUMMARY, command, writeSummary } from '../../src/action/workflow.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import type { AdvisoryLookup } from '../../src/registries/advisories.ts';
import { RegistryError } from '../../src/registries/registry-error.ts';
import { openPullRequest, Repository } from './repository.ts';
import { pullRequestEvent } from './run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-context-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function environment(payload: unknown, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const path = join(folder, 'event.json');
  writeFileSync(path, typeof payload === 'string' ? payload : JSON.stringify(payload));
  return {
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_EVENT_PATH: path,
    GITHUB_EVENT_NAME: 'push',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_WORKSPACE: folder,
    ...more,
  };
}

describe('the address of the API', () => {
  it.each([
    [{}, 'https://api.github.com'],
    [{ GITHUB_API_URL: 'https://ghe.example.com/api/v3' }, 'https://ghe.example.com/api/v3'],
    [{ GH_HOST: 'ghe.example.com' }, 'https://ghe.example.com/api/v3'],
    [{ GH_HOST: 'github.com' }, 'https://api.github.com'],
    [{ GH_HOST: 'other.example.com', GITHUB_API_URL: 'https://api.github.com' }, 'https://api.github.com'],
  ])('%j is %s', (env, url) => {
    expect(readContext(environment({}, env)).apiUrl).toBe(url);
  });
});

describe('an event', () => {
  const pull = (head: unknown): unknown => ({
    pull_request: { number: 3, base: { sha: 'a'.repeat(40), repo: { full_name: 'o/r' } }, head },
  });

  it.each([
    ['another repository', { sha: 'b'.repeat(40), repo: { full_name: 'stranger/r' } }, true],
    ['a fork that was deleted', { sha: 'b'.repeat(40), repo: null }, true],
    ['the same repository', { sha: 'b'.repeat(40), repo: { full_name: 'o/r' } }, false],
  ])('from %s', (_, head, fork) => {
    expect(readContext(environment(pull(head))).pullRequest?.fork).toBe(fork);
  });

  it.each([
    ['no commit', pull({ sha: 'main', repo: null })],
    ['a list', []],
    ['a number', 5],
    ['null', 'null'],
  ])('with %s is no pull request', (_, payload) => {
    expect(readContext(environment(payload))).not.toHaveProperty('pullRequest');
  });

  it('that cannot be read is told', () => {
    expect(() => readContext(environment('{'))).toThrow(/the event cannot be read/);
    expect(() => readContext({})).toThrow(/GITHUB_REPOSITORY is not set/);
  });
});

describe('online', () => {
  /** A run in this process, as the bundle's would be with this lookup. */
  async function run(advisories: AdvisoryLookup | undefined): Promise<string> {
    const repository = new Repository();
    try {
      repository.commit({ 'requirements.txt': 'openai==2.8.0\n' });
      const state = openPullRequest(repository, { 'requirements.txt': 'openai==2.8.0\ntransformers==4.30.0\n' });
      const summary = join(folder, 'summary');
      writeFileSync(summary, '');
      let log = '';
      const env = environment(pullRequestEvent(state), {
        GITHUB_WORKSPACE: repository.root,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_SHA: state.merge,
      });
      let body = '';
      await runAction({
        inputs: readInputs({ INPUT_COMMENT: 'always' }),
        context: readContext(env),
        knowledge: loadKnowledge(),
        now: new Date('2026-11-25T00:00:00Z'),
        write: (text) => void (log += text),
        github: () =>
          Promise.resolve({
            findPullRequest: () => Promise.resolve(undefined),
            findComment: () => Promise.resolve(undefined),
            createComment: (_, text) => {
              body = text;
              return Promise.resolve();
            },
            updateComment: () => Promise.resolve(),
            uploadSarif: () => Promise.resolve(),
            submitDependencies: () => Promise.resolve(),
          }),
        ...(advisories ? { advisories } : {}),
      });
      return `${log}\n${body}`;
    } finally {
      repository.remove();
    }
  }

  it('asks for head and base the same way, and says so where there is no answer', async () => {
    const asked: string[][] = [];
    const text = await run((packages) => {
      asked.push(packages.map(({ name }) => name));
      return Promise.reject(new RegistryError('https://osv.example.com', 'no answer'));
    });
    expect(asked).toEqual([['openai', 'transformers'], ['openai']]);
    expect(text).toContain('⚠️ Not complete: `advisories`.');
  });

  it('is not asked where the workflow does not want it', async () => {
    expect(await run(undefined)).not.toContain('Not complete');
  });
});

describe('what is written for the runner', () => {
  it('keeps the lines of an error and nothing that acts', () => {
    expect(command('error', 'a.yaml:1: x\nb\r::set-env::%0Ac\u001B[2J')).toMatch(
      /^::error::a\.yaml:1: x%0Ab\\r::set-env::%250Ac\\u\{1b\}\[2J\n$/,
    );
  });

  it('is no summary that GitHub would refuse as a whole', () => {
    const path = join(folder, 'summary');
    writeFileSync(path, '');
    expect(writeSummary(path, 'ä'.repeat(MAX_SUMMARY / 2 + 1))).toBe(false);
    expect(writeSummary(path, 'ä'.repeat(MAX_SUMMARY / 2))).toBe(true);
    expect(writeSummary(undefined, 'x')).toBe(false);
  });
});
