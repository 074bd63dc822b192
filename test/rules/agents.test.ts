import { describe, expect, it } from 'vitest';
import { findingsOf, hits, observation } from './inventory.ts';
import { places } from './scan-tree.ts';

/** Made here, so that no key stands in the repository. */
const MADE_UP = Array.from({ length: 40 }, (_, i) => 'aZ3kQ9xB7mT2vN8cR5pL1wY6dF4gH0jS'.charAt((i * 7 + (i % 5)) % 32)).join('');

const server = (facts: object, line = 1) => observation('mcp-server', { command: 'npx', ...facts }, { path: '.mcp.json', line, component: 'mcp-server:files' });

describe('mcp-unpinned-server', () => {
  it.each([
    [{ package: 'srv' }, true],
    [{ package: 'srv', version: 'latest' }, true],
    [{ package: 'srv', version: '^1.2.0' }, true],
    [{ package: 'srv', version: '1.x' }, true],
    [{ package: 'srv', version: '1.2.3' }, false],
    [{ package: 'srv', version: '2025.7.29' }, false],
    [{ package: 'srv', version: `sha256:${'a'.repeat(64)}` }, false],
    [{ package: 'srv', version: null }, false],
    [{ package: 'srv', disabled: true }, false],
    [{ command: 'node' }, false],
  ])('%o: %s', (facts, expected) => {
    expect(hits('mcp-unpinned-server', { observations: [server(facts)] })).toEqual(expected ? ['.mcp.json:1 medium'] : []);
  });
});

describe('mcp-remote-without-auth', () => {
  it('is a hint about remote servers whose entry has no credentials', () => {
    const [finding] = findingsOf('mcp-remote-without-auth', { observations: [server({ url: 'https://mcp.acme.com/mcp', auth: false })] });
    expect(finding).toMatchObject({ severity: 'low', confidence: 'low' });
    for (const facts of [{ url: 'https://mcp.acme.com/mcp', auth: true }, { url: 'http://localhost:3000', auth: false }, { url: 'https://mcp.acme.com', auth: null }, {}]) {
      expect(hits('mcp-remote-without-auth', { observations: [server(facts)] })).toEqual([]);
    }
  });
});

describe('mcp-inline-secret and mcp-shell-command', () => {
  it('report the entry, a disabled one for its secret too', () => {
    const observations = [server({ inlineSecret: true, disabled: true }, 1), server({ shell: true, command: 'bash' }, 5), server({ shell: true, disabled: true }, 9)];
    expect(hits('mcp-inline-secret', { observations })).toEqual(['.mcp.json:1 high']);
    expect(hits('mcp-shell-command', { observations })).toEqual(['.mcp.json:5 medium']);
  });

  it('are where the secrets stand', async () => {
    const entry = { command: 'npx', args: ['-y', 'notes-mcp@1.2.0', '--api-key', MADE_UP], env: { NOTES_TOKEN: `ntn_${MADE_UP}`, MODE: 'fast', REGION: 'eu-west-1' } };
    const tree = { 'servers.json': JSON.stringify({ mcpServers: { clock: { url: 'http://localhost:8005/sse' }, notes: entry } }, null, 2) };
    expect(await places('mcp-inline-secret', tree)).toEqual(['servers.json:12', 'servers.json:15']);
    expect(await places('mcp-inline-secret', { 'servers.json': JSON.stringify({ mcpServers: { notes: { url: `https://mcp.acme.com/x?api_key=${MADE_UP}` } } }) })).toEqual(['servers.json:1']);
  });

  it('count one secret once', () => {
    const observations = [server({ inlineSecret: true }), observation('credential', { in: 'mcp', detector: 'github-token' }, { path: '.mcp.json', line: 7, component: 'mcp-server:files' })];
    expect(hits('mcp-inline-secret', { observations })).toEqual(['.mcp.json:7 high']);
  });
});

describe('hidden-instructions', () => {
  it('is high for characters that nobody types', () => {
    const hidden = (kind: string, line: number) => observation('hidden-text', { kind, count: 12 }, { path: 'AGENTS.md', line, component: 'prompt:AGENTS.md' });
    expect(hits('hidden-instructions', { observations: [hidden('tag-characters', 1), hidden('bidi', 2), hidden('html-comment', 3)] })).toEqual([
      'AGENTS.md:1 high',
      'AGENTS.md:2 high',
      'AGENTS.md:3 medium',
    ]);
  });
});

describe('unsandboxed-tool', () => {
  const tool = (callee: string) => hits('unsandboxed-tool', { observations: [observation('tool', { name: 'run', callee, framework: 'langchain' })] });

  it.each(['subprocess.run', 'subprocess.Popen', 'os.system', 'eval', 'exec', 'child_process.exec', 'langchain_experimental.utilities.PythonREPL', 'ProcessBuilder'])('reports %s', (callee) => {
    expect(tool(callee)).toEqual(['app.py:1 high']);
  });

  it('says nothing of a tool that runs nothing', () => {
    expect(tool('')).toEqual([]);
  });

  it('reports the place once where several tools end in it', () => {
    const ends = (name: string) => observation('tool', { name, callee: 'subprocess.run', framework: 'python' });
    expect(hits('unsandboxed-tool', { observations: [ends('shell'), ends('bash')] })).toEqual(['app.py:1 high']);
  });
});
