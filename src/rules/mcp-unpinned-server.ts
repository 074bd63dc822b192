import { at, facts, text } from './shared/facts.ts';
import { activeMcpServers, serverName } from './shared/mcp.ts';
import { defineRule } from './rule.ts';

/** Tags that name whatever was published last. */
const MOVING = new Set(['latest', 'next', 'main', 'master', 'edge', 'nightly', 'canary', 'beta', 'alpha', 'dev']);
/** `^1.2`, `~1.2`, `>=1`, `1.x`, `*`: a range, resolved anew at each start. An npm version of one or two numbers is one too. */
const RANGE = /[\^~><*|\s]|(?:^|\.)x(?:$|\.)/i;

/** Interpreters run what is installed already; npx, uvx, pipx, docker and their like fetch. */
const INTERPRETER = /^(?:python[\d.]*|py|node|java|dotnet|go|ruby|php|perl)(?:\.exe)?$/i;

const fetches = (command: string | undefined): boolean => {
  const program = command?.trim().split(/\s/)[0] ?? '';
  return !INTERPRETER.test(program.slice(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1));
};

const isPinned = (version: string | undefined): boolean => version !== undefined && !MOVING.has(version.toLowerCase()) && !RANGE.test(version);

/** The client fetches and runs the newest release each time it starts. */
export const mcpUnpinnedServer = defineRule({
  id: 'mcp-unpinned-server',
  check: (input) =>
    activeMcpServers(input)
      .filter(
        ({ facts: values }) =>
          text(values, 'package') !== undefined && fetches(text(values, 'command')) && values['version'] !== null && !isPinned(text(values, 'version')),
      )
      .map((server) => ({
        ...at(server),
        args: facts({
          name: serverName(input, server),
          package: text(server.facts, 'package'),
          version: text(server.facts, 'version'),
          command: text(server.facts, 'command'),
        }),
      })),
});
