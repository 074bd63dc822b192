import type { Component } from '../../src/core/component.ts';
import type { Report } from '../../src/core/report.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { scan } from '../../src/scan.ts';
import { memorySource } from '../../src/source/memory.ts';
import { inlineEngine } from '../../src/workers/engine.ts';

const knowledge = loadKnowledge();

export type Tree = Readonly<Record<string, string>>;

/** A whole scan of a small tree, offline, on a fixed day. */
export function scanTree(tree: Tree): Promise<Report> {
  const source = memorySource(tree);
  const engine = inlineEngine({ source, knowledge, hash: false, now: Date.now });
  return scan({ source, knowledge, engine, now: new Date('2026-11-25T12:00:00Z'), trust: [] });
}

/** Places of a rule's findings, `path:line`. */
export async function places(ruleId: string, tree: Tree): Promise<string[]> {
  const { findings } = await scanTree(tree);
  return findings.filter((finding) => finding.ruleId === ruleId).map(({ location }) => `${location.path}:${location.line ?? 0}`);
}

/** Components of a kind, `name path:line` of their first place. */
export async function components(kind: Component['kind'], tree: Tree): Promise<string[]> {
  const report = await scanTree(tree);
  return report.components.filter((component) => component.kind === kind).map(({ name, occurrences }) => `${name} ${occurrences[0]?.location.path ?? ''}:${occurrences[0]?.location.line ?? 0}`);
}
