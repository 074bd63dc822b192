import { expect, test } from 'vitest';
import type { McpServerComponent } from '../../src/core/component.ts';
import { buildInventory } from '../../src/core/inventory.ts';
import { joinServers } from '../../src/crawlers/mcp-sources.ts';

const server = (name: string, path: string, extra: Partial<McpServerComponent>): McpServerComponent => ({
  kind: 'mcp-server',
  name,
  occurrences: [{ location: { path, line: 1 }, technique: 'source-code-analysis', crawler: 'test', confidence: 'high' }],
  ...extra,
});
const joined = (...components: McpServerComponent[]): string[] =>
  buildInventory(joinServers([{ components }])).components.map(
    ({ name, aliases, occurrences }) => `${name} (${aliases?.join() ?? ''}) ${occurrences.length}`,
  );

test.each([
  ['a file beside the configuration', 'python', ['./ledger.py'], 'tools/ledger.py'],
  ['a path from the root', 'uv', ['run', 'tools/src/ledger.py'], 'tools/src/ledger.py'],
  ['a module', 'python', ['-m', 'ledger.server'], 'tools/ledger/server.py'],
])('a configured server that runs %s is the one made there', (_, command, args, path) => {
  expect(joined(server('ledger', 'tools/mcp.json', { command, args }), server('Ledger Tools', path, { implemented: true }))).toEqual([
    'ledger (Ledger Tools) 2',
  ]);
});

test('servers of other files, and those that are configured themselves, stay', () => {
  const made = server('Ledger Tools', 'a/ledger.py', { implemented: true });
  expect(joined(server('ledger', 'mcp.json', { command: 'python', args: ['b/ledger.py'] }), made)).toHaveLength(2);
  expect(joined(server('ledger', 'mcp.json', { command: 'npx', args: ['-y', 'ledger'] }), made)).toHaveLength(2);
  const both = [
    server('one', 'mcp.json', { command: 'python', args: ['a/ledger.py'] }),
    server('Ledger Tools', 'mcp.json', { command: 'python', args: ['x.py'] }),
  ];
  expect(joined(...both, made)).toHaveLength(2);
});

test('a server that only its package names is the one that a configuration names', () => {
  const pkg = { ecosystem: 'npm', name: '@acme/ledger-mcp' } as const;
  const started = server('@acme/ledger-mcp', 'run.sh', { command: 'npx', package: pkg });
  expect(joined(server('ledger', 'mcp.json', { command: 'npx', package: pkg }), started)).toEqual(['ledger (@acme/ledger-mcp) 2']);
  expect(joined(server('ledger', 'mcp.json', { command: 'npx' }), started)).toHaveLength(2);
});
