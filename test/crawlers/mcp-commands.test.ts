import { describe, expect, test } from 'vitest';
import type { McpServerComponent } from '../../src/core/component.ts';
import { readCommand, shellWords } from '../../src/crawlers/config/kinds/commands.ts';
import { Sink } from '../../src/crawlers/config/sink.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const knowledge = loadKnowledge();

function serversIn(script: string): McpServerComponent[] {
  const sink = new Sink('setup.sh', knowledge, 'code');
  readCommand(sink, shellWords(script, 1));
  return (sink.facts?.components ?? []).filter((component): component is McpServerComponent => component.kind === 'mcp-server');
}
const told = (script: string): string[] =>
  serversIn(script).map(
    ({ name, package: pkg, url, occurrences }) => `${name} ${pkg?.name ?? url ?? ''} ${occurrences[0]?.location.line ?? ''}`,
  );

describe('MCP servers of command lines', () => {
  test.each([
    ['an assistant', 'claude mcp add ledger -- npx -y @acme/ledger-mcp', 'ledger @acme/ledger-mcp 1'],
    ['an assistant, with options', 'cd x && claude mcp add -s user -e KEY=$KEY ledger -- uvx ledger-mcp@1.2', 'ledger ledger-mcp 1'],
    ['a remote one', '\nclaude mcp add --transport http ledger https://mcp.acme.dev/mcp?x=1', 'ledger https://mcp.acme.dev/mcp 2'],
    ['JSON', `claude mcp add-json ledger '{"type":"sse","url":"https://mcp.acme.dev/sse"}'`, 'ledger https://mcp.acme.dev/sse 1'],
    ['an editor', `\n\ncode --add-mcp '{"name":"ledger","command":"npx","args":["-y","@acme/ledger-mcp"]}'`, 'ledger @acme/ledger-mcp 3'],
    [
      'an editor, escaped',
      'code --add-mcp "{\\"name\\":\\"ledger\\",\\"command\\":\\"npx\\",\\"args\\":[\\"ledger-mcp\\"]}"',
      'ledger ledger-mcp 1',
    ],
    ['another assistant', 'gemini mcp add ledger npx -y @acme/ledger-mcp', 'ledger @acme/ledger-mcp 1'],
    [
      'a runner',
      'exec npx -y @modelcontextprotocol/server-github',
      '@modelcontextprotocol/server-github @modelcontextprotocol/server-github 1',
    ],
    ['a proxy', 'uvx mcpo --port 8000 -- uvx mcp-server-time', 'mcp-server-time mcp-server-time 1'],
    ['a container', 'docker run -i --rm mcp/ledger', 'mcp/ledger mcp/ledger 1'],
    ['PowerShell', 'Start-Process npx -ArgumentList "-y","@acme/ledger-mcp@1.0.0"', '@acme/ledger-mcp @acme/ledger-mcp 1'],
  ])('%s', (_, script, expected) => expect(told(script)).toEqual([expected]));

  test.each([
    'npx -y @modelcontextprotocol/inspector',
    'npx create-mcp-server ledger',
    'pip install mcp-server-git',
    'python -m ledger_mcp',
    'claude mcp list',
    'claude mcp add --help',
    'npx prettier mcp/',
    'docker run --rm ledger-mcp:smoke python -c "import ledger"',
    'docker run -i --rm mcp-client-ledger',
    'code --add-mcp "$CONFIG"',
    "claude mcp add-json ledger 'not json'",
  ])('none in `%s`', (script) => expect(told(script)).toEqual([]));

  test('a header is a credential, its value is not kept', () => {
    const sink = new Sink('setup.sh', knowledge, 'code');
    const token = 'Bearer sk-live-8f2c1d9e7b6a5f4e3d2c';
    readCommand(sink, shellWords(`claude mcp add -t http ledger https://mcp.acme.dev/mcp -H "Authorization: ${token}"`, 1));
    expect(sink.facts?.observations).toMatchObject([{ type: 'mcp-server', facts: { auth: true } }]);
    expect(JSON.stringify(sink.facts)).not.toContain(token);
  });
});
