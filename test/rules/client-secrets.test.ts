// Tokens that a program writes among the options of an MCP client.
import { describe, expect, it } from 'vitest';
import { places, scanTree } from './scan-tree.ts';

/** Made here, so that no key stands in the repository. */
const TOKEN = `svc_${Array.from({ length: 40 }, (_, i) => 'aZ3kQ9xB7mT2vN8cR5pL1wY6dF4gH0jS'.charAt((i * 7 + (i % 5)) % 32)).join('')}`;
const typescript = (url: string, value: string): string => `import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
const token = ${value};
export const transport = new StreamableHTTPClientTransport(new URL("${url}"), {
  requestInit: {
    headers: {
      Authorization: \`Bearer \${token}\`,
    },
  },
});
`;
const HOST = 'https://mcp.zephyrlab.dev/mcp';

describe('a token given to an MCP client', () => {
  it('is found where it is written, and not shown', async () => {
    const tree = { 'src/a.ts': typescript(HOST, `"${TOKEN}"`) };
    expect(await places('hard-coded-credential', tree)).toEqual(['src/a.ts:2']);
    const text = JSON.stringify(await scanTree(tree));
    expect(text).not.toContain(TOKEN.slice(4, 20));
    const python = `from mcp.client.streamable_http import streamablehttp_client\nasync def main():\n    async with streamablehttp_client(\n        "${HOST}",\n        headers={"Authorization": "Bearer ${TOKEN}"},\n    ) as streams: ...\n`;
    expect(await places('hard-coded-credential', { 'a.py': python })).toEqual(['a.py:5']);
    const started = `from mcp import StdioServerParameters\nStdioServerParameters(command="npx", args=["-y", "notes-mcp@1.0.0"], env={"NOTES_TOKEN": "${TOKEN}", "MODE": "fast"})\n`;
    expect(await places('hard-coded-credential', { 'a.py': started })).toEqual(['a.py:2']);
  });

  it('is none in a placeholder, a variable, a test or for the own machine', async () => {
    for (const value of ['process.env.TOKEN', '"your-token-goes-here-please1"', '"<TOKEN>"', 'await login()'])
      expect(await places('hard-coded-credential', { 'src/a.ts': typescript(HOST, value) })).toEqual([]);
    expect(await places('hard-coded-credential', { 'src/a.test.ts': typescript(HOST, `"${TOKEN}"`) })).toEqual([]);
    expect(await places('hard-coded-credential', { 'src/a.ts': typescript('http://localhost:3000/mcp', `"${TOKEN}"`) })).toEqual([]);
    const other = `import { Transport } from "./mine";\nnew Transport("${HOST}", { headers: { Authorization: "Bearer ${TOKEN}" } });\n`;
    expect(await places('hard-coded-credential', { 'src/a.ts': other })).toEqual([]);
  });

  it('counts once where its form tells whose it is', async () => {
    const key = `gsk_${TOKEN.slice(4)}${TOKEN.slice(4, 16)}`;
    expect(await places('hard-coded-credential', { 'src/a.ts': typescript(HOST, `"${key}"`) })).toEqual(['src/a.ts:2']);
  });
});
