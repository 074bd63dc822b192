import type { Observation } from '../../core/observation.ts';
import { isTrue, nameOf, observed, text } from './facts.ts';
import type { RuleInput } from '../rule.ts';

/** Servers that a client would start or call: a disabled entry does nothing until somebody edits it. */
export const activeMcpServers = (input: RuleInput): readonly Observation[] =>
  observed(input, 'mcp-server').filter((server) => !isTrue(server.facts, 'disabled'));

export const serverName = (input: RuleInput, server: Observation): string =>
  nameOf(input, server.component) ?? text(server.facts, 'package') ?? text(server.facts, 'url') ?? text(server.facts, 'command') ?? 'MCP server';
